import type { Attributes, CuboidLabel, KeypointsLabel, Label } from '../document/label';
import { isPreLabel } from '../document/origin';
import { angleBetween } from '../geometry/quat';
import { trackOf, type Track } from '../geometry/track';
import { distance, dot, lerp, scale, subtract, type Vec3 } from '../geometry/vec3';

/** How things are called on the screen. */
export interface Naming {
  readonly classTitle: (className: string) => string;
  readonly attributeTitle: (className: string, attribute: string) => string;
  /** A time of the clip, as people read it. */
  readonly time: (timeNs: bigint) => string;
}

/** Less than this is nobody's change: what a round trip through files and fits may leave. */
const LEAST_M = 0.005;
const LEAST_RAD = (0.05 * Math.PI) / 180;

/** What became of a label, in words, the weightiest first: `Car → Van`, `moved 0.4 m`, `turned 3.0°`. */
export function changeWords(before: Label, now: Label, naming: Naming): string[] {
  const words: string[] = [];
  if (before.class !== now.class)
    words.push(`${naming.classTitle(before.class)} → ${naming.classTitle(now.class)}`);
  words.push(...shapeWords(before, now, naming));
  words.push(...attributeWords(before, now, naming));
  if (isPreLabel(before) && !isPreLabel(now)) words.push('accepted');
  return words.length === 0 ? ['in nothing that can be seen'] : words;
}

function shapeWords(before: Label, now: Label, naming: Naming): string[] {
  if (before.geometry === 'cuboid' && now.geometry === 'cuboid') return boxWords(before, now, naming);
  if (before.geometry === 'polyline' && now.geometry === 'polyline') {
    const words = pathWords([run(before.vertices_m, before.closed)], [run(now.vertices_m, now.closed)]);
    if (before.closed !== now.closed) words.push(now.closed ? 'closed' : 'opened');
    const [was, is] = [before.width_m, now.width_m];
    if (was !== is) words.push(`width ${metres(was)} → ${metres(is)}`);
    return words;
  }
  if (before.geometry === 'polygon' && now.geometry === 'polygon') {
    const rings = (label: typeof before): Vec3[][] => label.rings_m.map((ring) => run(ring, true));
    return pathWords(rings(before), rings(now));
  }
  if (before.geometry === 'keypoints' && now.geometry === 'keypoints') return keypointWords(before, now);
  return before.geometry === now.geometry ? [] : [`${before.geometry} → ${now.geometry}`];
}

function boxWords(before: CuboidLabel, now: CuboidLabel, naming: Naming): string[] {
  const [was, is] = [trackOf(before), trackOf(now)];
  const words = [...stateWords(was, is), ...lifeWords(was, is, naming)];
  if (before.static !== now.static) words.push(now.static ? 'stands now' : 'moves now');
  const [hadGaps, hasGaps] = [before, now].map((label) => gapsOf(label));
  if (!before.static && !now.static && hadGaps !== hasGaps) words.push('other gaps');
  if (before.keyframes.length !== now.keyframes.length)
    words.push(`${before.keyframes.length} → ${now.keyframes.length} keyframes`);
  if (before.interpolation !== now.interpolation)
    words.push(`${before.interpolation} → ${now.interpolation} between keyframes`);
  return words;
}

/** How far it was moved, turned and resized, at the keyframes of both: between them a box follows these. */
function stateWords(was: Track, is: Track): string[] {
  const times = momentsOf(was, is);
  const shared = times.filter((time) => was.existsAt(time) && is.existsAt(time));
  let [moved, turned] = [0, 0];
  let sizes: readonly [Vec3, Vec3] | null = null;
  let isAlike = true;
  for (const time of shared.length === 0 ? times : shared) {
    const [a, b] = [was.extended(time), is.extended(time)];
    moved = Math.max(moved, distance(a.position_m, b.position_m));
    turned = Math.max(turned, angleBetween(a.quat_xyzw, b.quat_xyzw));
    const isSame = sizes !== null && differs(sizes[0], a.size_m) + differs(sizes[1], b.size_m) < LEAST_M;
    if (sizes !== null && !isSame) isAlike = false;
    if (sizes === null || differs(a.size_m, b.size_m) > differs(...sizes)) sizes = [a.size_m, b.size_m];
  }
  const upTo = times.length > 1 ? 'up to ' : '';
  const words: string[] = [];
  if (moved >= LEAST_M) words.push(`moved ${upTo}${metres(moved)}`);
  if (turned >= LEAST_RAD) words.push(`turned ${upTo}${((turned * 180) / Math.PI).toFixed(1)}°`);
  if (sizes !== null && differs(...sizes) >= LEAST_M) words.push(...sizeWords(...sizes, isAlike));
  return words;
}

function sizeWords(was: Vec3, is: Vec3, isAlike: boolean): string[] {
  const names = ['length', 'width', 'height'];
  return names.flatMap((name, axis) => {
    const [a, b] = [was[axis] ?? 0, is[axis] ?? 0];
    if (Math.abs(a - b) < LEAST_M) return [];
    return [`${name} ${a.toFixed(2)} → ${b.toFixed(2)} m${isAlike ? '' : ' and others'}`];
  });
}

