import type { Camera, CameraSpec } from './camera';
import { specError } from './params';
import { createPinhole } from './pinhole';

/** Every camera model by its name in the clip format. A new model is a new file and a line here. */
const MODELS: Readonly<Record<string, (spec: CameraSpec) => Camera>> = {
  pinhole: createPinhole,
};

/** The camera of a description; throws a `CameraSpecError` that names the field when it can't be used. */
export function createCamera(spec: CameraSpec): Camera {
  const create = Object.hasOwn(MODELS, spec.model) ? MODELS[spec.model] : undefined;
  if (create === undefined)
    throw specError(spec, 'model', `one of ${Object.keys(MODELS).join(', ')}`, spec.model);
  for (const side of ['width', 'height'] as const) {
    if (!Number.isInteger(spec[side]) || spec[side] < 1)
      throw specError(spec, side, 'a positive whole number', spec[side]);
  }
  const angle = spec.max_angle_rad;
  if (angle !== undefined && !(angle > 0 && angle <= Math.PI)) {
    throw specError(spec, 'max_angle_rad', 'a number above 0 and at most pi', angle);
  }
  return create(spec);
}
