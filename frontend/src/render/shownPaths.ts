import { COLORS } from './colors';
import type { LabelId } from '../core/document/ids';
import type { Label } from '../core/document/label';
import type { Vec3 } from '../core/geometry/vec3';
import type { SessionState } from '../core/session/session';
import type { ColorOfClass } from './shownBoxes';

/** A line or the rings of an area, as the views draw it. */
export interface ShownPath {
  readonly labelId: LabelId;
  readonly color: string;
  readonly isSelected: boolean;
  readonly isHovered: boolean;
  /** Each a run of points in the world, metres; closed runs end where they begin. */
  readonly runs: readonly Float64Array[];
}

const cache = new WeakMap<Label, readonly Float64Array[]>();

/** The lines and areas that are not hidden, then ghosts. They stand still: the same at all times. */
export function visiblePaths(
  labels: ReadonlyMap<LabelId, Label>,
  session: SessionState,
  colorOf: ColorOfClass,
): ShownPath[] {
  const paths: ShownPath[] = [];
  for (const label of labels.values()) {
    const runs = runsOf(label);
    if (runs.length === 0 || session.hidden.has(label.id) || session.undrawn.has(label.id)) continue;
    paths.push({
      labelId: label.id,
      color: colorOf(label.class),
      isSelected: session.selection.includes(label.id),
      isHovered: session.hover?.labelId === label.id,
      runs,
    });
  }
  for (const ghost of session.ghosts) {
    const runs = runsOf(ghost);
    if (runs.length === 0) continue;
    paths.push({
      labelId: ghost.id,
      color: session.ghostColors.get(ghost.id) ?? COLORS.attention,
      isSelected: false,
      isHovered: session.hover?.labelId === ghost.id,
      runs,
    });
  }
  return paths;
}

/** The runs of a label, made once: labels are frozen. */
function runsOf(label: Label): readonly Float64Array[] {
  let runs = cache.get(label);
  if (runs === undefined) {
    runs = makeRuns(label);
    cache.set(label, runs);
  }
  return runs;
}

function makeRuns(label: Label): Float64Array[] {
  switch (label.geometry) {
    case 'polyline':
      return [flat(label.vertices_m, label.closed)];
    case 'polygon':
      return label.rings_m.map((ring) => flat(ring, true));
    case 'cuboid':
    case 'keypoints':
    case 'points':
      return [];
  }
}

function flat(vertices_m: readonly Vec3[], isClosed: boolean): Float64Array {
  const [first] = vertices_m;
  const all = isClosed && first !== undefined ? [...vertices_m, first] : vertices_m;
  return Float64Array.from(all.flat());
}
