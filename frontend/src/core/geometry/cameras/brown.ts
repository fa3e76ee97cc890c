import {
  derivative,
  difference,
  evaluate,
  invertRising,
  product,
  smallestPositiveRoot,
  type Polynomial,
  type Rising,
} from '../polynomial';

const NEWTON_STEPS = 60;

/** In normalised coordinates: 1e-12 is 1e-9 px at a focal length of a thousand. */
const RESIDUAL = 1e-12;

/** Brown-Conrady distortion of normalised coordinates (a, b), up to the radius where it would fold back. */
export class Brown {
  /** Least positive radius where the radial part stops rising, or has a pole. */
  readonly limitRadius: number;
  readonly #upper: Polynomial;
  readonly #lower: Polynomial;
  readonly #isRational: boolean;
  readonly #p: readonly [number, number];
  readonly #s: readonly [number, number, number, number];
  readonly #tilt: Matrix3 | null;
  readonly #untilt: Matrix3 | null;
  readonly #isRadial: boolean;
  readonly #radial: Rising;

  /** @param coefficients 4, 5, 8, 12 or 14 in OpenCV's order */
  constructor(coefficients: readonly number[]) {
    const d = Array.from({ length: 14 }, (_, i) => coefficients[i] ?? 0);
    this.#upper = [1, d[0]!, d[1]!, d[4]!];
    this.#lower = [1, d[5]!, d[6]!, d[7]!];
    this.#isRational = this.#lower.slice(1).some((value) => value !== 0);
    this.#p = [d[2]!, d[3]!];
    this.#s = [d[8]!, d[9]!, d[10]!, d[11]!];
    const isTilted = d[12] !== 0 || d[13] !== 0;
    this.#tilt = isTilted ? tiltMatrix(d[12]!, d[13]!) : null;
    this.#untilt = this.#tilt === null ? null : inverseOf(this.#tilt);
    this.#isRadial = !isTilted && [...this.#p, ...this.#s].every((value) => value === 0);
    this.limitRadius = limitRadius(this.#upper, this.#lower);
    this.#radial = {
      value: (r) => r * this.#gain(r * r),
      slope: (r) => this.#gain(r * r) + 2 * r * r * this.#gainSlope(r * r),
    };
  }

  /** Writes the distorted coordinates; false outside of the domain. */
  distort(a: number, b: number, out: Float64Array, at: number): boolean {
    if (!(a * a + b * b < this.limitRadius * this.limitRadius)) return false;
    this.#bend(a, b, out, at);
    return this.#tilt === null || homography(this.#tilt, out, at);
  }

