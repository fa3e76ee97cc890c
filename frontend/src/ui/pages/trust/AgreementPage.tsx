import { Badge, Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';

import type { AgreementGroup, AgreementReport } from '../../../api/agreementApi';
import { agreementGroupsQuery, agreementQuery } from '../../server/agreement';
import { sentenceOf } from '../../server/errors';
import { projectQuery } from '../../server/queries';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { ALL_CLASSES, attributeTable, DIFFERENT_CLASSES } from './attributeTable';
import { GroupForm } from './GroupForm';
import { formatScore, ProjectFrame } from './ProjectFrame';

/** How far people agree who labelled the same: by class, attribute and person; and where. */
export function AgreementPage({ slug }: { readonly slug: string }) {
  const report = useQuery(agreementQuery(slug));
  const project = useQuery(projectQuery(slug));
  if (report.isPending || project.isPending) return <Loading what="agreement" />;
  if (!report.isSuccess || !project.isSuccess) {
    return (
      <ProjectFrame slug={slug} title="Agreement">
        <Notice title="Agreement could not be loaded">{sentenceOf(report.error ?? project.error)}</Notice>
      </ProjectFrame>
    );
  }
  const { data } = report;
  return (
    <ProjectFrame slug={slug} title="Agreement">
      {project.data.role === 'admin' ? (
        <GroupForm slug={slug} layers={project.data.ontology?.layers ?? []} />
      ) : null}
      {data.compared === 0 ? (
        <Notice icon={<IconUsers size={32} stroke={1.5} />} title="Nothing is compared yet">
          Once all have labelled what several people got, their labels are compared here.
        </Notice>
      ) : (
        <>
          <Summary slug={slug} report={data} />
          <Classes report={data} />
          <Attributes report={data} />
          <People report={data} />
        </>
      )}
      {data.groups > 0 ? <Groups slug={slug} /> : null}
    </ProjectFrame>
  );
}

function Summary({ slug, report }: { readonly slug: string; readonly report: AgreementReport }) {
  return (
    <Group gap="xl" align="flex-end">
      <Figure title="Mean score of pairs" value={formatScore(report.score)} />
      <Figure title="Clips compared" value={`${report.compared} of ${report.groups}`} />
      <Figure title="Decided" value={String(report.decided)} />
      <Button
        component="a"
        href={`/api/projects/${slug}/agreement/file`}
        download
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={14} />}
        ml="auto"
      >
        CSV
      </Button>
    </Group>
  );
}

function Figure({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <Stack gap={0}>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Text fz={24} fw={650}>
        {value}
      </Text>
    </Stack>
  );
}

function Classes({ report }: { readonly report: AgreementReport }) {
  return (
    <Card title="By class">
      <Table.ScrollContainer minWidth={640}>
        <Table fz="sm" data-testid="agreement-classes">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              <Table.Th ta="right">Things</Table.Th>
              <Table.Th ta="right" title="Of the things that one of a pair has, those that both have">
                Both have it
              </Table.Th>
              <Table.Th ta="right" title="Of these, those called the same">
                Same class
              </Table.Th>
              <Table.Th ta="right" title="Of the moments of both, those that match">
                In common
              </Table.Th>
              <Table.Th ta="right">IoU</Table.Th>
              <Table.Th ta="right">Position</Table.Th>
              <Table.Th ta="right">Heading</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.classes.map((row) => (
              <Table.Tr key={row.class_name}>
                <Table.Td>{row.class_name}</Table.Td>
                <Table.Td ta="right">{Number(row.things.toFixed(1))}</Table.Td>
                <Table.Td ta="right">{formatScore(row.found)}</Table.Td>
                <Table.Td ta="right">{formatScore(row.class_share)}</Table.Td>
                <Table.Td ta="right">{formatScore(row.common)}</Table.Td>
                <Table.Td ta="right">{row.iou === null ? '–' : row.iou.toFixed(2)}</Table.Td>
                <Table.Td ta="right">{row.centre_m === null ? '–' : `${row.centre_m.toFixed(2)} m`}</Table.Td>
                <Table.Td ta="right">{row.heading_rad === null ? '–' : degrees(row.heading_rad)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

/** A row for each class, a column for each attribute: at which share of the moments they say the same. */
function Attributes({ report }: { readonly report: AgreementReport }) {
  const table = attributeTable(report.attributes);
  return (
    <Card title="By class and attribute">
      {table.columns.length === 0 ? (
        <Text size="sm" c="dimmed">
          No attribute was set on what both have.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={160 + 90 * table.columns.length}>
          <Table fz="sm" data-testid="agreement-attributes">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Class</Table.Th>
                {table.columns.map((name) => (
                  <Table.Th key={name} ta="right">
                    {name.replaceAll('_', ' ')}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {table.rows.map((row) => (
                <Table.Tr key={row.key} fw={row.key === ALL_CLASSES ? 600 : undefined}>
                  <Table.Td {...(row.key === DIFFERENT_CLASSES ? { c: 'dimmed' } : {})}>{row.title}</Table.Td>
                  {row.cells.map((cell, column) => (
                    <Table.Td
                      key={table.columns[column]}
                      ta="right"
                      title={cell === null ? 'never on what both have' : `of ${cell.compared} moments`}
                    >
                      {cell === null ? '–' : formatScore(cell.share)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}

function People({ report }: { readonly report: AgreementReport }) {
  return (
    <Card title="By person">
      <Table fz="sm">
        <Table.Tbody>
          {report.people.map((row) => (
            <Table.Tr key={row.user.id}>
              <Table.Td>{row.user.name}</Table.Td>
              <Table.Td ta="right">{formatScore(row.score)}</Table.Td>
              <Table.Td ta="right" c="dimmed">
                in {row.pairs} {row.pairs === 1 ? 'pair' : 'pairs'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Groups({ slug }: { readonly slug: string }) {
  const groups = useInfiniteQuery(agreementGroupsQuery(slug));
  const rows = groups.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Card title="Clips that several people got">
      <Table fz="sm" data-testid="agreement-groups">
        <Table.Tbody>
          {rows.map((group) => (
            <Table.Tr key={group.id}>
              <Table.Td>{group.clip_name}</Table.Td>
              <Table.Td>{group.layer}</Table.Td>
              <Table.Td>
                {group.done_count} of {group.people} done
              </Table.Td>
              <Table.Td ta="right">{formatScore(group.score)}</Table.Td>
              <Table.Td ta="right">
                <GroupState slug={slug} group={group} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {groups.hasNextPage ? (
        <Button
          mt="xs"
          size="xs"
          variant="default"
          loading={groups.isFetchingNextPage}
          onClick={() => void groups.fetchNextPage()}
        >
          More
        </Button>
      ) : null}
    </Card>
  );
}

function GroupState({ slug, group }: { readonly slug: string; readonly group: AgreementGroup }) {
  const { adjudication_task_id: taskId, adjudication_label_set_id: setId } = group;
  if (taskId === null || setId === null) {
    return (
      <Badge variant="light" color="gray" tt="none">
        {group.open_count > 0 ? 'being labelled' : 'being compared'}
      </Badge>
    );
  }
  return (
    <Button
      component={Link}
      href={`/projects/${slug}/clips/${group.clip_id}?set=${setId}&task=${taskId}`}
      size="compact-xs"
      variant={group.adjudication_stage === 'accepted' ? 'default' : 'light'}
    >
      {group.adjudication_stage === 'accepted' ? 'decided' : 'to decide'}
    </Button>
  );
}

function Card({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

function degrees(radians: number): string {
  return `${((180 / Math.PI) * radians).toFixed(1)}°`;
}
