import { clamp } from '../views/orbitCamera';

/** The part of the clip that a timeline shows: nanoseconds since the clip's start, over pixels. */
export interface TimeWindow {
  readonly from_ns: number;
  readonly to_ns: number;
}

/** At its closest the whole width is this long. */
const SHORTEST_NS = 50e6;

export function xOf(window: TimeWindow, offset_ns: number, left_px: number, width_px: number): number {
  return left_px + ((offset_ns - window.from_ns) / (window.to_ns - window.from_ns)) * width_px;
}

export function offsetAt(window: TimeWindow, x_px: number, left_px: number, width_px: number): number {
  return window.from_ns + ((x_px - left_px) / width_px) * (window.to_ns - window.from_ns);
}

/** Nearer (factor < 1) or farther about a time that stays where it is. */
export function zoomedWindow(
  window: TimeWindow,
  factor: number,
  about_ns: number,
  length_ns: number,
): TimeWindow {
  const span = clamp((window.to_ns - window.from_ns) * factor, Math.min(SHORTEST_NS, length_ns), length_ns);
  const part = (about_ns - window.from_ns) / (window.to_ns - window.from_ns);
  return heldWindow({ from_ns: about_ns - part * span, to_ns: about_ns + (1 - part) * span }, length_ns);
}

/** Within the clip. */
export function heldWindow(window: TimeWindow, length_ns: number): TimeWindow {
  const span = Math.min(window.to_ns - window.from_ns, length_ns);
  const from_ns = clamp(window.from_ns, 0, length_ns - span);
  return { from_ns, to_ns: from_ns + span };
}

/** The window moved so far that a time is in it, with a margin; the same one when it is already. */
export function windowShowing(window: TimeWindow, offset_ns: number, length_ns: number): TimeWindow {
  if (offset_ns >= window.from_ns && offset_ns <= window.to_ns) return window;
  const span = window.to_ns - window.from_ns;
  const from_ns = offset_ns < window.from_ns ? offset_ns - 0.1 * span : offset_ns - 0.9 * span;
  return heldWindow({ from_ns, to_ns: from_ns + span }, length_ns);
}

/** A round step (1, 2, 5 times a power of ten, nanoseconds) of which marks are at least so far apart. */
export function roundStep(window: TimeWindow, width_px: number, least_px: number): number {
  const least = ((window.to_ns - window.from_ns) / width_px) * least_px;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  return 10 * power;
}