function lifeWords(was: Track, is: Track, { time }: Naming): string[] {
  const words: string[] = [];
  if (was.fromNs !== is.fromNs)
    words.push(
      `begins ${is.fromNs === null ? 'with the clip' : `at ${time(is.fromNs)}`}${wasAt(was.fromNs, time)}`,
    );
  if (was.toNs !== is.toNs)
    words.push(`ends ${is.toNs === null ? 'with the clip' : `at ${time(is.toNs)}`}${wasAt(was.toNs, time)}`);
  return words;
}

function wasAt(timeNs: bigint | null, time: Naming['time']): string {
  return timeNs === null ? '' : `, was ${time(timeNs)}`;
}

function gapsOf(label: CuboidLabel): string {
  return label.keyframes
    .map((keyframe, i) =>
      keyframe.gap_after === true ? `${keyframe.time_ns}-${label.keyframes[i + 1]?.time_ns ?? ''}` : '',
    )
    .filter((text) => text !== '')
    .join(' ');
}

/** The times of all keyframes of both, in order. */
function momentsOf(was: Track, is: Track): bigint[] {
  return [...new Set([...was.timesNs, ...is.timesNs])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function differs(a: Vec3, b: Vec3): number {
  return Math.max(...a.map((value, axis) => Math.abs(value - (b[axis] ?? 0))));
}

function run(vertices_m: readonly Vec3[], isClosed: boolean): Vec3[] {
  const [first] = vertices_m;
  return isClosed && first !== undefined ? [...vertices_m, first] : [...vertices_m];
}

/** How far points of either lie from the other: what was drawn anew in the same place is no change. */
function pathWords(before: readonly Vec3[][], now: readonly Vec3[][]): string[] {
  const words: string[] = [];
  const far = Math.max(farthest(before, now), farthest(now, before));
  if (far >= LEAST_M) words.push(`moved up to ${metres(far)}`);
  const count = (runs: readonly Vec3[][]): number => runs.reduce((sum, points) => sum + points.length, 0);
  if (count(before) !== count(now)) words.push(`${count(before)} → ${count(now)} points`);
  if (before.length !== now.length) words.push(`${before.length} → ${now.length} rings`);
  return words;
}

function farthest(from: readonly Vec3[][], to: readonly Vec3[][]): number {
  return Math.max(
    0,
    ...from.flat().map((point) => Math.min(...to.map((points) => distanceToRun(point, points)))),
  );
}

function distanceToRun(point: Vec3, points: readonly Vec3[]): number {
  let [least, previous] = [Infinity, points[0]];
  for (const next of points) {
    const along = subtract(next, previous ?? next);
    const length2 = dot(along, along);
    const s = length2 === 0 ? 0 : dot(subtract(point, previous ?? next), scale(along, 1 / length2));
    least = Math.min(least, distance(point, lerp(previous ?? next, next, Math.max(0, Math.min(1, s)))));
    previous = next;
  }
  return least;
}

function keypointWords(before: KeypointsLabel, now: KeypointsLabel): string[] {
  const words: string[] = [];
  let moved = 0;
  for (const name of new Set([...Object.keys(before.points), ...Object.keys(now.points)])) {
    const [was, is] = [before.points[name], now.points[name]];
    if (was === undefined || is === undefined)
      words.push(`${name} ${is === undefined ? 'removed' : 'added'}`);
    else {
      moved = Math.max(moved, distance(was.position_m, is.position_m));
      if (was.visible !== is.visible) words.push(`${name} ${is.visible ? 'visible' : 'not visible'}`);
    }
  }
  return moved < LEAST_M ? words : [`moved up to ${metres(moved)}`, ...words];
}

function attributeWords(before: Label, now: Label, naming: Naming): string[] {
  const moments =
    before.geometry === 'cuboid' && now.geometry === 'cuboid'
      ? momentsOf(trackOf(before), trackOf(now))
      : [0n];
  const valuesOf = (label: Label): readonly Attributes[] =>
    label.geometry === 'cuboid'
      ? moments.map((time) => trackOf(label).attributesAt(time))
      : [label.attributes];
  const [was, is] = [valuesOf(before), valuesOf(now)];
  const names = new Set([...was, ...is].flatMap((values) => Object.keys(values)));
  const words: string[] = [];
  for (const name of names) {
    const at = was.flatMap((values, i) => (values[name] === is[i]?.[name] ? [] : [i]));
    const [first] = at;
    if (first === undefined) continue;
    const pairs = new Set(at.map((i) => `${shown(was[i]?.[name])} → ${shown(is[i]?.[name])}`));
    const [pair] = pairs;
    words.push(
      `${naming.attributeTitle(now.class, name)}: ${pair ?? ''}${pairs.size > 1 ? ' and others' : ''}` +
        (at.length < was.length ? ` from ${naming.time(moments[first] ?? 0n)} on` : ''),
    );
  }
  return words;
}

function shown(value: string | number | boolean | undefined): string {
  if (value === undefined) return 'not set';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}

function metres(length_m: number | undefined): string {
  return length_m === undefined ? 'not set' : `${length_m.toFixed(2)} m`;
}
