import type { Vec3 } from '../../core/geometry/vec3';
import { isAt } from '../../core/work/pins';
import type { SessionState } from '../../core/session/session';
import { COLORS } from '../colors';
import type { ScreenPoint } from '../picking/viewProjection';
import { overlayScale } from './marks';

const RADIUS_PX = 9;
const STEM_PX = 11;
/** How much of a pin shows when it is about another moment. */
const FAINT = 0.4;

/** Open comments where they are pinned: a disc with its number above the place; the chosen one has a white ring. */
export function paintPins(
  context: CanvasRenderingContext2D,
  view: { toScreen(point_m: Vec3): ScreenPoint | null },
  session: Pick<SessionState, 'pins' | 'draftPin' | 'pinId' | 'timeNs'>,
  camera: string | null = null,
): void {
  const { pins, draftPin, pinId, timeNs } = session;
  const all = draftPin === null ? pins : [...pins, draftPin];
  if (all.length === 0) return;
  context.save();
  context.font = `600 ${11 * overlayScale}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const pin of all) {
    if (camera !== null && pin.camera !== '' && pin.camera !== camera) continue;
    const at = view.toScreen(pin.position_m);
    if (at === null) continue;
    const [x, y] = at;
    const top = y - (STEM_PX + RADIUS_PX) * overlayScale;
    context.globalAlpha = isAt(pin, timeNs) || pin.id === pinId ? 1 : FAINT;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x, top);
    context.strokeStyle = COLORS.attention;
    context.lineWidth = 2 * overlayScale;
    context.stroke();
    context.beginPath();
    context.arc(x, top, RADIUS_PX * overlayScale, 0, 2 * Math.PI);
    context.fillStyle = COLORS.attention;
    context.fill();
    context.strokeStyle = pin.id === pinId ? COLORS.selected : COLORS.background;
    context.lineWidth = (pin.id === pinId ? 2.5 : 1.5) * overlayScale;
    context.stroke();
    context.fillStyle = COLORS.background;
    context.fillText(pin.sign, x, top);
  }
  context.restore();
}
