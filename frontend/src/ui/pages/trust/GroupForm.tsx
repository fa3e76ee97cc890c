import { Button, Group, MultiSelect, NumberInput, Paper, Select, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { agreement } from '../../server/agreement';
import { sentenceOf } from '../../server/errors';
import { clipsQuery } from '../../server/queries';

/** Gives clips to several people each. */
export function GroupForm({
  slug,
  layers,
}: {
  readonly slug: string;
  readonly layers: readonly { readonly name: string; readonly title: string }[];
}) {
  const queries = useQueryClient();
  const clips = useInfiniteQuery(clipsQuery(slug));
  const [chosen, setChosen] = useState<string[]>([]);
  const [layer, setLayer] = useState(layers[0]?.name ?? '');
  const [people, setPeople] = useState<number | string>(2);
  const [priority, setPriority] = useState<number | string>(0);
  const known = clips.data?.pages.flatMap((page) => page.results) ?? [];
  const create = useMutation({
    mutationFn: () =>
      agreement.create(slug, {
        layer,
        clip_ids: chosen,
        people: Number(people),
        priority: Number(priority),
        skill: '',
        from_ns: null,
        to_ns: null,
        start_from: null,
      }),
    onSuccess: () => {
      setChosen([]);
      return queries.invalidateQueries({ queryKey: ['projects', slug, 'agreement'] });
    },
  });
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Give clips to several people">
      <Title order={2} size="h4">
        Give clips to several people
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Each labels on their own, nobody gets two of the same. When all are in they are compared, and somebody
        else decides. Clips that have a task in the layer already are left out.
      </Text>
      <Group align="flex-end">
        <MultiSelect
          label="Clips"
          size="sm"
          w={320}
          searchable
          placeholder={chosen.length === 0 ? 'Choose clips' : ''}
          value={chosen}
          onChange={setChosen}
          onDropdownOpen={() => {
            if (clips.hasNextPage) void clips.fetchNextPage();
          }}
          data={known.map(({ id, name }) => ({ value: id, label: name }))}
          data-testid="group-clips"
        />
        <Select
          label="Layer"
          size="sm"
          w={150}
          allowDeselect={false}
          value={layer}
          onChange={(value) => setLayer(value ?? '')}
          data={layers.map(({ name, title }) => ({ value: name, label: title }))}
        />
        <NumberInput
          label="People each"
          size="sm"
          w={110}
          min={2}
          max={10}
          value={people}
          onChange={setPeople}
        />
        <NumberInput label="Priority" size="sm" w={130} value={priority} onChange={setPriority} />
        <Button
          size="sm"
          disabled={chosen.length === 0}
          loading={create.isPending}
          onClick={() => create.mutate()}
          data-testid="group-create"
        >
          Give
        </Button>
      </Group>
      {create.isSuccess ? (
        <Text size="sm" mt="xs" role="status" data-testid="groups-made">
          {create.data.groups === 1 ? '1 clip goes' : `${create.data.groups} clips go`} to {people} people
          each.
        </Text>
      ) : null}
      {create.isError ? (
        <Text size="sm" mt="xs" c="red" role="alert">
          {sentenceOf(create.error)}
        </Text>
      ) : null}
    </Paper>
  );
}
