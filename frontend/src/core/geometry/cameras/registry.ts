import { Camera, type CameraSpec } from './camera';
import { Cylindrical } from './cylindrical';
import { DoubleSphere } from './doubleSphere';
import { FTheta } from './ftheta';
import type { Lens } from './lens';
import { Mei } from './mei';
import { OpenCv } from './opencv';
import { OpenCvFisheye } from './opencvFisheye';
import { specError } from './params';
import { Pinhole } from './pinhole';
import { WoodScape } from './woodscape';

/** Every lens model by its name in the clip format. A new model is a new file and a line here. */
const MODELS: Readonly<Record<string, new (spec: CameraSpec) => Lens>> = {
  pinhole: Pinhole,
  opencv: OpenCv,
  opencv_fisheye: OpenCvFisheye,
  ftheta: FTheta,
  mei: Mei,
  double_sphere: DoubleSphere,
  woodscape: WoodScape,
  cylindrical: Cylindrical,
};

/** The camera of a description; throws a `CameraSpecError` that names the field when it can't be used. */
export function createCamera(spec: CameraSpec): Camera {
  const Model = Object.hasOwn(MODELS, spec.model) ? MODELS[spec.model] : undefined;
  if (Model === undefined) {
    throw specError(spec, 'model', `one of ${Object.keys(MODELS).join(', ')}`, spec.model);
  }
  for (const side of ['width', 'height'] as const) {
    if (!Number.isInteger(spec[side]) || spec[side] < 1) {
      throw specError(spec, side, 'a positive whole number', spec[side]);
    }
  }
  return new Camera(spec, new Model(spec));
}
