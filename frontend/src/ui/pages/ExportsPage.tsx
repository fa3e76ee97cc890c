import { Anchor, Breadcrumbs, Stack, Text, Title } from '@mantine/core';
import { IconFileExport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';

import { sentenceOf } from '../server/errors';
import { exportsQuery } from '../server/exports';
import { projectQuery } from '../server/queries';
import { Loading } from '../shell/Loading';
import { Notice } from '../shell/Notice';
import { PageShell } from '../shell/PageShell';
import { ExportRow } from './ExportRow';
import { NewExport } from './NewExport';

/** The exports of a project: start one, watch it, take its files. */
export function ExportsPage({ slug }: { readonly slug: string }) {
  const project = useQuery(projectQuery(slug));
  const exports = useQuery(exportsQuery(slug));
  if (project.isPending || exports.isPending) return <Loading what="exports" />;
  const error = project.error ?? exports.error;
  if (!project.isSuccess || !exports.isSuccess) {
    return (
      <PageShell>
        <Notice title="The exports could not be loaded">{sentenceOf(error)}</Notice>
      </PageShell>
    );
  }
  const mayExport = project.data.role !== 'labeller';
  return (
    <PageShell
      trail={
        <Breadcrumbs separatorMargin={6} fz="sm" ml="sm">
          <Anchor component={Link} href={`/projects/${slug}`} size="sm">
            {project.data.name}
          </Anchor>
          <Text size="sm">Exports</Text>
        </Breadcrumbs>
      }
    >
      <Stack gap="xl" maw={1180} mx="auto">
        <Title order={1} size="h3">
          Exports
        </Title>
        <NewExport
          project={project.data}
          disabledReason={
            mayExport ? null : 'Exports are started by reviewers, engineers and admins of the project.'
          }
        />
        {exports.data.length === 0 ? (
          <Notice icon={<IconFileExport size={32} stroke={1.5} />} title="Nothing was exported yet">
            An export projects every label into every image of every camera and writes the result as training
            data.
          </Notice>
        ) : (
          <Stack gap="sm" component="section" aria-label="Exports, newest first">
            {exports.data.map((item) => (
              <ExportRow key={item.id} slug={slug} item={item} mayCancel={mayExport} />
            ))}
          </Stack>
        )}
      </Stack>
    </PageShell>
  );
}
