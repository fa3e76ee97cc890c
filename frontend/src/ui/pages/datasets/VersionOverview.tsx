import {
  Code,
  CopyButton,
  Grid,
  Group,
  Paper,
  Stack,
  Table,
  Text,
  Title,
  UnstyledButton,
} from '@mantine/core';

import type { Version } from '../../../api/datasetsApi';
import { formatMoment } from '../../format';
import { CopyYaml } from './CopyYaml';
import { SelectionSums } from './SelectionSums';
import { yamlOf } from './yamlOf';

/** What a version is, how much it has, and what it was frozen from. */
export function VersionOverview({ version }: { readonly version: Version }) {
  const { query, split, spec, note } = version;
  const asked = { query, ...(split === null ? {} : { split }) };
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack gap="lg">
          <Paper withBorder p="md" radius={6}>
            <Table variant="vertical" layout="fixed" fz="sm">
              <Table.Tbody>
                <Fact name="Frozen">
                  {formatMoment(version.created_at)}
                  {version.created_by ? ` by ${version.created_by}` : ''}
                </Fact>
                <Fact name="Note">{note === '' ? '–' : note}</Fact>
                <Fact name="Content hash">
                  <CopyButton value={version.content_hash}>
                    {({ copied, copy }) => (
                      <UnstyledButton onClick={copy} title={copied ? 'Copied' : 'Click to copy'}>
                        <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                          {version.content_hash}
                        </Text>
                      </UnstyledButton>
                    )}
                  </CopyButton>
                </Fact>
                <Fact name="Id">
                  <Text size="xs" ff="monospace">
                    {version.id}
                  </Text>
                </Fact>
                <Fact name="Label sets">
                  {Object.entries(version.sums.label_sets)
                    .map(([layer, count]) => `${count.toLocaleString('en')} of ${layer}`)
                    .join(', ')}
                </Fact>
                <Fact name="Formats">{version.formats.join(', ')}</Fact>
              </Table.Tbody>
            </Table>
          </Paper>
          <Paper withBorder p="md" radius={6} component="section" aria-label="How much it has">
            <SelectionSums sums={version.sums} />
          </Paper>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Paper withBorder p="md" radius={6} component="section" aria-label="What it was frozen from">
          <Group justify="space-between" mb="xs">
            <Title order={2} size="h5">
              What it was frozen from
            </Title>
            <CopyYaml document={{ query, split, spec, note }} />
          </Group>
          <Code block fz="xs" mah={300} style={{ overflow: 'auto' }} tabIndex={0}>
            {yamlOf(asked)}
          </Code>
          <Title order={2} size="h5" mt="md" mb="xs">
            Target spec
          </Title>
          {spec === null ? (
            <Text size="sm" c="dimmed">
              None: all that is known of labels of every geometry.
            </Text>
          ) : (
            <Code block fz="xs" mah={380} style={{ overflow: 'auto' }} tabIndex={0}>
              {yamlOf(spec)}
            </Code>
          )}
        </Paper>
      </Grid.Col>
    </Grid>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th w={120}>{name}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}
