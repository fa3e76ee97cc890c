import { sameJson } from '../document/freeze';
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

/** Chords by operation id that a person chose instead of the built-in ones; an empty list: none. */
export type KeyOverrides = Readonly<Record<string, readonly string[]>>;

/** An operation as the list of keys shows it. */
export interface KeyItem {
  readonly id: string;
  readonly title: string;
  readonly group: Operation['group'];
  /** As people read them. */
  readonly keys: readonly string[];
  readonly chords: readonly string[];
  /** Other than the built-in ones, by the person's choice. */
  readonly isChanged: boolean;
}

/** All operations by id, and by key. */
export class OperationRegistry {
  readonly #operations = new Map<string, Operation>();
  readonly #byChord = new Map<string, string>();
  #mode: OperationMode | null = null;
  readonly #listeners = new Listeners<undefined>();
  #overrides: KeyOverrides = {};
  /** The chords that each operation has got. */
  readonly #keys = new Map<string, readonly string[]>();

  /** Adds operations; no built-in one may want another's key. The user interface adds its own (layout, views). */
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

  /**
   * Uses a person's own keys. They win over built-in ones: an operation whose key went to another has it no more. Of two
   * that were given the same key, the one registered first has it.
   */
  setKeys(overrides: KeyOverrides): void {
    this.#overrides = overrides;
    this.#rebuild();
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

  /** The chords that run an operation now. */
  keysOf(id: string): readonly string[] {
    return this.#keys.get(id) ?? [];
  }

  /** The operation that has a chord where `id` would need it (the same mode), or null. */
  holderOf(chord: string, id: string): Operation | null {
    const holder = this.#byChord.get(keyOf(chord, this.get(id)));
    return holder === undefined ? null : this.get(holder);
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
  help(): readonly KeyItem[] {
    return [...this.#operations.values()].map((operation) => ({
      id: operation.id,
      title: operation.title,
      group: operation.group,
      keys: this.keysOf(operation.id).map(chordTitle),
      chords: this.keysOf(operation.id),
      isChanged: !sameJson(this.keysOf(operation.id), operation.keys),
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
    this.#keys.clear();
    const isChosen = ({ id }: Operation): boolean => this.#overrides[id] !== undefined;
    // A person's choice first; then what is built in; an ontology's own keys take what is left.
    const rank = (operation: Operation): number =>
      isChosen(operation) ? 0 : operation.group === 'class' ? 2 : 1;
    const operations = [...this.#operations.values()].sort((a, b) => rank(a) - rank(b));
    for (const operation of operations) {
      const wanted = this.#overrides[operation.id] ?? operation.keys;
      this.#keys.set(
        operation.id,
        wanted.filter((chord) => this.#claim(chord, operation, isChosen)),
      );
    }
    this.#listeners.tell(undefined);
  }

  /** True where the operation gets the chord. Two built-in operations that want the same one are a mistake of ours. */
  #claim(chord: string, operation: Operation, isChosen: (operation: Operation) => boolean): boolean {
    const key = keyOf(chord, operation);
    const holder = this.#byChord.get(key);
    if (holder === undefined) {
      this.#byChord.set(key, operation.id);
      return true;
    }
    const other = this.get(holder);
    if (other !== operation && ![operation, other].some((one) => isChosen(one) || one.group === 'class')) {
      throw new Error(`the key ${chordTitle(chord)} is wanted by ${other.id} and by ${operation.id}`);
    }
    return false;
  }
}

/** Under which a chord is kept: one of a mode apart from the same chord outside of it. */
function keyOf(chord: string, operation: Operation): string {
  return operation.mode === undefined ? chord : chordIn(operation.mode, chord);
}

/** Under which a chord of a mode is kept, apart from the same chord outside of it. */
function chordIn(mode: OperationMode, chord: string): string {
  return `${mode} ${chord}`;
}
