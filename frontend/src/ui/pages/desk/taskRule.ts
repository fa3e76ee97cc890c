import type { TaskRule } from '../../../api/deskApi';
import type { PrelabelReport } from '../../../api/trustApi';
import { parseAttributes } from './attributeRules';

export type Machine = PrelabelReport['available'][number];

/** What is typed and chosen for new tasks. */
export interface RuleFields {
  readonly layer: string;
  readonly search: string;
  readonly attributes: string;
  readonly simulated: string;
  readonly labelledBy: string;
  readonly place: readonly [string, string, string, string];
  readonly stage: 'label' | 'review';
  readonly priority: number;
  readonly skill: string;
  /** Place in the list of pre-labels of the layer; empty: nothing is there at first. */
  readonly startFrom: string;
  readonly minPercent: number;
  /** Longer clips get several tasks, parts of at most so many seconds; null: one for all of it. */
  readonly pieceSeconds: number | null;
}

/** The rule that is meant, or what is wrong with it. */
export function ruleOf(
  fields: RuleFields,
  machines: readonly Machine[],
): { readonly rule: TaskRule | null; readonly trouble: string | null } {
  const attributes = parseAttributes(fields.attributes);
  if (typeof attributes === 'string') return { rule: null, trouble: attributes };
  const sides = fields.place.map((text) => text.trim().replace(',', '.'));
  const isPlace = sides.some((text) => text !== '');
  if (isPlace && sides.some((text) => text === '' || !Number.isFinite(Number(text)))) {
    return {
      rule: null,
      trouble: 'Place: four numbers are needed, south, west, north and east, in degrees.',
    };
  }
  const [south, west, north, east] = sides.map(Number) as [number, number, number, number];
  return {
    trouble: null,
    rule: {
      layer: fields.layer,
      stage: fields.stage,
      priority: fields.priority,
      skill: fields.skill,
      start_from: startOf(fields, machines),
      piece_s: fields.stage === 'review' ? null : fields.pieceSeconds,
      clips: {
        search: fields.search.trim(),
        labelled_by: fields.labelledBy,
        simulated: fields.simulated === '' ? null : fields.simulated === 'yes',
        ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
        ...(isPlace ? { place: { south, west, north, east } } : {}),
      },
    },
  };
}

type StartFrom = NonNullable<TaskRule['start_from']>;

/** What the tasks start from: only labelling does; a review is of the labels that are there. */
function startOf(fields: RuleFields, machines: readonly Machine[]): StartFrom | null {
  const chosen = fields.startFrom === '' ? undefined : machines[Number(fields.startFrom)];
  if (chosen === undefined || fields.stage === 'review') return null;
  return { source: chosen.source, name: chosen.name, min_score: fields.minPercent / 100 };
}
