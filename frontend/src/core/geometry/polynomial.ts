/** Polynomials of lenses, coefficients from the constant term upwards: where they stop rising, and their inverse. */
export type Polynomial = readonly number[];

const MAX_STEPS = 100;

/** Horner's rule. */
export function evaluate(coefficients: Polynomial, x: number): number {
  let total = 0;
  for (let i = coefficients.length - 1; i >= 0; i -= 1) total = total * x + coefficients[i]!;
  return total;
}

export function derivative(coefficients: Polynomial): number[] {
  return coefficients.slice(1).map((value, power) => (power + 1) * value);
}

export function product(left: Polynomial, right: Polynomial): number[] {
  const result = new Array<number>(left.length + right.length - 1).fill(0);
  left.forEach((a, i) =>
    right.forEach((b, j) => {
      result[i + j] = result[i + j]! + a * b;
    }),
  );
  return result;
}

export function difference(left: Polynomial, right: Polynomial): number[] {
  const size = Math.max(left.length, right.length);
  return Array.from({ length: size }, (_, i) => (left[i] ?? 0) - (right[i] ?? 0));
}

/** The least x > 0 where a polynomial is zero, infinity if there is none. */
export function smallestPositiveRoot(coefficients: Polynomial): number {
  return positiveRoots(coefficients)[0] ?? Infinity;
}

/**
 * All x > 0 where a polynomial changes its sign, rising. Between two neighbouring extrema there is at most one such
 * place, so the roots of the derivative (found the same way) bracket them all.
 */
function positiveRoots(coefficients: Polynomial): number[] {
  const trimmed = trimmedOf(coefficients);
  const degree = trimmed.length - 1;
  if (degree < 1) return [];
  const leading = trimmed[degree]!;
  if (degree === 1) {
    const root = -trimmed[0]! / leading;
    return root > 0 ? [root] : [];
  }
  // Cauchy's bound: no root is larger.
  const bound = 1 + Math.max(...trimmed.slice(0, -1).map((value) => Math.abs(value / leading)));
  const edges = [0, ...positiveRoots(derivative(trimmed)).filter((x) => x < bound), bound];
  const roots: number[] = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const root = bisect(trimmed, edges[i]!, edges[i + 1]!);
    if (root !== null) roots.push(root);
  }
  return roots;
}

function trimmedOf(coefficients: Polynomial): number[] {
  const last = coefficients.findLastIndex((value) => value !== 0);
  return coefficients.slice(0, last + 1);
}

/** The change of sign between two places, to the last bit; null when there is none. */
function bisect(coefficients: Polynomial, from: number, to: number): number | null {
  let low = from;
  let high = to;
  const rises = evaluate(coefficients, low) < 0;
  const end = evaluate(coefficients, high);
  if (evaluate(coefficients, low) === 0 || (rises ? end <= 0 : end >= 0)) return null;
  for (;;) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return middle;
    if (evaluate(coefficients, middle) < 0 === rises) low = middle;
    else high = middle;
  }
}

/** A function of one number with its slope. */
export interface Rising {
  value(x: number): number;
  slope(x: number): number;
}

/** A polynomial with its slope. */
export function polynomialWithSlope(coefficients: Polynomial): Rising {
  const slope = derivative(coefficients);
  return { value: (x) => evaluate(coefficients, x), slope: (x) => evaluate(slope, x) };
}

/**
 * Solves value(x) = target on [0, limit] by Newton's method held in a bracket; rising up to the limit, which may be
 * infinite. Where there is no solution the nearest end comes back: compare `value` of it with the target.
 */
export function invertRising(rising: Rising, target: number, limit: number): number {
  if (!Number.isFinite(target)) return NaN;
  let low = 0;
  let high = Number.isFinite(limit) ? limit : upperBracket(rising, target);
  const guess = (target - rising.value(0)) / rising.slope(0);
  // Never at the limit itself: where that is a pole, rounding may lie beyond it.
  let x = guess < limit ? Math.min(Math.max(guess, low), high) : 0.5 * high;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const residual = rising.value(x) - target;
    if (residual < 0) low = x;
    else high = x;
    let moved = x - residual / rising.slope(x);
    if (!(moved >= low && moved <= high && moved < limit)) moved = 0.5 * (low + high);
    const isSettled = Math.abs(moved - x) <= 2e-16 * Math.abs(x);
    x = moved;
    if (isSettled) break;
  }
  return x;
}

function upperBracket(rising: Rising, target: number): number {
  let high = 1;
  for (let i = 0; i < 60 && rising.value(high) < target; i += 1) high *= 2;
  return high;
}
