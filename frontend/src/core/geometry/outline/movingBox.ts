import { Cylindrical } from '../cameras/cylindrical';
import { pictureConeRad } from '../pictureCone';
import { writeRotationMatrix } from '../rigid';
import { STATE_LENGTH, type Track } from '../track';
import type { ImageView } from '../view';
import { MOVING_LENGTH } from './edges';

/** Numbers of a moving box: eight corners with their velocities. */
export const MOVING_BOX_LENGTH = 8 * MOVING_LENGTH;

const rotation = new Float64Array(9);
const now = new Float64Array(STATE_LENGTH);
const later = new Float64Array(STATE_LENGTH);
const laterCorners = new Float64Array(MOVING_BOX_LENGTH);
const middle = new Float64Array(3);
const place = new Float64Array(3);

/**
 * Writes the corners of a label's box relative to the view's origin at the image's time, and their velocities; false
 * where the label doesn't exist then. Within a read-out every point goes straight, from where it is at the first line
 * to where it is at the last.
 */
export function moveTrack(view: ImageView, track: Track, out: Float64Array): boolean {
  if (!track.stateInto(view.timeNs, now)) return false;
  standBox(view, now, out);
  const later_ns = Math.ceil(view.shutter.durationNs);
  if (later_ns === 0 || track.isStanding) return true;
  track.extendedInto(view.timeNs + BigInt(later_ns), later);
  standBox(view, later, laterCorners);
  const seconds = later_ns * 1e-9;
  for (let at = 0; at < MOVING_BOX_LENGTH; at += MOVING_LENGTH) {
    for (let k = 0; k < 3; k += 1) out[at + 3 + k] = (laterCorners[at + k]! - out[at + k]!) / seconds;
  }
  return true;
}

/** Writes the corners of a standing box (position, quaternion, size) relative to the view's origin. */
export function standBox(view: ImageView, state: Float64Array, out: Float64Array): void {
  const x = state[0]! - view.origin_m[0];
  const y = state[1]! - view.origin_m[1];
  const z = state[2]! - view.origin_m[2];
  writeRotationMatrix(state[3]!, state[4]!, state[5]!, state[6]!, rotation, 0);
  for (let i = 0; i < 8; i += 1) {
    const l = (i & 1 ? 0.5 : -0.5) * state[7]!;
    const w = (i & 2 ? 0.5 : -0.5) * state[8]!;
    const h = (i & 4 ? 0.5 : -0.5) * state[9]!;
    const at = MOVING_LENGTH * i;
    out[at] = x + rotation[0]! * l + rotation[1]! * w + rotation[2]! * h;
    out[at + 1] = y + rotation[3]! * l + rotation[4]! * w + rotation[5]! * h;
    out[at + 2] = z + rotation[6]! * l + rotation[7]! * w + rotation[8]! * h;
    out[at + 3] = 0;
    out[at + 4] = 0;
    out[at + 5] = 0;
  }
}

/** Whether a ball around the box stays out of a cone around the picture, all the time: then nothing of it is seen. */
export function isFarOff(view: ImageView, corners: Float64Array): boolean {
  const cone = pictureConeRad(view.camera);
  if (cone >= Math.PI || view.camera.lens instanceof Cylindrical) return false;
  const last = 7 * MOVING_LENGTH;
  let radius = 0;
  for (let k = 0; k < 3; k += 1) radius += (corners[last + k]! - corners[k]!) ** 2;
  radius = 0.5 * Math.sqrt(radius);
  const duration = view.shutter.durationNs;
  const moments = duration > 0 ? 3 : 1;
  if (duration > 0) radius += travelled(view, corners, duration);
  for (let i = 0; i < moments; i += 1) {
    seeMiddle(view, corners, (duration * i) / 2, place);
    const [x, y, z] = [place[0]!, place[1]!, place[2]!];
    const distance = Math.sqrt(x * x + y * y + z * z);
    if (!(distance > radius)) return false;
    const angle = Math.atan2(Math.sqrt(x * x + y * y), z);
    if (!(angle - Math.asin(radius / distance) > cone + 1e-6)) return false;
  }
  return true;
}

/** Between the three moments looked at it may have moved by as much as between two of them. */
function travelled(view: ImageView, corners: Float64Array, duration: number): number {
  let most = 0;
  seeMiddle(view, corners, 0, place);
  let [x, y, z] = [place[0]!, place[1]!, place[2]!];
  for (let i = 1; i < 3; i += 1) {
    seeMiddle(view, corners, (duration * i) / 2, place);
    most = Math.max(most, Math.abs(place[0]! - x) + Math.abs(place[1]! - y) + Math.abs(place[2]! - z));
    [x, y, z] = [place[0]!, place[1]!, place[2]!];
  }
  return most;
}

function seeMiddle(view: ImageView, corners: Float64Array, offsetNs: number, out: Float64Array): void {
  const last = 7 * MOVING_LENGTH;
  const t = offsetNs * 1e-9;
  for (let k = 0; k < 3; k += 1) {
    middle[k] =
      0.5 * (corners[k]! + corners[last + k]!) + 0.5 * t * (corners[3 + k]! + corners[last + 3 + k]!);
  }
  view.toCamera(middle[0]!, middle[1]!, middle[2]!, offsetNs, out);
}
