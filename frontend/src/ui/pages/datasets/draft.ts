import type { SelectionRequest } from '../../../api/datasetsApi';

/** A text, a number or a boolean, as JSON: choices in menus are texts. */
export type ValueText = string;

export interface AttributeRule {
  readonly name: string;
  readonly values: readonly ValueText[];
}

/** Of a clip attribute: some values, or numbers of a span; an empty bound is none. */
export interface ClipRule extends AttributeRule {
  readonly min: number | '';
  readonly max: number | '';
}

export interface SplitDraft {
  readonly shares: readonly { readonly name: string; readonly percent: number | '' }[];
  readonly by: 'clip' | 'place' | 'trip';
  readonly cell_m: number | '';
  readonly trip_attribute: string;
  readonly isStratified: boolean;
  readonly held_out: string;
  readonly salt: string;
}

/** What the builder's fields say; empty fields ask for nothing. */
export interface Draft {
  readonly layers: readonly string[];
  /** The best first. */
  readonly sources: readonly string[];
  readonly stages: readonly string[];
  readonly classes: readonly string[];
  readonly attributes: readonly AttributeRule[];
  readonly clipAttributes: readonly ClipRule[];
  /** Days (`2026-03-01`), UTC; `to` is the last one. */
  readonly from: string;
  readonly to: string;
  readonly place: Readonly<Record<Side, number | ''>>;
  readonly minScore: number | '';
  readonly split: SplitDraft | null;
  /** What the fields don't show, kept as it was: other projects, single clips. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export const SIDES = ['south', 'west', 'north', 'east'] as const;
export type Side = (typeof SIDES)[number];

export const FIRST_SPLIT: SplitDraft = {
  shares: [
    { name: 'train', percent: 80 },
    { name: 'val', percent: 10 },
    { name: 'test', percent: 10 },
  ],
  by: 'place',
  cell_m: 1000,
  trip_attribute: 'trip',
  isStratified: false,
  held_out: '',
  salt: '',
};

export function emptyDraft(layers: readonly string[], source = 'human'): Draft {
  return {
    layers,
    sources: [source],
    stages: [],
    classes: [],
    attributes: [],
    clipAttributes: [],
    from: '',
    to: '',
    place: { south: '', west: '', north: '', east: '' },
    minScore: '',
    split: FIRST_SPLIT,
    rest: {},
  };
}

/** The query and the split rule that a draft stands for, as docs/datasets.md writes them. */
export function requestOf(draft: Draft, spec: unknown): SelectionRequest {
  const query: Record<string, unknown> = { ...draft.rest, layers: draft.layers, sources: draft.sources };
  if (draft.stages.length > 0) query['stages'] = draft.stages;
  if (draft.classes.length > 0) query['classes'] = draft.classes;
  const attributes = draft.attributes.filter((rule) => rule.name !== '' && rule.values.length > 0);
  if (attributes.length > 0) {
    query['attributes'] = Object.fromEntries(attributes.map((rule) => [rule.name, parsed(rule.values)]));
  }
  const rules = draft.clipAttributes.flatMap(clipRuleOf);
  if (rules.length > 0) query['clip_attributes'] = Object.fromEntries(rules);
  const recorded = {
    ...(draft.from === '' ? {} : { from: `${draft.from}T00:00:00Z` }),
    ...(draft.to === '' ? {} : { to: `${dayAfter(draft.to)}T00:00:00Z` }),
  };
  if (Object.keys(recorded).length > 0) query['recorded'] = recorded;
  if (SIDES.every((side) => draft.place[side] !== '')) query['place'] = draft.place;
  if (draft.minScore !== '') query['min_score'] = draft.minScore;
  return { query, split: draft.split === null ? null : splitOf(draft.split), spec };
}

/** Why this can't be asked for yet; null where it can. */
export function reasonAgainst(draft: Draft): string | null {
  if (draft.layers.length === 0) return 'Choose at least one layer.';
  if (draft.sources.length === 0) return 'Choose whose labels.';
  const given = SIDES.filter((side) => draft.place[side] !== '');
  if (given.length > 0 && given.length < 4) return 'A place needs all four sides.';
  if (draft.split === null) return null;
  const shares = draft.split.shares;
  if (shares.some((share) => share.name === '' || share.percent === '')) {
    return 'Each split needs a name and a share.';
  }
  if (new Set(shares.map((share) => share.name)).size < shares.length)
    return 'Two splits have the same name.';
  const sum = shares.reduce((total, share) => total + Number(share.percent), 0);
  return Math.abs(sum - 100) > 1e-9 ? `The shares sum to ${Number(sum.toFixed(6))} %, not to 100 %.` : null;
}

/** The fields that say what a version was frozen from. */
export function draftOf(query: unknown, split: unknown): Draft {
  const {
    layers,
    sources,
    stages,
    classes,
    attributes,
    clip_attributes: clipAttributes,
    recorded,
    place,
    min_score: minScore,
    ...rest
  } = objectOf(query);
  const span = objectOf(recorded);
  const sides = objectOf(place);
  const side = (name: Side) => numberOf(sides[name]);
  const isDays = [span['from'], span['to']].every((time) => time === undefined || isMidnight(time));
  return {
    layers: textsOf(layers),
    sources: sources === undefined ? ['human'] : textsOf(sources),
    stages: textsOf(stages),
    classes: textsOf(classes),
    attributes: Object.entries(objectOf(attributes)).map(([name, values]) => ({
      name,
      values: valueTexts(values),
    })),
    clipAttributes: Object.entries(objectOf(clipAttributes)).map(([name, rule]) => ({
      name,
      values: valueTexts(rule),
      min: numberOf(objectOf(rule)['min']),
      max: numberOf(objectOf(rule)['max']),
    })),
    from: isDays && typeof span['from'] === 'string' ? span['from'].slice(0, 10) : '',
    to: isDays && typeof span['to'] === 'string' ? dayBefore(span['to'].slice(0, 10)) : '',
    place: { south: side('south'), west: side('west'), north: side('north'), east: side('east') },
    minScore: numberOf(minScore),
    split: split === null || split === undefined ? null : splitDraftOf(objectOf(split)),
    // A span to the second has no fields: it stays as it is.
    rest: isDays || recorded === undefined ? rest : { ...rest, recorded },
  };
}

function splitOf(split: SplitDraft): Record<string, unknown> {
  const shares = Object.fromEntries(
    split.shares.map(({ name, percent }) => [name, Number((Number(percent) / 100).toFixed(12))]),
  );
  return {
    shares,
    by: split.by,
    ...(split.by === 'place' && split.cell_m !== '' ? { cell_m: split.cell_m } : {}),
    ...(split.by === 'trip' && split.trip_attribute !== '' ? { trip_attribute: split.trip_attribute } : {}),
    ...(split.isStratified ? { stratify: 'class' } : {}),
    ...(split.held_out in shares ? { held_out: split.held_out } : {}),
    ...(split.salt === '' ? {} : { salt: split.salt }),
  };
}

function splitDraftOf(split: Readonly<Record<string, unknown>>): SplitDraft {
  const salt = split['salt'];
  return {
    // The largest first: the database keeps no order.
    shares: Object.entries(objectOf(split['shares']))
      .map(([name, share]) => ({ name, percent: Number((100 * Number(share)).toFixed(9)) }))
      .sort((a, b) => b.percent - a.percent),
    by: split['by'] === 'place' || split['by'] === 'trip' ? split['by'] : 'clip',
    cell_m: numberOf(split['cell_m']) === '' ? 1000 : numberOf(split['cell_m']),
    trip_attribute: typeof split['trip_attribute'] === 'string' ? split['trip_attribute'] : 'trip',
    isStratified: split['stratify'] === 'class',
    held_out: typeof split['held_out'] === 'string' ? split['held_out'] : '',
    salt: typeof salt === 'string' ? (split['stratify'] === 'class' ? (salt.split('#')[0] ?? '') : salt) : '',
  };
}

function clipRuleOf(rule: ClipRule): [string, unknown][] {
  if (rule.name === '') return [];
  if (rule.min !== '' || rule.max !== '') {
    const span = {
      ...(rule.min === '' ? {} : { min: rule.min }),
      ...(rule.max === '' ? {} : { max: rule.max }),
    };
    return [[rule.name, span]];
  }
  return rule.values.length === 0 ? [] : [[rule.name, parsed(rule.values)]];
}

function parsed(values: readonly ValueText[]): unknown[] {
  return values.map((value): unknown => JSON.parse(value));
}

function valueTexts(values: unknown): ValueText[] {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : [];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function numberOf(value: unknown): number | '' {
  return typeof value === 'number' ? value : '';
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function isMidnight(time: unknown): boolean {
  return typeof time === 'string' && /^\d{4}-\d\d-\d\d(T00:00:00(Z|\+00:00)?)?$/.test(time);
}

function dayAfter(day: string): string {
  return shifted(day, 1);
}

function dayBefore(day: string): string {
  return shifted(day, -1);
}

function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
