import { Badge, Button, Checkbox, Group, Modal, Radio, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Gold } from '../../../api/trustApi';
import { goldsQuery } from '../../server/trust';
import { goldCandidatesQuery, trustAdminApi } from '../../server/trustAdmin';
import { Problem } from './Problem';
import { formatScore } from './ProjectFrame';
import { Section } from './Section';

/** What is taken for right in a project; admins add to it and take away. */
export function GoldPanel({ slug, golds }: { readonly slug: string; readonly golds: readonly Gold[] }) {
  const queries = useQueryClient();
  const [isOpen, { open, close }] = useDisclosure(false);
  const remove = useMutation({
    mutationFn: (goldId: string) => trustAdminApi.removeGold(goldId),
    onSuccess: () => queries.invalidateQueries({ queryKey: goldsQuery(slug).queryKey }),
  });
  return (
    <Section
      title="Gold"
      action={
        <Button size="compact-sm" leftSection={<IconPlus size={14} />} onClick={open}>
          Add gold
        </Button>
      }
    >
      {golds.length === 0 ? (
        <Text size="sm" c="dimmed">
          There is no gold yet. Say of a trusted label set that it is right, and labellers are compared with
          it.
        </Text>
      ) : (
        <Table data-testid="golds" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Clip, layer</Table.Th>
              <Table.Th>From</Table.Th>
              <Table.Th>Compared</Table.Th>
              <Table.Th>Mean score</Table.Th>
              <Table.Th aria-label="What can be done" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {golds.map((gold) => (
              <Table.Tr key={gold.id}>
                <Table.Td>
                  {gold.clip_name}, {gold.layer}
                </Table.Td>
                <Table.Td>
                  <Group gap="xs">
                    {gold.source}
                    <Badge variant="light" tt="none" color={gold.is_hidden_check ? 'teal' : 'gray'}>
                      {gold.is_hidden_check ? 'hidden checks' : 'courses only'}
                    </Badge>
                  </Group>
                </Table.Td>
                <Table.Td>{gold.attempt_count}</Table.Td>
                <Table.Td>{formatScore(gold.mean_score)}</Table.Td>
                <Table.Td ta="right">
                  {gold.is_hidden_check || gold.attempt_count === 0 ? (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`Hand out ${gold.clip_name} no more`}
                      onClick={() => remove.mutate(gold.id)}
                    >
                      {gold.attempt_count === 0 ? 'Remove' : 'Hand out no more'}
                    </Button>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Problem error={remove.error} />
      <Modal opened={isOpen} onClose={close} title="Add gold" size="lg">
        {isOpen ? <NewGold slug={slug} onDone={close} /> : null}
      </Modal>
    </Section>
  );
}

function NewGold({ slug, onDone }: { readonly slug: string; readonly onDone: () => void }) {
  const queries = useQueryClient();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, 200);
  const candidates = useQuery(goldCandidatesQuery(slug, settled));
  const [chosen, setChosen] = useState<string | null>(null);
  const [isHidden, setIsHidden] = useState(true);
  const add = useMutation({
    mutationFn: (labelSetId: string) => trustAdminApi.makeGold(slug, labelSetId, isHidden),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['projects', slug] });
      onDone();
    },
  });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Label sets that came as gold or from the simulator, accepted work, and imports. What is chosen is gold
        as it is now; later changes to it don&apos;t count.
      </Text>
      <TextInput
        placeholder="Search clips by name"
        aria-label="Search clips by name"
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        data-autofocus
      />
      <Radio.Group value={chosen} onChange={setChosen} aria-label="Label set" data-testid="gold-candidates">
        <Stack gap={6} mah={320} style={{ overflowY: 'auto' }}>
          {candidates.data?.map((one) => (
            <Radio
              key={one.label_set_id}
              value={one.label_set_id}
              label={`${one.clip_name}, ${one.layer}: ${one.label_count} labels, ${one.source}`}
            />
          ))}
        </Stack>
      </Radio.Group>
      {candidates.data?.length === 0 ? (
        <Text size="sm">
          Nothing here may be gold: a label set needs labels, and people&apos;s work accepted.
        </Text>
      ) : null}
      <Problem error={candidates.error ?? add.error} />
      <Group justify="space-between">
        <Checkbox
          label="Hand it out as hidden checks"
          checked={isHidden}
          onChange={(event) => setIsHidden(event.currentTarget.checked)}
        />
        <Button
          disabled={chosen === null}
          loading={add.isPending}
          onClick={() => {
            if (chosen !== null) add.mutate(chosen);
          }}
        >
          This is gold
        </Button>
      </Group>
    </Stack>
  );
}
