import type { EditorContext } from '../editor/context';

export type OperationGroup =
  'edit' | 'label' | 'keyframes' | 'time' | 'tools' | 'class' | 'view' | 'task' | 'help';

/**
 * A mode of the screen that gives keys another meaning: in the batch view arrows go from cell to cell, and where there is
 * something to decide between, numbers take a version.
 */
export type OperationMode = 'batch' | 'adjudicate';

/**
 * One thing a person can do, as menus, the palette and the key list show it. Hidden when it isn't `available` (it
 * makes no sense here at all); shown greyed with the reason when `disabledReason` gives one.
 */
export interface Operation {
  readonly id: string;
  readonly title: string;
  readonly group: OperationGroup;
  /** Chords such as `ctrl+shift+z`, `k`, `1`, `ArrowLeft`, `?`; see `chordOf`. */
  readonly keys: readonly string[];
  /** Its keys hold only while the screen is in this mode, and win over the same keys of other operations there. */
  readonly mode?: OperationMode;
  /** True: holding the key down repeats it. */
  readonly repeats?: boolean;
  /**
   * Where the selected box is proposed it becomes the person's own first, in the same step: the box of here, or all of
   * it up to here.
   */
  readonly takesUp?: 'box' | 'until_here';
  available(context: EditorContext): boolean;
  disabledReason(context: EditorContext): string | null;
  run(context: EditorContext): void;
}

/** What an operation is made from; what is left out means: always available, never disabled. */
export type OperationSource = Pick<Operation, 'id' | 'title' | 'group' | 'run'> &
  Partial<Pick<Operation, 'keys' | 'mode' | 'repeats' | 'takesUp' | 'available' | 'disabledReason'>>;

export function operation(source: OperationSource): Operation {
  return { keys: [], available: () => true, disabledReason: () => null, ...source };
}
