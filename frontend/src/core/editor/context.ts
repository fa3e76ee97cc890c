import type { Assist } from '../assist/assist';
import type { Clip } from '../clip/clip';
import type { RecordsDiff } from '../document/diff';
import type { History, Place } from '../document/history';
import type { Proposal } from '../assist/proposal';
import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';
import type { OntologyLayer } from '../document/ontology';
import type { DocumentStore } from '../document/store';
import type { LintBoard } from '../lints/lintBoard';
import type { OperationRegistry } from '../operations/registry';
import type { Session } from '../session/session';
import type { Ground } from './ground';

/** Where the person was, and what was proposed to them: undo brings it all back. */
export interface EditorPlace extends Place {
  readonly proposals: readonly Proposal[];
  /** Of the screen's own: how the view stood. */
  readonly view: unknown;
}

/** What operations and tools may reach: narrow on purpose, and without a screen. */
export interface EditorContext {
  readonly clip: Clip;
  readonly layer: OntologyLayer;
  readonly document: DocumentStore;
  readonly history: History<EditorPlace>;
  readonly session: Session;
  readonly ground: Ground;
  /** Why nothing can be changed here (no right to, somebody else's work), or null. */
  readonly readOnlyReason: string | null;
  readonly operations: OperationRegistry;
  readonly assist: Assist;
  readonly lints: LintBoard;
  newId(): string;
  /** Applies a diff as one step of undo. `within` is called when it is applied, before the step ends. */
  edit(title: string, diff: RecordsDiff, within?: () => void): void;
  /** Shows the person the place of a gesture that was given up. */
  returnTo(place: EditorPlace, labelIds: Iterable<LabelId>): void;
  undo(): void;
  redo(): void;
  setTool(toolId: string): void;
  /** Gives up the gesture under way, if there is one. */
  cancelGesture(): boolean;
  /** Sends what waits to the server now. */
  flush(): void;
  /** Why this label can't be changed (locked, read only), or null. */
  lockedReason(labelId: LabelId): string | null;
  /** The one selected label, when exactly one is. */
  selectedLabel(): Label | undefined;
  /** A label as it is on the screen: with the track that is proposed for it. */
  shownLabel(labelId: LabelId): Label | undefined;
}

export type { Place };
