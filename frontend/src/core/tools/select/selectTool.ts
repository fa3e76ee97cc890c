import type { EditorContext } from '../../editor/context';
import type { ToolDefinition } from '../tool';
import { Idle } from './idle';

/** Choosing, moving, turning and sizing labels by hand. */
export const SELECT_TOOL: ToolDefinition = {
  id: 'select',
  title: 'Select',
  keys: ['v'],
  edits: false,
  start: (context: EditorContext) => new Idle(context),
};
