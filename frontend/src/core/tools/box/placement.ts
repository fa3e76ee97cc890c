import { DEFAULT_SIZE_M, type OntologyClass } from '../../document/ontology';
import type { EditorContext } from '../../editor/context';
import { nearestPose } from '../../editor/ground';
import type { BoxState } from '../../geometry/box';
import { fromYaw, yawOf } from '../../geometry/quat';
import { intersectRayGround } from '../../geometry/ray';
import type { Vec3 } from '../../geometry/vec3';
import type { PointerInput } from '../input';

/** A drawn box is at least this long. */
const MIN_LENGTH_M = 0.3;

/** The class that a new box gets: the active one, else the first that may be a box. */
export function classForBox(context: EditorContext): OntologyClass | undefined {
  const boxes = context.layer.classes.filter((candidate) => candidate.geometries.includes('cuboid'));
  const active = context.session.get().activeClass;
  return boxes.find((candidate) => candidate.name === active) ?? boxes[0];
}

/** The point of the ground under the pointer, or null when it points at the sky. */
export function groundPoint(context: EditorContext, input: PointerInput): Vec3 | null {
  const { hit, ray } = input;
  if (hit.kind === 'ground' || hit.kind === 'point' || hit.kind === 'label') {
    return onGround(context, hit.point_m);
  }
  // Ground that isn't level: meet the height where the last meeting was, a few times.
  let point: Vec3 | null = intersectRayGround(ray, context.ground.zAt(ray.origin_m[0], ray.origin_m[1]) ?? 0);
  for (let i = 0; i < 4 && point !== null; i += 1) {
    point = intersectRayGround(ray, context.ground.zAt(point[0], point[1]) ?? point[2]);
  }
  return point;
}

/** A box of the class's usual size on this point of the ground, heading as the ego path does there. */
export function clickedBox(context: EditorContext, ontologyClass: OntologyClass, ground_m: Vec3): BoxState {
  const size = ontologyClass.size_m ?? DEFAULT_SIZE_M;
  return standing(ground_m, laneYaw(context, ground_m), size);
}

/** A box drawn from its rear to its front, with the class's usual width and height. */
export function drawnBox(ontologyClass: OntologyClass, rear_m: Vec3, front_m: Vec3): BoxState {
  const usual = ontologyClass.size_m ?? DEFAULT_SIZE_M;
  const dx = front_m[0] - rear_m[0];
  const dy = front_m[1] - rear_m[1];
  const length = Math.max(Math.hypot(dx, dy), MIN_LENGTH_M);
  const middle: Vec3 = [
    (rear_m[0] + front_m[0]) / 2,
    (rear_m[1] + front_m[1]) / 2,
    (rear_m[2] + front_m[2]) / 2,
  ];
  return standing(middle, Math.atan2(dy, dx), [length, usual[1], usual[2]]);
}

/** The direction of the ego path nearest to a place: lanes run along it. */
function laneYaw(context: EditorContext, place_m: Vec3): number {
  const { positions_m, length } = context.clip.trajectory;
  const nearest = nearestPose(positions_m, place_m[0], place_m[1]);
  const quat = context.clip.trajectory.quatOf(Math.min(nearest, length - 1));
  return yawOf(quat);
}

function standing(ground_m: Vec3, yawRad: number, size_m: Vec3): BoxState {
  return {
    position_m: [ground_m[0], ground_m[1], ground_m[2] + size_m[2] / 2],
    quat_xyzw: fromYaw(yawRad),
    size_m,
  };
}

function onGround(context: EditorContext, point_m: Vec3): Vec3 {
  return [point_m[0], point_m[1], context.ground.zAt(point_m[0], point_m[1]) ?? point_m[2]];
}
