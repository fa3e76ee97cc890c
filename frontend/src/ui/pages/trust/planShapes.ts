/** Labels seen from above, as outlines. */

export interface PlanShape {
  readonly id: string;
  readonly isClosed: boolean;
  /** Metres, x to the right and y up. */
  readonly points: readonly (readonly [number, number])[];
}

type Json = Readonly<Record<string, unknown>>;

/** The outlines of labels as the API gives them; what has no outline is left out. */
export function planShapes(
  labels: readonly { readonly label_id: string; readonly label: unknown }[],
): PlanShape[] {
  return labels.flatMap(({ label_id: id, label }) => {
    const shape = outline(label as Json);
    return shape === null ? [] : [{ id, ...shape }];
  });
}

function outline(label: Json): Omit<PlanShape, 'id'> | null {
  switch (label['geometry']) {
    case 'cuboid':
      return { isClosed: true, points: boxOutline(label) };
    case 'polyline':
      return { isClosed: label['closed'] === true, points: flat(label['vertices_m']) };
    case 'polygon':
      return { isClosed: true, points: flat((label['rings_m'] as unknown[])[0]) };
    default:
      return null;
  }
}

/** Where a box is at its first keyframe. */
function boxOutline(label: Json): readonly (readonly [number, number])[] {
  const keyframe = (label['keyframes'] as Json[])[0] ?? {};
  const [x, y] = keyframe['position_m'] as [number, number, number];
  const [qx, qy, qz, qw] = keyframe['quat_xyzw'] as [number, number, number, number];
  const [length, width] = (keyframe['size_m'] ?? label['size_m']) as [number, number, number];
  const yaw = Math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz));
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  // The front corners first: a notch there shows which way it points.
  const corners = [
    [0.5, 0.5],
    [0.75, 0],
    [0.5, -0.5],
    [-0.5, -0.5],
    [-0.5, 0.5],
  ] as const;
  return corners.map(([u, v]) => {
    const [along, across] = [u * length, v * width];
    return [x + c * along - s * across, y + s * along + c * across] as const;
  });
}

function flat(vertices: unknown): readonly (readonly [number, number])[] {
  return (vertices as [number, number, number][]).map(([x, y]) => [x, y] as const);
}
