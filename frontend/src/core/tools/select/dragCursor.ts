import { isSideHandle, type HandleId } from '../handles';
import type { Cursor } from '../tool';

/** The pointer's shape over a handle. */
export function dragCursor(handle: HandleId): Cursor {
  if (isSideHandle(handle)) return 'resize';
  return handle === 'heading' ? 'rotate' : 'move';
}
