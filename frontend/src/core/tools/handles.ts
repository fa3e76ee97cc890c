import type { Vec3 } from '../geometry/vec3';

/**
 * What can be grabbed on a box. Faces, edges and corners are named by the sides they lie on (+x is the front face,
 * +x+y the vertical edge at its left): pulling one moves those sides and keeps the opposite ones where they are.
 * `body` moves the box, `lift` moves it up and down, `heading` turns it.
 */
export type FaceHandle = '+x' | '-x' | '+y' | '-y' | '+z' | '-z';
type X = '+x' | '-x';
type Y = '+y' | '-y';
type Z = '+z' | '-z';
export type EdgeHandle = `${X}${Y}` | `${X}${Z}` | `${Y}${Z}`;
export type CornerHandle = `${X}${Y}${Z}`;
export type SideHandle = FaceHandle | EdgeHandle | CornerHandle;
export type HandleId = 'body' | 'lift' | 'heading' | SideHandle;

export const FACE_HANDLES: readonly FaceHandle[] = ['+x', '-x', '+y', '-y', '+z', '-z'];

/** True for faces, edges and corners. */
export function isSideHandle(handle: HandleId): handle is SideHandle {
  return handle.startsWith('+') || handle.startsWith('-');
}

/** The sides a handle lies on: +1, -1, or 0 for each axis. */
export function handleSigns(handle: SideHandle): Vec3 {
  const sign = (axis: string): number =>
    handle.includes(`+${axis}`) ? 1 : handle.includes(`-${axis}`) ? -1 : 0;
  return [sign('x'), sign('y'), sign('z')];
}

/** The handle on the sides with these signs; null for no side at all. */
export function handleOfSigns(signs: Vec3): SideHandle | null {
  const names = ['x', 'y', 'z'].map((axis, index) => {
    const sign = signs[index] ?? 0;
    return sign === 0 ? '' : `${sign > 0 ? '+' : '-'}${axis}`;
  });
  const name = names.join('');
  return name === '' ? null : (name as SideHandle);
}
