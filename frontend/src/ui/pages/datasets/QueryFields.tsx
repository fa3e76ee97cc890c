import {
  ActionIcon,
  Button,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';

import type { Facets } from '../../../api/datasetsApi';
import type { Ontology, OntologyAttribute } from '../../../core/document/ontology';
import { SIDES, type AttributeRule, type ClipRule, type Draft } from './draft';

const SOURCES = [
  { value: 'human', label: 'Human: made by labellers' },
  { value: 'gold', label: 'Gold: checked answers' },
  { value: 'model', label: 'Model: made by a network' },
  { value: 'simulation', label: 'Simulation: exact by construction' },
  { value: 'import', label: 'Import: came with the clips' },
];
const STAGES = [
  { value: 'label', label: 'being labelled' },
  { value: 'review', label: 'in review' },
  { value: 'fix', label: 'being fixed' },
  { value: 'second_review', label: 'in second review' },
  { value: 'accepted', label: 'accepted: as it was accepted' },
];

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Which label sets of which clips. */
export function QueryFields({
  draft,
  ontology,
  facets,
  onChange,
}: {
  readonly draft: Draft;
  readonly ontology: Ontology | null;
  readonly facets: Facets;
  readonly onChange: (draft: Draft) => void;
}) {
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  const layers = ontology?.layers.filter((layer) => draft.layers.includes(layer.name)) ?? [];
  const classes = layers.flatMap((layer) => layer.classes);
  const attributes = new Map(
    classes.flatMap((found) => found.attributes).map((attribute) => [attribute.name, attribute]),
  );
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <MultiSelect
          label="Layers"
          description="At most one label set of each, of each clip"
          data={layerChoices(ontology, facets, draft.layers)}
          value={[...draft.layers]}
          onChange={(value) => set({ layers: value })}
          data-testid="query-layers"
        />
        <MultiSelect
          label="Labels from"
          description="The first that a clip has is taken"
          data={SOURCES.map((source) => ({ ...source, label: withCount(source, facets, draft.layers) }))}
          value={[...draft.sources]}
          onChange={(value) => set({ sources: value })}
          data-testid="query-sources"
        />
        <MultiSelect
          label="Stages of work"
          placeholder={draft.stages.length === 0 ? 'Whatever it is, also without a task' : ''}
          data={STAGES}
          value={[...draft.stages]}
          onChange={(value) => set({ stages: value })}
          clearable
        />
        <NumberInput
          label="Least score in review"
          placeholder="Any, also never reviewed"
          suffix=" %"
          min={0}
          max={100}
          value={draft.minScore === '' ? '' : Number((100 * draft.minScore).toFixed(6))}
          onChange={(value) => set({ minScore: typeof value === 'number' ? value / 100 : '' })}
        />
        <MultiSelect
          label="With a label of class"
          placeholder={draft.classes.length === 0 ? 'Any' : ''}
          data={unique(
            classes.map(({ name, title }) => ({ value: name, label: title })),
            draft.classes,
          )}
          value={[...draft.classes]}
          onChange={(value) => set({ classes: value })}
          searchable
          clearable
        />
      </SimpleGrid>
      <Rules
        title="With a label whose attribute"
        addText="Attribute of labels"
        names={[...attributes.keys()]}
        rules={draft.attributes}
        onChange={(rules) => set({ attributes: rules })}
        make={(name): AttributeRule => ({ name, values: [] })}
      >
        {(rule, change) => (
          <Values rule={rule} known={ontologyValues(attributes.get(rule.name))} onChange={change} />
        )}
      </Rules>
      <Rules
        title="Clips whose attribute"
        addText="Attribute of clips"
        names={facets.attributes.map((attribute) => attribute.name)}
        rules={draft.clipAttributes}
        onChange={(rules) => set({ clipAttributes: rules })}
        make={(name): ClipRule => ({ name, values: [], min: '', max: '' })}
      >
        {(rule, change) => <ClipValues rule={rule} facets={facets} onChange={change} />}
      </Rules>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Group grow gap="sm" align="flex-end">
          <TextInput
            type="date"
            label="Recorded from"
            description={spanOf(facets)}
            value={draft.from}
            onChange={(event) => set({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label="to, included (UTC)"
            value={draft.to}
            onChange={(event) => set({ to: event.currentTarget.value })}
          />
        </Group>
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            Where, in degrees
          </Text>
          <Group gap="xs" wrap="nowrap">
            {SIDES.map((side) => (
              <NumberInput
                key={side}
                aria-label={side}
                placeholder={facets.place === null ? side : `${side} ${facets.place[side].toFixed(3)}`}
                value={draft.place[side]}
                onChange={(value) =>
                  set({ place: { ...draft.place, [side]: typeof value === 'number' ? value : '' } })
                }
                hideControls
                disabled={facets.place === null}
              />
            ))}
          </Group>
          {facets.place === null ? (
            <Text size="xs" c="dimmed">
              No clip of the project says where it was recorded.
            </Text>
          ) : null}
        </Stack>
      </SimpleGrid>
      {Object.keys(draft.rest).length === 0 ? null : (
        <Text size="sm" c="dimmed">
          Kept from the version before: {Object.keys(draft.rest).join(', ')}.
        </Text>
      )}
    </Stack>
  );
}

/** Some rules about attributes, each by its name. */
function Rules<Rule extends AttributeRule>({
  title,
  addText,
  names,
  rules,
  onChange,
  make,
  children,
}: {
  readonly title: string;
  readonly addText: string;
  readonly names: readonly string[];
  readonly rules: readonly Rule[];
  readonly onChange: (rules: readonly Rule[]) => void;
  readonly make: (name: string) => Rule;
  readonly children: (rule: Rule, change: (rule: Rule) => void) => React.ReactNode;
}) {
  const free = names.filter((name) => !rules.some((rule) => rule.name === name));
  const replace = (place: number, rule: Rule) =>
    onChange(rules.map((other, i) => (i === place ? rule : other)));
  return (
    <Stack gap="xs">
      {rules.map((rule, place) => (
        <Group key={place} gap="sm" wrap="nowrap" align="flex-end">
          <Select
            label={place === 0 ? title : undefined}
            aria-label={title}
            w={220}
            data={unique(
              free.map((name) => ({ value: name, label: name })),
              [rule.name],
            )}
            value={rule.name}
            onChange={(name) => name !== null && replace(place, make(name))}
            allowDeselect={false}
          />
          {children(rule, (changed) => replace(place, changed))}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`Ask for ${rule.name} no more`}
            onClick={() => onChange(rules.filter((_, i) => i !== place))}
          >
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </Group>
      ))}
      {free[0] === undefined ? null : (
        <Button
          size="compact-sm"
          variant="subtle"
          w="fit-content"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rules, make(free[0] ?? '')])}
        >
          {addText}
        </Button>
      )}
    </Stack>
  );
}

