export {
  createEditor,
  Editor,
  type EditorPorts,
  type HistoryNote,
  type KeyframeGrab,
  type Viewpoint,
} from './editor';
export { openEditor, type OpenEditor, type OpenEditorPorts } from './openEditor';
export type { EditorContext } from './context';
export { pathGround, type Ground } from './ground';
