import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Route, Switch, useRoute } from 'wouter';

import { ExportsPage } from './pages/ExportsPage';
import { HomePage } from './pages/HomePage';
import { NotFoundPage } from './pages/NotFoundPage';
import { AccountPage } from './pages/trust/AccountPage';
import { AgreementPage } from './pages/trust/AgreementPage';
import { AttemptPage } from './pages/trust/AttemptPage';
import { AuditPage } from './pages/trust/AuditPage';
import { PrelabelsPage } from './pages/trust/PrelabelsPage';
import { QualityPage } from './pages/trust/QualityPage';
import { TrainingPage } from './pages/trust/TrainingPage';
import { WebhooksPage } from './pages/trust/WebhooksPage';
import { ErrorBoundary } from './shell/ErrorBoundary';
import { Loading } from './shell/Loading';
import { RequireSession } from './shell/RequireSession';
import { isRetryable } from './server/errors';
import { theme } from './theme';
import { whenIdle } from './labelling/whenIdle';
import { useColors } from './look/useLook';

// The 3D library comes with the labelling screen only.
const loadLabelling = async () => {
  const module = await import('./labelling/LabellingPage');
  return { default: module.LabellingPage };
};
const LabellingPage = lazy(loadLabelling);
// Few people need them, and they need a parser of YAML.
const DatasetsPage = lazy(async () => ({
  default: (await import('./pages/datasets/DatasetsPage')).DatasetsPage,
}));
const DatasetPage = lazy(async () => ({
  default: (await import('./pages/datasets/DatasetPage')).DatasetPage,
}));
const FreezePage = lazy(async () => ({ default: (await import('./pages/datasets/FreezePage')).FreezePage }));
const VersionPage = lazy(async () => ({
  default: (await import('./pages/datasets/VersionPage')).VersionPage,
}));
const HoldOutsPage = lazy(async () => ({
  default: (await import('./pages/datasets/HoldOutsPage')).HoldOutsPage,
}));

// Who runs a project fetches these; labellers never do.
const loadDesk = () => import('./pages/desk/deskPages');
const BoardPage = lazy(async () => ({ default: (await loadDesk()).BoardPage }));
const LivePage = lazy(async () => ({ default: (await loadDesk()).LivePage }));
const ProgressPage = lazy(async () => ({ default: (await loadDesk()).ProgressPage }));
const PeoplePage = lazy(async () => ({ default: (await loadDesk()).PeoplePage }));
const WorkflowPage = lazy(async () => ({ default: (await loadDesk()).WorkflowPage }));
const JoinPage = lazy(async () => ({ default: (await import('./pages/JoinPage')).JoinPage }));

export function App() {
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            retry: (count, error) => count < 2 && isRetryable(error),
            staleTime: 10_000,
          },
        },
      }),
  );
  const [isTool] = useRoute('/projects/:slug/clips/:clipId');
  const colors = useColors(isTool);
  // At once where a clip is opened; elsewhere when there is nothing better to do: the first clip is a click away.
  useEffect(() => {
    if (!isTool) return whenIdle(loadQuietly);
    loadQuietly();
    return undefined;
  }, [isTool]);
  return (
    <MantineProvider theme={theme} forceColorScheme={colors}>
      <Notifications position="bottom-center" autoClose={4000} limit={3} />
      <QueryClientProvider client={queries}>
        <ErrorBoundary>
          <RequireSession>
            <Suspense fallback={<Loading what={isTool ? 'the labelling screen' : 'the page'} />}>
              <Switch>
                <Route path="/">
                  <HomePage />
                </Route>
                <Route path="/projects/:slug">{({ slug }) => <HomePage slug={slug} />}</Route>
                <Route path="/projects/:slug/exports">{({ slug }) => <ExportsPage slug={slug} />}</Route>
                <Route path="/projects/:slug/datasets">{({ slug }) => <DatasetsPage slug={slug} />}</Route>
                <Route path="/projects/:slug/datasets/:datasetId">
                  {({ slug, datasetId }) => <DatasetPage slug={slug} datasetId={datasetId} />}
                </Route>
                <Route path="/projects/:slug/datasets/:datasetId/freeze">
                  {({ slug, datasetId }) => <FreezePage slug={slug} datasetId={datasetId} />}
                </Route>
                <Route path="/projects/:slug/dataset-versions/:versionId">
                  {({ slug, versionId }) => <VersionPage key={versionId} slug={slug} versionId={versionId} />}
                </Route>
                <Route path="/projects/:slug/hold-outs">{({ slug }) => <HoldOutsPage slug={slug} />}</Route>
                <Route path="/account">
                  <AccountPage />
                </Route>
                <Route path="/projects/:slug/training">{({ slug }) => <TrainingPage slug={slug} />}</Route>
                <Route path="/projects/:slug/attempts/:attemptId">
                  {({ slug, attemptId }) => <AttemptPage slug={slug} attemptId={attemptId} />}
                </Route>
                <Route path="/projects/:slug/quality">{({ slug }) => <QualityPage slug={slug} />}</Route>
                <Route path="/projects/:slug/webhooks">{({ slug }) => <WebhooksPage slug={slug} />}</Route>
                <Route path="/projects/:slug/pre-labels">{({ slug }) => <PrelabelsPage slug={slug} />}</Route>
                <Route path="/join">
                  <JoinPage />
                </Route>
                <Route path="/projects/:slug/board">{({ slug }) => <BoardPage slug={slug} />}</Route>
                <Route path="/projects/:slug/live">{({ slug }) => <LivePage slug={slug} />}</Route>
                <Route path="/projects/:slug/progress">{({ slug }) => <ProgressPage slug={slug} />}</Route>
                <Route path="/projects/:slug/people">{({ slug }) => <PeoplePage slug={slug} />}</Route>
                <Route path="/projects/:slug/workflow">{({ slug }) => <WorkflowPage slug={slug} />}</Route>
                <Route path="/projects/:slug/agreement">{({ slug }) => <AgreementPage slug={slug} />}</Route>
                <Route path="/projects/:slug/audit">{({ slug }) => <AuditPage slug={slug} />}</Route>
                <Route path="/projects/:slug/clips/:clipId">
                  {({ slug, clipId }) => <LabellingPage key={clipId} slug={slug} clipId={clipId} />}
                </Route>
                <Route>
                  <NotFoundPage />
                </Route>
              </Switch>
            </Suspense>
          </RequireSession>
        </ErrorBoundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Fetches the labelling screen's code; where it fails, opening a clip asks again and says so. */
function loadQuietly(): void {
  loadLabelling().catch(() => undefined);
}
