import { Button, Group, NumberInput, Paper, Select, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { PrelabelReport } from '../../../api/trustApi';
import { sentenceOf } from '../../server/errors';
import { prelabelsQuery, trustApi } from '../../server/trust';

type Available = PrelabelReport['available'][number];

/** Has the tasks that nobody has begun start from a model's labels. */
export function StartFromForm({
  slug,
  available,
}: {
  readonly slug: string;
  readonly available: readonly Available[];
}) {
  const queries = useQueryClient();
  const [index, setIndex] = useState('0');
  const [percent, setPercent] = useState<number | string>(0);
  const chosen = available[Number(index)];
  const start = useMutation({
    mutationFn: async () => {
      if (chosen === undefined) return 0;
      const { layer, source, name } = chosen;
      return trustApi.startFrom(slug, {
        layer,
        source,
        name,
        min_score: Number(percent) / 100,
        task_ids: null,
      });
    },
    onSuccess: () => queries.invalidateQueries(prelabelsQuery(slug)),
  });
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Start tasks from a model">
      <Title order={2} size="h4">
        Start tasks from a model
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        All tasks of the layer that nobody has begun. The labels are copied when a task is first taken.
      </Text>
      <Group align="flex-end">
        <Select
          label="Label set"
          size="sm"
          w={340}
          allowDeselect={false}
          value={index}
          onChange={(value) => setIndex(value ?? '0')}
          data={available.map((row, place) => ({
            value: String(place),
            label: `${row.name === '' ? `unnamed ${row.source}` : row.name}, ${row.layer} (${row.clips} ${row.clips === 1 ? 'clip' : 'clips'})`,
          }))}
        />
        <NumberInput
          label="Labels from this score on"
          size="sm"
          w={210}
          min={0}
          max={100}
          step={5}
          suffix=" %"
          value={percent}
          onChange={setPercent}
        />
        <Button size="sm" loading={start.isPending} onClick={() => start.mutate()} data-testid="start-from">
          Start from it
        </Button>
        {start.isSuccess ? (
          <Text size="sm" role="status" data-testid="started">
            {start.data === 1 ? '1 task starts from it.' : `${start.data} tasks start from it.`}
          </Text>
        ) : null}
        {start.isError ? (
          <Text size="sm" c="red" role="alert">
            {sentenceOf(start.error)}
          </Text>
        ) : null}
      </Group>
    </Paper>
  );
}
