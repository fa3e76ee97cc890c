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
  const shown = typeof found === 'number' ? String(found) : (JSON.stringify(found) ?? 'nothing');
  return new CameraSpecError(`camera "${spec.name}": ${field}: expected ${expected}, found ${shown}`);
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

/** A list of finite numbers whose length is one of these. */
export function numbersParam(spec: CameraSpec, field: string, lengths: readonly number[]): number[] {
  const value = spec.params[field];
  const expected = `${lengths.join(' or ')} finite numbers`;
  if (!Array.isArray(value) || !lengths.includes(value.length))
    throw specError(spec, `params.${field}`, expected, value);
  return value.map((part: unknown) => {
    if (typeof part !== 'number' || !Number.isFinite(part))
      throw specError(spec, `params.${field}`, expected, value);
    return part;
  });
}
