import type { EditorContext } from '../../editor/context';
import type { ToolDefinition } from '../tool';
import { Ready } from './ready';

/**
 * Making boxes: a click puts one of the class's usual size on the ground, heading along the lane; a press and drag
 * draws its heading and length, and with Shift held at the end the next click sets its width.
 */
export const BOX_TOOL: ToolDefinition = {
  id: 'box',
  title: 'Box',
  keys: ['b'],
  edits: true,
  disabledReason: ({ layer }) =>
    layer.classes.some(({ geometries }) => geometries.includes('cuboid'))
      ? null
      : `No class of the layer “${layer.title}” is labelled by boxes.`,
  start: (context: EditorContext) => new Ready(context),
};
