import { Button, Code, Group, Select, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { formatMoment } from '../../format';
import { sentenceOf } from '../../server/errors';
import { auditQuery } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { ProjectFrame } from './ProjectFrame';

const KINDS = [
  ...['task', 'label_set', 'membership', 'workflow', 'ontology', 'clip', 'export'],
  ...['skill', 'qualification', 'gold', 'gold_settings', 'course', 'webhook', 'project'],
];

/** Who did what in a project; written by the database, changed by nobody. */
export function AuditPage({ slug }: { readonly slug: string }) {
  const [kind, setKind] = useState<string | null>(null);
  const entries = useInfiniteQuery(auditQuery(slug, kind));
  const file = (as: string) =>
    `/api/projects/${slug}/audit/file?as=${as}${kind === null ? '' : `&kind=${kind}`}`;
  return (
    <ProjectFrame slug={slug} title="Audit log">
      <Group>
        <Select
          aria-label="Kind"
          placeholder="Everything"
          data={KINDS.map((value) => ({ value, label: value.replace('_', ' ') }))}
          value={kind}
          onChange={setKind}
          clearable
          size="sm"
        />
        <Group ml="auto" gap="xs">
          {['csv', 'jsonl'].map((as) => (
            <Button
              key={as}
              component="a"
              href={file(as)}
              download
              size="compact-sm"
              variant="default"
              leftSection={<IconDownload size={14} />}
            >
              {as === 'csv' ? 'CSV' : 'JSON lines'}
            </Button>
          ))}
        </Group>
      </Group>
      {entries.isPending ? <Loading what="the audit log" /> : null}
      {entries.isError ? (
        <Notice title="The audit log could not be loaded">{sentenceOf(entries.error)}</Notice>
      ) : null}
      {entries.isSuccess ? (
        <Table verticalSpacing="xs" data-testid="audit">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>Change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.data.pages
              .flatMap((page) => page.results)
              .map((entry) => (
                <Table.Tr key={entry.id}>
                  <Table.Td>{formatMoment(entry.at)}</Table.Td>
                  <Table.Td>{entry.actor?.display_name ?? <Text c="dimmed">labelapp</Text>}</Table.Td>
                  <Table.Td>
                    {entry.action.replace('_', ' ')} {entry.kind.replace('_', ' ')}{' '}
                    <Text span fw={600}>
                      {entry.target_name}
                    </Text>
                  </Table.Td>
                  <Table.Td maw={420}>
                    <Code style={{ wordBreak: 'break-word' }}>{changeOf(entry.before, entry.after)}</Code>
                  </Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      ) : null}
      {entries.hasNextPage ? (
        <Button
          variant="default"
          loading={entries.isFetchingNextPage}
          onClick={() => void entries.fetchNextPage()}
        >
          Older
        </Button>
      ) : null}
    </ProjectFrame>
  );
}

/** What says nothing to people; the files have it. */
const UNTOLD = /id$|_at$|hash$|_prefix$|_ns$|_bytes$|_count$/;

type Fields = Readonly<Record<string, unknown>> | null;

/** `role: labeller → reviewer`, for a new or removed thing its fields. */
function changeOf(before: Fields, after: Fields): string {
  const names = Object.keys({ ...before, ...after }).filter((name) => !UNTOLD.test(name));
  return names
    .map((name) => {
      const [was, is] = [before?.[name], after?.[name]];
      if (before === null || was === undefined) return is === '' ? null : `${name}: ${said(is)}`;
      if (after === null || is === undefined) return was === '' ? null : `${name}: ${said(was)}`;
      return JSON.stringify(was) === JSON.stringify(is) ? null : `${name}: ${said(was)} → ${said(is)}`;
    })
    .filter((text) => text !== null)
    .join(', ');
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
