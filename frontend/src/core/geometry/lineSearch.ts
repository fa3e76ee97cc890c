import { Status } from './status';

const MAX_STEPS = 60;

/** How hard points that lack a pixel at times are looked for. */
interface Care {
  readonly samples: number;
  readonly bisections: number;
}

const EXACT: Care = { samples: 33, bisections: 48 };
/** For the live picture: what comes and goes within a quarter of the read-out is at the very rim of the lens. */
const LIVE: Care = { samples: 5, bisections: 16 };

/** A line is found when its time is right to this share of a line. */
const LINE_TOLERANCE = 1e-7;

/** For the live picture a thousandth of a line is near enough. */
const NEAR_TOLERANCE = 1e-3;
const NEAR_STEPS = 5;

/** One point under a rolling shutter: at any time of the read-out, how far off the time is. */
export interface ReadOut {
  readonly durationNs: number;
  readonly lineDelayNs: number;
  /** The time of the line that sees the point as it is at `offsetNs`, less `offsetNs`; NaN where it has no pixel. */
  miss(offsetNs: number): number;
  /** Why the last `miss` was NaN. */
  readonly missStatus: Status;
}

/**
 * Finds the time in the read-out at which the line that sees a point is exposed. A point with a pixel at both ends has
 * a miss >= 0 at the start and <= 0 at the end, since line times are clamped: a bracketed search can't fail. Other
 * points are looked for by sampling. Returns the offset, NaN where there is none: then `status` says why.
 */
export class LineSearch {
  status: Status = Status.OK;

  solve(point: ReadOut, isLive = false): number {
    const end = point.durationNs;
    const missStart = point.miss(0);
    const startStatus = point.missStatus;
    const missEnd = point.miss(end);
    this.status = Status.OK;
    if (!Number.isNaN(missStart) && !Number.isNaN(missEnd)) {
      const offset = this.#bracketed(point, 0, missStart, end, missEnd);
      if (!Number.isNaN(offset)) return offset;
    }
    return this.#scan(point, Number.isNaN(missStart) ? startStatus : Status.OK, isLive ? LIVE : EXACT);
  }

  /** The secant method from a time that is probably near; NaN where it doesn't settle at once. */
  near(point: ReadOut, guessNs: number): number {
    const end = point.durationNs;
    const tolerance = NEAR_TOLERANCE * point.lineDelayNs;
    let before = guessNs;
    let missBefore = point.miss(before);
    if (Math.abs(missBefore) <= tolerance) return before;
    let at = Math.min(Math.max(before + missBefore, 0), end);
    for (let step = 0; step < NEAR_STEPS; step += 1) {
      const miss = point.miss(at);
      if (Number.isNaN(miss)) return NaN;
      if (Math.abs(miss) <= tolerance) return at;
      const next = at - (miss * (at - before)) / (miss - missBefore);
      before = at;
      missBefore = miss;
      at = Math.min(Math.max(next, 0), end);
    }
    return NaN;
  }

  /** Anderson-Bjoerck's regula falsi; NaN when the point lost its pixel on the way. */
  #bracketed(point: ReadOut, lowNs: number, missAtLow: number, highNs: number, missAtHigh: number): number {
    let low = lowNs;
    let high = highNs;
    let missLow = missAtLow;
    let missHigh = missAtHigh;
    const tolerance = LINE_TOLERANCE * point.lineDelayNs;
    let answer = Math.abs(missLow) <= Math.abs(missHigh) ? low : high;
    if (Math.min(Math.abs(missLow), Math.abs(missHigh)) <= tolerance) return answer;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const guess = nextGuess(low, missLow, high, missHigh, step);
      const miss = point.miss(guess);
      if (Number.isNaN(miss)) return NaN;
      answer = guess;
      if (Math.abs(miss) <= tolerance || high - low <= 1e-9) break;
      if (miss > 0) {
        const ratio = 1 - miss / missLow;
        missHigh *= ratio > 0 ? ratio : 0.5;
        low = guess;
        missLow = miss;
      } else {
        const ratio = 1 - miss / missHigh;
        missLow *= ratio > 0 ? ratio : 0.5;
        high = guess;
        missHigh = miss;
      }
    }
    return answer;
  }

  /** For points that lack a pixel at times: sample, find where they come and go, bracket. */
  #scan(point: ReadOut, startStatus: Status, care: Care): number {
    let wasSeen = false;
    let left = 0;
    let missLeft = point.miss(0);
    for (let i = 1; i < care.samples; i += 1) {
      const right = (point.durationNs * i) / (care.samples - 1);
      const missRight = point.miss(right);
      wasSeen ||= !Number.isNaN(missLeft) || !Number.isNaN(missRight);
      const offset = this.#within(point, left, missLeft, right, missRight, care);
      if (!Number.isNaN(offset)) {
        this.status = Status.OK;
        return offset;
      }
      left = right;
      missLeft = missRight;
    }
    this.status = wasSeen || startStatus === Status.OK ? Status.NO_SOLUTION : startStatus;
    return NaN;
  }

  #within(
    point: ReadOut,
    left: number,
    missLeft: number,
    right: number,
    missRight: number,
    { bisections }: Care,
  ): number {
    const isLeftSeen = !Number.isNaN(missLeft);
    const isRightSeen = !Number.isNaN(missRight);
    if (!isLeftSeen && !isRightSeen) return NaN;
    let low = left;
    let missLow = missLeft;
    let high = right;
    let missHigh = missRight;
    if (!isLeftSeen) {
      low = lastSeen(point, right, left, bisections);
      missLow = point.miss(low);
    } else if (!isRightSeen) {
      high = lastSeen(point, left, right, bisections);
      missHigh = point.miss(high);
    }
    return missLow >= 0 && missHigh <= 0 ? this.#bracketed(point, low, missLow, high, missHigh) : NaN;
  }
}

function nextGuess(low: number, missLow: number, high: number, missHigh: number, step: number): number {
  const middle = 0.5 * (low + high);
  if (step >= MAX_STEPS / 2) return middle;
  const guess = (low * missHigh - high * missLow) / (missHigh - missLow);
  return guess > low && guess < high ? guess : middle;
}

/** Where the point still has a pixel, as near as can be to where it has none. */
function lastSeen(point: ReadOut, seenNs: number, unseenNs: number, bisections: number): number {
  let seen = seenNs;
  let unseen = unseenNs;
  for (let i = 0; i < bisections; i += 1) {
    const middle = 0.5 * (seen + unseen);
    if (Number.isNaN(point.miss(middle))) unseen = middle;
    else seen = middle;
  }
  return seen;
}
