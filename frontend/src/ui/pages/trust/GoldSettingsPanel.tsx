import { Button, Group, NumberInput, SimpleGrid, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { GoldSettings } from '../../../api/trustAdminApi';
import { goldSettingsQuery, trustAdminApi } from '../../server/trustAdmin';
import { Problem } from './Problem';
import { Section } from './Section';

/** As the server has them, where nothing was set: see docs/trust.md. */
const USUAL: Required<GoldSettings> = {
  rate: 0.05,
  watched_rate: 0.2,
  watched_tasks: 5,
  pass_score: 0.8,
  keep_score: 0.6,
  window: 5,
  reveal_after_s: 86_400,
};

interface Field {
  readonly name: keyof GoldSettings;
  readonly label: string;
  readonly hint: string;
  /** What is shown for 1 of what is kept, and its unit. */
  readonly factor: number;
  readonly unit: string;
  readonly max: number;
}

const FIELDS: readonly Field[] = [
  field('rate', 'Share of tasks', 'of all new tasks that are gold', 100, ' %', 100),
  field('watched_rate', 'Share while watched', 'new people, and whose score is low', 100, ' %', 100),
  field('watched_tasks', 'New until', 'so many checks were compared', 1, ' checks', 1000),
  field('pass_score', 'Good from', 'a check is done well', 100, ' %', 100),
  field('keep_score', 'Skills are lost below', 'of the running score', 100, ' %', 100),
  field('window', 'Running score over', 'the last so many checks', 1, ' checks', 100),
  field('reveal_after_s', 'Told after', 'that it was a check', 1 / 3600, ' h', 8760),
];

function field(
  name: keyof GoldSettings,
  label: string,
  hint: string,
  factor: number,
  unit: string,
  max: number,
): Field {
  return { name, label, hint, factor, unit, max };
}

/** How often labellers get hidden gold, and what their scores decide. */
export function GoldSettingsPanel({ slug }: { readonly slug: string }) {
  const settings = useQuery(goldSettingsQuery(slug));
  const queries = useQueryClient();
  const [changed, setChanged] = useState<GoldSettings>({});
  const save = useMutation({
    mutationFn: () => trustAdminApi.saveGoldSettings(slug, { ...settings.data, ...changed }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: goldSettingsQuery(slug).queryKey });
      setChanged({});
    },
  });
  if (!settings.isSuccess) return null;
  const isOff = settings.data === null;
  const shown = { ...USUAL, ...settings.data, ...changed };
  return (
    <Section title="Hidden checks">
      {isOff ? (
        <Text size="sm" mb="xs" data-testid="checks-off">
          Labellers aren&apos;t checked yet: nothing is handed out until these are saved.
        </Text>
      ) : null}
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
        {FIELDS.map(({ name, label, hint, factor, unit, max }) => (
          <NumberInput
            key={name}
            label={label}
            description={hint}
            min={0}
            max={max}
            suffix={unit}
            decimalScale={1}
            value={Math.round(shown[name] * factor * 10) / 10}
            onChange={(value) => {
              if (value === '') return;
              const kept = Number(value) / factor;
              setChanged({ ...changed, [name]: factor === 100 ? kept : Math.round(kept) });
            }}
          />
        ))}
      </SimpleGrid>
      <Problem error={save.error} />
      <Group mt="sm">
        <Button
          onClick={() => save.mutate()}
          loading={save.isPending}
          disabled={!isOff && Object.keys(changed).length === 0}
        >
          {isOff ? 'Start checking' : 'Save'}
        </Button>
      </Group>
    </Section>
  );
}
