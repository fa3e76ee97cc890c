import type { EditorContext } from '../editor/context';
import { Listeners, type Unsubscribe } from '../observable';
import type { KeyInput } from '../tools/input';
import { chordOf, chordTitle } from './keymap';
import type { Operation, OperationMode } from './operation';

/** An operation as a menu, a tooltip or the palette shows it now. */
export interface OperationItem {
  readonly id: string;
  readonly title: string;
  readonly group: Operation['group'];
  readonly keys: readonly string[];
  readonly disabledReason: string | null;
}

/** Chords by operation id that a person chose instead of the built-in ones. */
export type KeyOverrides = Readonly<Record<string, readonly string[]>>;

/** All operations by id, and by key. */
export class OperationRegistry {
  readonly #operations = new Map<string, Operation>();
  readonly #byChord = new Map<string, string>();
  #mode: OperationMode | null = null;
  readonly #listeners = new Listeners<undefined>();
  #overrides: KeyOverrides = {};

  /** Adds an operation; its keys must be free. The user interface adds its own (layout, views). */
  register(...operations: readonly Operation[]): Unsubscribe {
    for (const operation of operations) {
      if (this.#operations.has(operation.id))
        throw new Error(`operation ${operation.id} is registered already`);
      this.#operations.set(operation.id, operation);
    }
    this.#rebuild();
    return () => {
      for (const operation of operations) this.#operations.delete(operation.id);
      this.#rebuild();
    };
  }

  /** Uses a person's own keys. Throws when two operations would share a chord. */
  setKeys(overrides: KeyOverrides): void {
    const before = this.#overrides;
    this.#overrides = overrides;
    try {
      this.#rebuild();
    } catch (error) {
      this.#overrides = before;
      this.#rebuild();
      throw error;
    }
  }

  /** The mode that the screen is in: its operations' keys win over the usual ones. */
  setMode(mode: OperationMode | null): void {
    this.#mode = mode;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  get(id: string): Operation {
    const operation = this.#operations.get(id);
    if (operation === undefined) throw new Error(`there is no operation ${id}`);
    return operation;
  }

  keysOf(id: string): readonly string[] {
    return this.#overrides[id] ?? this.get(id).keys;
  }

  /** Everything that makes sense now, for the palette and for menus. */
  items(context: EditorContext): OperationItem[] {
    return [...this.#operations.values()]
      .filter((operation) => operation.available(context))
      .map((operation) => this.#item(operation, context));
  }

  /** One operation as it is shown now. */
  item(id: string, context: EditorContext): OperationItem {
    return this.#item(this.get(id), context);
  }

  /** Every operation with its keys, whether it makes sense now or not: what `?` shows. */
  help(): readonly Pick<OperationItem, 'id' | 'title' | 'group' | 'keys'>[] {
    return [...this.#operations.values()].map((operation) => ({
      id: operation.id,
      title: operation.title,
      group: operation.group,
      keys: this.keysOf(operation.id).map(chordTitle),
    }));
  }

  /** Runs an operation; false when it isn't available or disabled now. */
  run(id: string, context: EditorContext): boolean {
    const operation = this.get(id);
    if (!operation.available(context) || operation.disabledReason(context) !== null) return false;
    operation.run(context);
    return true;
  }

  /** The operation of a key press, or null. */
  forKey(input: KeyInput): Operation | null {
    if (input.type !== 'down') return null;
    const chord = chordOf(input);
    const ofMode = this.#mode === null ? undefined : this.#byChord.get(chordIn(this.#mode, chord));
    const id = ofMode ?? this.#byChord.get(chord);
    if (id === undefined) return null;
    const operation = this.get(id);
    return input.isRepeat && operation.repeats !== true ? null : operation;
  }

  #item(operation: Operation, context: EditorContext): OperationItem {
    return {
      id: operation.id,
      title: operation.title,
      group: operation.group,
      keys: this.keysOf(operation.id).map(chordTitle),
      disabledReason: operation.disabledReason(context),
    };
  }

  #rebuild(): void {
    this.#byChord.clear();
    for (const operation of this.#operations.values()) {
      for (const chord of this.keysOf(operation.id)) {
        const key = operation.mode === undefined ? chord : chordIn(operation.mode, chord);
        const other = this.#byChord.get(key);
        if (other !== undefined) {
          throw new Error(`the key ${chordTitle(chord)} is wanted by ${other} and by ${operation.id}`);
        }
        this.#byChord.set(key, operation.id);
      }
    }
    this.#listeners.tell(undefined);
  }
}

/** Under which a chord of a mode is kept, apart from the same chord outside of it. */
function chordIn(mode: OperationMode, chord: string): string {
  return `${mode} ${chord}`;
}
