import { Alert, Button, Grid, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertCircle, IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState, type ReactNode } from 'react';
import { useLocation, useSearchParams } from 'wouter';

import type { CheckedSpec, Facets, Version } from '../../../api/datasetsApi';
import type { ProjectDetail } from '../../../api/types';
import { datasetsQuery, facetsQuery, previewQuery, useFreeze, versionsQuery } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { projectQuery } from '../../server/queries';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { CopyYaml } from './CopyYaml';
import { DatasetFrame } from './DatasetFrame';
import { draftOf, emptyDraft, reasonAgainst, requestOf, type Draft } from './draft';
import { PreviewPanel } from './PreviewPanel';
import { QueryFields } from './QueryFields';
import { SelectionSums } from './SelectionSums';
import { SpecPanel } from './SpecPanel';
import { SplitFields } from './SplitFields';
import { yamlOf } from './yamlOf';

/** Puts a version together, says all the while how much it would have, and freezes it. */
export function FreezePage({ slug, datasetId }: { readonly slug: string; readonly datasetId: string }) {
  const project = useQuery(projectQuery(slug));
  const facets = useQuery(facetsQuery(slug));
  const versions = useQuery(versionsQuery(datasetId));
  const datasets = useQuery(datasetsQuery(slug));
  const [params] = useSearchParams();
  if (project.isPending || facets.isPending || versions.isPending) return <Loading what="what there is" />;
  if (!project.isSuccess || !facets.isSuccess || !versions.isSuccess) {
    return (
      <DatasetFrame slug={slug} title="New version">
        <Notice title="This could not be loaded">
          {sentenceOf(project.error ?? facets.error ?? versions.error)}
        </Notice>
      </DatasetFrame>
    );
  }
  const from = params.get('from');
  const start = versions.data.find((version) => version.id === from) ?? versions.data[0] ?? null;
  return (
    <Builder
      slug={slug}
      datasetId={datasetId}
      name={datasets.data?.find((found) => found.id === datasetId)?.name ?? 'data set'}
      project={project.data}
      facets={facets.data}
      start={start}
      number={(versions.data[0]?.number ?? 0) + 1}
    />
  );
}

function Builder({
  slug,
  datasetId,
  name,
  project,
  facets,
  start,
  number,
}: {
  readonly slug: string;
  readonly datasetId: string;
  readonly name: string;
  readonly project: ProjectDetail;
  readonly facets: Facets;
  /** The version that the fields begin with. */
  readonly start: Version | null;
  readonly number: number;
}) {
  const [draft, setDraft] = useState(() =>
    start === null ? firstDraft(project, facets) : draftOf(start.query, start.split),
  );
  const [text, setText] = useState(() => (start === null || start.spec === null ? '' : yamlOf(start.spec)));
  const [checked, setChecked] = useState<CheckedSpec | null>(null);
  const [note, setNote] = useState('');
  const [isLooking, setIsLooking] = useState(false);
  // What is being looked at stays while the spec is being written.
  const [rightText, setRightText] = useState(text);
  const keepChecked = useCallback((found: CheckedSpec | null, its: string) => {
    setChecked(found);
    if (found?.problems.length === 0) setRightText(its);
  }, []);
  const freeze = useFreeze(slug, datasetId);
  const [, navigate] = useLocation();
  const missing = reasonAgainst(draft);
  const request = requestOf(draft, null);
  const [settled] = useDebouncedValue(JSON.stringify(request), 350);
  const preview = useQuery({
    ...previewQuery(slug, JSON.parse(settled) as typeof request),
    enabled: missing === null,
  });
  const isEmpty = preview.isSuccess && preview.data.clips === 0;
  const reason =
    missing ??
    (checked === null
      ? 'The target spec is being checked.'
      : checked.problems.length > 0
        ? 'The target spec is not right yet.'
        : isEmpty
          ? 'Nothing is found that could be frozen.'
          : null);
  return (
    <DatasetFrame
      slug={slug}
      title={`Version ${number}`}
      trail={[{ label: name, to: `/projects/${slug}/datasets/${datasetId}` }, { label: 'new version' }]}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <Section title="Which labels of which clips">
              <QueryFields draft={draft} ontology={project.ontology} facets={facets} onChange={setDraft} />
            </Section>
            <Section title="Splits">
              <SplitFields
                split={draft.split}
                facets={facets}
                onChange={(split) => setDraft((before) => ({ ...before, split }))}
              />
            </Section>
            <Section title="Targets">
              <SpecPanel slug={slug} text={text} onChange={setText} onChecked={keepChecked} />
            </Section>
            <Section title="What that is in an image">
              {isLooking ? (
                <PreviewPanel
                  slug={slug}
                  layers={draft.layers}
                  sources={draft.sources}
                  query={request.query}
                  text={rightText}
                />
              ) : (
                <Button variant="default" onClick={() => setIsLooking(true)} data-testid="look">
                  Look at targets
                </Button>
              )}
            </Section>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg" pos="sticky" top={68}>
            <Section title="What would be frozen now">
              <div aria-busy={preview.isFetching} data-testid="selection">
                {preview.isError ? (
                  <Text size="sm" c="red" role="alert">
                    {sentenceOf(preview.error)}
                  </Text>
                ) : isEmpty ? (
                  <Text size="sm" c="dimmed">
                    No clip has such labels: see layers, whose labels, and stages.
                  </Text>
                ) : preview.data === undefined ? (
                  <Text size="sm" c="dimmed">
                    {missing ?? 'Counting…'}
                  </Text>
                ) : (
                  <SelectionSums sums={preview.data} />
                )}
              </div>
            </Section>
            <Section title="Freeze">
              <Stack gap="sm">
                <TextInput
                  label="Note"
                  placeholder="Why this version, for people"
                  value={note}
                  onChange={(event) => setNote(event.currentTarget.value)}
                />
                {freeze.isError ? (
                  <Alert color="red" icon={<IconAlertCircle size={18} />} role="alert">
                    {sentenceOf(freeze.error)}
                  </Alert>
                ) : null}
                <Group gap="md" justify="space-between">
                  <CopyYaml document={{ ...request, spec: checked?.document ?? null, note }} />
                  <Button
                    leftSection={<IconSnowflake size={16} stroke={1.6} />}
                    disabled={reason !== null}
                    loading={freeze.isPending}
                    onClick={() =>
                      freeze.mutate(
                        { request: { ...request, spec: checked?.document ?? null }, note },
                        { onSuccess: (made) => navigate(`/projects/${slug}/dataset-versions/${made.id}`) },
                      )
                    }
                    data-testid="freeze"
                  >
                    Freeze version {number}
                  </Button>
                </Group>
                <Text size="sm" c="dimmed">
                  {reason ?? 'It never changes afterwards: later labels make later versions.'}
                </Text>
              </Stack>
            </Section>
          </Stack>
        </Grid.Col>
      </Grid>
    </DatasetFrame>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

/** People's labels of the layer that most label sets are of; where there are none of people, whose there are most. */
function firstDraft(project: ProjectDetail, facets: Facets): Draft {
  const byCount = [...facets.label_sets].sort((a, b) => b.count - a.count);
  const most = byCount.find((found) => found.source === 'human') ?? byCount[0];
  const layer = most?.layer ?? project.ontology?.layers[0]?.name;
  return emptyDraft(layer === undefined ? [] : [layer], most?.source);
}