function Values<Rule extends AttributeRule>({
  rule,
  known,
  onChange,
}: {
  readonly rule: Rule;
  readonly known: readonly Choice[];
  readonly onChange: (rule: Rule) => void;
}) {
  return (
    <MultiSelect
      flex={1}
      aria-label={`Values of ${rule.name}`}
      placeholder={rule.values.length === 0 ? 'is one of' : ''}
      data={unique(known, rule.values)}
      value={[...rule.values]}
      onChange={(values) => onChange({ ...rule, values })}
      searchable
    />
  );
}

function ClipValues({
  rule,
  facets,
  onChange,
}: {
  readonly rule: ClipRule;
  readonly facets: Facets;
  readonly onChange: (rule: ClipRule) => void;
}) {
  const facet = facets.attributes.find((attribute) => attribute.name === rule.name);
  if (facet === undefined || facet.min === null || facet.max === null) {
    const known = (facet?.values ?? []).map(({ value, clips }) => ({
      value: JSON.stringify(value),
      label: `${String(value)} (${clips})`,
    }));
    return <Values rule={rule} known={known} onChange={onChange} />;
  }
  return (
    <>
      {(['min', 'max'] as const).map((bound) => (
        <NumberInput
          key={bound}
          flex={1}
          aria-label={`${bound === 'min' ? 'Least' : 'Greatest'} ${rule.name}`}
          placeholder={bound === 'min' ? `from ${facet.min}` : `to ${facet.max}`}
          value={rule[bound]}
          onChange={(value) => onChange({ ...rule, [bound]: typeof value === 'number' ? value : '' })}
        />
      ))}
    </>
  );
}

function layerChoices(ontology: Ontology | null, facets: Facets, chosen: readonly string[]): Choice[] {
  const titles = new Map((ontology?.layers ?? []).map((layer) => [layer.name, layer.title]));
  const names = [...titles.keys(), ...facets.label_sets.map((found) => found.layer)];
  const known = [...new Set(names)].map((name) => ({ value: name, label: titles.get(name) ?? name }));
  return unique(known, chosen);
}

function withCount(source: Choice, facets: Facets, layers: readonly string[]): string {
  const count = facets.label_sets
    .filter((found) => found.source === source.value && layers.includes(found.layer))
    .reduce((sum, found) => sum + found.count, 0);
  return `${source.label} (${count.toLocaleString('en')})`;
}

function ontologyValues(attribute: OntologyAttribute | undefined): readonly Choice[] {
  if (attribute?.type === 'boolean')
    return [true, false].map((value) => ({ value: `${value}`, label: `${value}` }));
  return (attribute?.options ?? []).map((option) => ({ value: JSON.stringify(option), label: option }));
}

/** Choices, each once, and those that are chosen although nobody offers them. */
function unique(known: readonly Choice[], chosen: readonly string[]): Choice[] {
  const found = new Map(known.map((choice) => [choice.value, choice]));
  for (const value of chosen) if (!found.has(value)) found.set(value, { value, label: value });
  return [...found.values()];
}

function spanOf(facets: Facets): string {
  if (facets.first_start_ns === null || facets.last_start_ns === null) return 'There are no clips.';
  const day = (time_ns: string) => new Date(Number(BigInt(time_ns) / 1_000_000n)).toISOString().slice(0, 10);
  return `Clips are from ${day(facets.first_start_ns)} to ${day(facets.last_start_ns)}`;
}
