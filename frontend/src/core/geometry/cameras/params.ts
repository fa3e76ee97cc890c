import type { CameraSpec } from './camera';

/** A camera description that can't be used; the message names camera, field, what was expected and found. */
export class CameraSpecError extends Error {
  override readonly name = 'CameraSpecError';
}

export function specError(
  spec: CameraSpec,
  field: string,
  expected: string,
  found: unknown,
): CameraSpecError {
  const shown =
    typeof found === 'number' ? String(found) : found === undefined ? 'nothing' : JSON.stringify(found);
  return new CameraSpecError(`camera "${spec.name}": ${field}: expected ${expected}, found ${shown}`);
}

export function hasParam(spec: CameraSpec, field: string): boolean {
  return spec.params[field] !== undefined && spec.params[field] !== null;
}

export function finiteParam(spec: CameraSpec, field: string): number {
  const value = spec.params[field];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw specError(spec, `params.${field}`, 'a finite number', value);
  }
  return value;
}

export function positiveParam(spec: CameraSpec, field: string): number {
  const value = finiteParam(spec, field);
  if (!(value > 0)) throw specError(spec, `params.${field}`, 'a positive number', value);
  return value;
}

/** A list of finite numbers with this many of them. */
export function numbersParam(spec: CameraSpec, field: string, lengths: readonly number[]): number[] {
  const value = spec.params[field];
  const expected = `${lengths.join(' or ')} finite numbers`;
  if (!Array.isArray(value) || !lengths.includes(value.length)) {
    throw specError(spec, `params.${field}`, expected, value);
  }
  return value.map((part: unknown) => {
    if (typeof part !== 'number' || !Number.isFinite(part)) {
      throw specError(spec, `params.${field}`, expected, value);
    }
    return part;
  });
}

/** The four numbers that most models have. */
export interface FocalAndCentre {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
}

export function focalAndCentre(spec: CameraSpec): FocalAndCentre {
  return {
    fx: positiveParam(spec, 'fx'),
    fy: positiveParam(spec, 'fy'),
    cx: finiteParam(spec, 'cx'),
    cy: finiteParam(spec, 'cy'),
  };
}

export function maxAngle(spec: CameraSpec): number | undefined {
  const angle = spec.max_angle_rad;
  if (angle === undefined || angle === null) return undefined;
  // A maker's 180 degrees, rounded up in its last digit, is still half a turn.
  if (!(angle > 0 && angle <= Math.PI + 1e-6)) {
    throw specError(spec, 'max_angle_rad', 'a number above 0 and at most pi', angle);
  }
  return Math.min(angle, Math.PI);
}
