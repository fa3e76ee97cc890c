export { createEditor, Editor, type EditorPorts, type HistoryNote } from './editor';
export type { EditorContext } from './context';
export { pathGround, type Ground } from './ground';
