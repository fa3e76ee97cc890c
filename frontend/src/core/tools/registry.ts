import { BOX_TOOL } from './box/boxTool';
import { SELECT_TOOL } from './select/selectTool';
import type { ToolDefinition } from './tool';

/** Every tool. A new one is a folder and a line here. */
export const TOOLS: readonly ToolDefinition[] = [SELECT_TOOL, BOX_TOOL];
