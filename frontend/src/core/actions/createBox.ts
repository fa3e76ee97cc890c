import { diffOf, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { Attributes, CuboidLabel } from '../document/label';
import type { OntologyClass } from '../document/ontology';
import type { BoxState } from '../geometry/box';

/** The span of a clip: where a new box exists. */
export interface Life {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/**
 * A new box with one keyframe. It stands there for the whole clip (from_ns, to_ns) until a second keyframe makes it
 * move; then it goes on beyond its keyframes at the speed they show. So one click is a parked car, done, and the next
 * correction at another time turns it into a moving one without a mode.
 */
export function newBox(options: {
  readonly id: LabelId;
  readonly ontologyClass: OntologyClass;
  readonly state: BoxState;
  readonly timeNs: bigint;
  readonly life: Life;
}): CuboidLabel {
  const { id, ontologyClass, state, timeNs, life } = options;
  return {
    id,
    class: ontologyClass.name,
    geometry: 'cuboid',
    attributes: defaultAttributes(ontologyClass),
    static: false,
    size_m: state.size_m,
    interpolation: 'linear',
    from_ns: life.fromNs.toString(),
    to_ns: life.toNs.toString(),
    keyframes: [{ time_ns: timeNs.toString(), position_m: state.position_m, quat_xyzw: state.quat_xyzw }],
  };
}

export function createBox(label: CuboidLabel): RecordsDiff {
  return diffOf(undefined, label);
}

/** What the ontology presets for a class. */
export function defaultAttributes(ontologyClass: OntologyClass): Attributes {
  return Object.fromEntries(
    ontologyClass.attributes.flatMap((attribute) =>
      attribute.default === undefined ? [] : [[attribute.name, attribute.default] as const],
    ),
  );
}
