import type { CuboidLabel, Label } from './label';

/** A label as it may stand in a file: what has a default may be left out. */
export type WireLabel =
  | (Omit<CuboidLabel, 'attributes' | 'static' | 'interpolation'> &
      Partial<Pick<CuboidLabel, 'attributes' | 'static' | 'interpolation'>>)
  | Exclude<Label, CuboidLabel>;

/** The label with all that has a default written out, so that nobody else need know the defaults. */
export function readLabel(wire: WireLabel): Label {
  switch (wire.geometry) {
    case 'cuboid':
      return {
        ...wire,
        attributes: orElse(wire.attributes, {}),
        static: wire.static ?? false,
        interpolation: wire.interpolation ?? 'linear',
      };
    case 'polyline':
      return { ...wire, attributes: orElse(wire.attributes, {}), closed: orElse(wire.closed, false) };
    case 'polygon':
    case 'keypoints':
    case 'points':
      return { ...wire, attributes: orElse(wire.attributes, {}) };
  }
}

/** For keys that the types promise but files may lack. */
function orElse<T>(value: T | undefined, fallback: T): T {
  return value ?? fallback;
}
