import type { LabelId } from '../document/ids';
import type { ServerLabel } from '../sync/ports';
import { Sync, type SyncPorts } from '../sync/sync';
import { createEditor, type Editor, type EditorPorts } from './editor';

/** What an editor that saves needs; the labels come with their versions. */
export type OpenEditorPorts = Omit<EditorPorts, 'labels' | 'flush'> &
  Omit<SyncPorts, 'document' | 'isGesture' | 'server'> & {
    readonly server: readonly (readonly [LabelId, ServerLabel])[];
  };

export interface OpenEditor {
  readonly editor: Editor;
  readonly sync: Sync;
  /** Stops both; what waits stays in the browser's store. */
  dispose(): void;
}

/** An editor on a label set of the server: resolves when what earlier visits left unsent is shown in it. */
export async function openEditor(ports: OpenEditorPorts): Promise<OpenEditor> {
  const labels = ports.server.flatMap(([, { label }]) => (label === null ? [] : [label]));
  const editor = createEditor({ ...ports, labels });
  const sync = await Sync.open({ ...ports, document: editor.document, isGesture: editor.isGesture });
  editor.setFlush(() => sync.flush());
  return {
    editor,
    sync,
    dispose: () => {
      editor.dispose();
      sync.dispose();
    },
  };
}