  /** Writes the coordinates whose distorted ones are given; false where there are none. */
  undistort(da: number, db: number, out: Float64Array, at: number): boolean {
    out[at] = da;
    out[at + 1] = db;
    if (this.#untilt !== null && !homography(this.#untilt, out, at)) return false;
    const targetA = out[at];
    const targetB = out[at + 1]!;
    const length = Math.hypot(targetA, targetB);
    const radius = invertRising(this.#radial, length, this.limitRadius);
    // Bent inwards or outwards by tangential terms, the pixel may lie just beyond the circle.
    const factor = length > 0 ? radius / length : 1;
    out[at] = targetA * factor;
    out[at + 1] = targetB * factor;
    const isFound = this.#isRadial
      ? Math.abs(this.#radial.value(radius) - length) <= RESIDUAL * (1 + length)
      : this.#newton(targetA, targetB, out, at);
    const r2 = out[at] * out[at] + out[at + 1]! * out[at + 1]!;
    return isFound && r2 < this.limitRadius * this.limitRadius;
  }

  #gain(r2: number): number {
    const n = evaluate(this.#upper, r2);
    return this.#isRational ? n / evaluate(this.#lower, r2) : n;
  }

  #gainSlope(r2: number): number {
    const n = evaluate(this.#upper, r2);
    const d = evaluate(this.#lower, r2);
    const slopeN = evaluate(derivative(this.#upper), r2);
    const slopeD = evaluate(derivative(this.#lower), r2);
    return (slopeN * d - n * slopeD) / (d * d);
  }

  #bend(a: number, b: number, out: Float64Array, at: number): void {
    const r2 = a * a + b * b;
    const k = this.#upper;
    let gain = 1 + r2 * (k[1]! + r2 * (k[2]! + r2 * k[3]!));
    if (this.#isRational) {
      const q = this.#lower;
      gain /= 1 + r2 * (q[1]! + r2 * (q[2]! + r2 * q[3]!));
    }
    const [p1, p2] = this.#p;
    const [s1, s2, s3, s4] = this.#s;
    out[at] = a * gain + 2 * p1 * a * b + p2 * (r2 + 2 * a * a) + r2 * (s1 + r2 * s2);
    out[at + 1] = b * gain + p1 * (r2 + 2 * b * b) + 2 * p2 * a * b + r2 * (s3 + r2 * s4);
  }

  /** Newton's method from what stands in `out`. Near the fold a full step jumps across it: only steps that come closer are taken. */
  #newton(targetA: number, targetB: number, out: Float64Array, at: number): boolean {
    const bent = new Float64Array(2);
    let a = out[at]!;
    let b = out[at + 1]!;
    let share = 1;
    const size = 1 + Math.hypot(targetA, targetB);
    this.#bend(a, b, bent, 0);
    let missA = bent[0]! - targetA;
    let missB = bent[1]! - targetB;
    for (let step = 0; step < NEWTON_STEPS && Math.hypot(missA, missB) > 1e-16 * size; step += 1) {
      const [jaa, jab, jba, jbb] = this.#jacobian(a, b);
      const determinant = jaa * jbb - jab * jba;
      const nextA = a - (share * (jbb * missA - jab * missB)) / determinant;
      const nextB = b - (share * (jaa * missB - jba * missA)) / determinant;
      this.#bend(nextA, nextB, bent, 0);
      const triedA = bent[0]! - targetA;
      const triedB = bent[1]! - targetB;
      if (Math.hypot(triedA, triedB) < Math.hypot(missA, missB)) {
        a = nextA;
        b = nextB;
        missA = triedA;
        missB = triedB;
        share = Math.min(1, 2 * share);
      } else {
        share *= 0.25;
      }
    }
    out[at] = a;
    out[at + 1] = b;
    return Math.hypot(missA, missB) <= RESIDUAL * size;
  }

  #jacobian(a: number, b: number): readonly [number, number, number, number] {
    const [p1, p2] = this.#p;
    const [s1, s2, s3, s4] = this.#s;
    const r2 = a * a + b * b;
    const gain = this.#gain(r2);
    const slope = this.#gainSlope(r2);
    const prismA = s1 + 2 * s2 * r2;
    const prismB = s3 + 2 * s4 * r2;
    return [
      gain + 2 * a * a * slope + 2 * p1 * b + 6 * p2 * a + 2 * a * prismA,
      2 * a * b * slope + 2 * p1 * a + 2 * p2 * b + 2 * b * prismA,
      2 * a * b * slope + 2 * p1 * a + 2 * p2 * b + 2 * a * prismB,
      gain + 2 * b * b * slope + 6 * p1 * b + 2 * p2 * a + 2 * b * prismB,
    ];
  }
}

/** Where r N(r2)/D(r2) stops rising, or D is zero: exact, from polynomial roots in x = r2. */
function limitRadius(upper: Polynomial, lower: Polynomial): number {
  // (r N)' = N + 2 x N', and (r N)' D - r N D' = (N + 2 x N') D - 2 x N D', derivatives by x.
  const upperSlope = upper.map((value, power) => (1 + 2 * power) * value);
  const lowerSlope = [0, ...derivative(lower).map((value) => 2 * value)];
  const rising = difference(product(upperSlope, lower), product(upper, lowerSlope));
  return Math.sqrt(Math.min(smallestPositiveRoot(rising), smallestPositiveRoot(lower)));
}

type Matrix3 = readonly number[];

/** The homography of a tilted sensor, with OpenCV's signs and order. */
function tiltMatrix(tauX: number, tauY: number): Matrix3 {
  const [cx, sx] = [Math.cos(tauX), Math.sin(tauX)];
  const [cy, sy] = [Math.cos(tauY), Math.sin(tauY)];
  const turn = matrixProduct([cy, 0, -sy, 0, 1, 0, sy, 0, cy], [1, 0, 0, 0, cx, sx, 0, -sx, cx]);
  return matrixProduct([turn[8]!, 0, -turn[2]!, 0, turn[8]!, -turn[5]!, 0, 0, 1], turn);
}

function matrixProduct(a: Matrix3, b: Matrix3): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const row = 3 * Math.floor(i / 3);
    const column = i % 3;
    return a[row]! * b[column]! + a[row + 1]! * b[column + 3]! + a[row + 2]! * b[column + 6]!;
  });
}

function inverseOf(m: Matrix3): Matrix3 {
  const [a, b, c, d, e, f, g, h, i] = m as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((value) => value / determinant);
}

/** Applies a homography to out[at], out[at + 1]; false for a point behind it. */
function homography(m: Matrix3, out: Float64Array, at: number): boolean {
  const a = out[at]!;
  const b = out[at + 1]!;
  const w = m[6]! * a + m[7]! * b + m[8]!;
  out[at] = (m[0]! * a + m[1]! * b + m[2]!) / w;
  out[at + 1] = (m[3]! * a + m[4]! * b + m[5]!) / w;
  return w > 0;
}
