import { labelId } from '../../core/document/ids';
import type { Editor } from '../../core/editor';
import type { SessionPatch } from '../../core/session/session';
import { navigate } from 'wouter/use-browser-location';

/** The address holds where one is, for going back, for a reload and for showing somebody: label, time, view, set. */
const WRITE_MS = 300;

/** What an address says of the session. Times outside of the clip are left out. */
export function sessionOfAddress(search: string, startNs: bigint, endNs: bigint): SessionPatch {
  const params = new URLSearchParams(search);
  const label = params.get('label');
  const time = params.get('t');
  const view = params.get('view');
  const timeNs = time !== null && /^-?\d{1,19}$/.test(time) ? BigInt(time) : null;
  return {
    ...(label === null || label === '' ? {} : { selection: [labelId(label)] }),
    ...(timeNs !== null && timeNs >= startNs && timeNs <= endNs ? { timeNs } : {}),
    ...(view === null || view === '' ? {} : { largeViewId: view }),
  };
}

/** The label set that an address asks for, or null for the usual one. */
export function labelSetOfAddress(search: string): string | null {
  return new URLSearchParams(search).get('set');
}

/** The task that an address asks for, where there are several on a label set. */
export function taskOfAddress(search: string): string | null {
  const task = new URLSearchParams(search).get('task');
  return task !== null && /^[0-9a-f-]{36}$/i.test(task) ? task : null;
}

/** The address of the same clip with another label set. */
export function openLabelSet(labelSetId: string): void {
  navigate(`${window.location.pathname}?set=${encodeURIComponent(labelSetId)}`);
}

/** Keeps the address at where one is; the result stops it. */
export function followSession(editor: Editor): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const write = (): void => {
    timer = null;
    const { selection, timeNs, largeViewId } = editor.session.get();
    const params = new URLSearchParams(window.location.search);
    setOrDelete(params, 'label', selection[0] ?? null);
    setOrDelete(params, 't', timeNs.toString());
    setOrDelete(params, 'view', largeViewId);
    const search = params.toString();
    if (`?${search}` !== window.location.search) {
      window.history.replaceState(window.history.state, '', `${window.location.pathname}?${search}`);
    }
  };
  const stop = editor.session.subscribe(() => {
    if (!editor.session.get().isPlaying) timer ??= setTimeout(write, WRITE_MS);
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}

function setOrDelete(params: URLSearchParams, name: string, value: string | null): void {
  if (value === null) params.delete(name);
  else params.set(name, value);
}
