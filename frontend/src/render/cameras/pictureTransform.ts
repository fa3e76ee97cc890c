import { clamp } from '../views/orbitCamera';

/** The most that a picture is enlarged: one of its pixels over 16 of the screen's. */
const MAX_SCALE = 16;

/**
 * Where a picture lies in its view: a pixel's corner (u, v) is drawn at `x_px + (u + 0.5) * scale`. CSS pixels.
 */
export interface PictureTransform {
  /** Screen pixels per picture pixel. */
  readonly scale: number;
  /** The picture's top left corner. */
  readonly x_px: number;
  readonly y_px: number;
  /** The picture's rectangle in the view: x, y, width, height. */
  frame(width: number, height: number): [number, number, number, number];
}

export function transformOf(scale: number, x_px: number, y_px: number): PictureTransform {
  return { scale, x_px, y_px, frame: (width, height) => [x_px, y_px, width * scale, height * scale] };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The whole picture, as large as it fits, in the middle. */
export function fitted(picture: Size, view: Size): PictureTransform {
  const scale = Math.min(view.width / picture.width, view.height / picture.height);
  return transformOf(
    scale,
    (view.width - picture.width * scale) / 2,
    (view.height - picture.height * scale) / 2,
  );
}

/** A region of the picture (in picture pixels) in the middle with room about it, never beyond the picture's edge. */
export function zoomedTo(
  region: { readonly u0: number; readonly v0: number; readonly u1: number; readonly v1: number },
  picture: Size,
  view: Size,
  room = 2.2,
): PictureTransform {
  const whole = fitted(picture, view);
  const wanted = Math.min(
    view.width / Math.max((region.u1 - region.u0) * room, 1),
    view.height / Math.max((region.v1 - region.v0) * room, 1),
  );
  const scale = clamp(wanted, whole.scale, Math.min(MAX_SCALE, 4));
  const x = view.width / 2 - ((region.u0 + region.u1) / 2 + 0.5) * scale;
  const y = view.height / 2 - ((region.v0 + region.v1) / 2 + 0.5) * scale;
  return held(transformOf(scale, x, y), picture, view);
}

/** Nearer (factor < 1) or farther about a place on the screen. */
export function zoomedAt(
  transform: PictureTransform,
  factor: number,
  x_px: number,
  y_px: number,
  picture: Size,
  view: Size,
): PictureTransform {
  const least = fitted(picture, view).scale;
  const scale = clamp(transform.scale / factor, least, Math.max(MAX_SCALE, least));
  const ratio = scale / transform.scale;
  return held(
    transformOf(scale, x_px - (x_px - transform.x_px) * ratio, y_px - (y_px - transform.y_px) * ratio),
    picture,
    view,
  );
}

export function panned(
  transform: PictureTransform,
  dx_px: number,
  dy_px: number,
  picture: Size,
  view: Size,
): PictureTransform {
  return held(transformOf(transform.scale, transform.x_px + dx_px, transform.y_px + dy_px), picture, view);
}

/** No empty room beside a picture that fills the view; in the middle where it doesn't. */
function held(transform: PictureTransform, picture: Size, view: Size): PictureTransform {
  const { scale } = transform;
  const hold = (at: number, length: number, room: number): number =>
    length <= room ? (room - length) / 2 : clamp(at, room - length, 0);
  return transformOf(
    scale,
    hold(transform.x_px, picture.width * scale, view.width),
    hold(transform.y_px, picture.height * scale, view.height),
  );
}
