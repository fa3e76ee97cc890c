import { entriesOf, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { Listeners, type Readable, type Unsubscribe } from '../observable';
import type { Lint, LintInput, LintRule, LintSurroundings } from './lint';

/**
 * What looks wrong, kept up to date: after a change only the labels in its diff are looked at again, and only when
 * somebody asks, all at once or bit by bit. While a gesture is under way the last answer holds.
 */
export class LintBoard implements Readable<readonly Lint[]> {
  readonly #rules: readonly LintRule[];
  readonly #around: () => LintSurroundings;
  readonly #isBusy: () => boolean;
  readonly #lints = new Map<string, Lint>();
  readonly #byLabel = new Map<LabelId, Set<string>>();
  /** Labels to be looked at by all rules. */
  readonly #dirty: Set<LabelId>;
  /** Labels to be looked at by rules that hang on something else that changed. */
  readonly #again = new Map<LabelId, Set<LintRule>>();
  readonly #dirtyInputs = new Set<LintInput>();
  readonly #listeners = new Listeners<undefined>();
  #list: readonly Lint[] = [];
  /** Some label was looked at since the list was made. */
  #isListStale = true;

  constructor(rules: readonly LintRule[], around: () => LintSurroundings, isBusy: () => boolean) {
    this.#rules = rules;
    this.#around = around;
    this.#isBusy = isBusy;
    this.#dirty = new Set(around().document.labels().keys());
  }

  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);

  /** All lints, errors first, then in the order of the labels and rules. The same array until one changes. */
  get = (): readonly Lint[] => {
    this.advance(() => true);
    return this.#list;
  };

  /** All lints as they were when all labels had been looked at last: costs nothing. */
  get known(): readonly Lint[] {
    return this.#list;
  }

  /** Goes on looking while `hasTime`, a label at a time; true when nothing is left to look at, or nothing may be now. */
  advance(hasTime: () => boolean): boolean {
    if (this.#isBusy()) return true;
    if (this.#isSettled) return true;
    const around = this.#around();
    this.#spread(around);
    for (const id of [...this.#dirty, ...this.#again.keys()]) {
      if (!hasTime()) return false;
      this.#lookAt(id, around);
    }
    if (this.#isListStale) this.#list = Object.freeze(this.#sorted([...this.#lints.values()], around));
    this.#isListStale = false;
    return true;
  }

  /** The lints about any of these labels as they are now; others are not looked at. */
  about(labelIds: readonly LabelId[]): readonly Lint[] {
    if (this.#isBusy()) return this.#list.filter((lint) => lint.labelIds.some((id) => labelIds.includes(id)));
    const around = this.#around();
    this.#spread(around);
    for (const id of labelIds) this.#lookAt(id, around);
    const found = new Set(labelIds.flatMap((id) => [...(this.#byLabel.get(id) ?? [])]));
    return this.#sorted(
      [...found].flatMap((lintId) => this.#lints.get(lintId) ?? []),
      around,
    );
  }

  of(labelId: LabelId): readonly Lint[] {
    return this.get().filter((lint) => lint.labelIds.includes(labelId));
  }

  /** These labels changed. */
  changed(diff: RecordsDiff): void {
    for (const [, , id] of entriesOf(diff)) this.#dirty.add(id);
    this.#dirtyInputs.add('others');
    this.tell();
  }

  /** The ground, or the points that are known, changed. */
  inputChanged(input: LintInput): void {
    this.#dirtyInputs.add(input);
    this.tell();
  }

  /** Tells those who show the lints that there may be others. */
  tell(): void {
    if (!this.#isSettled) this.#listeners.tell(undefined);
  }

  get #isSettled(): boolean {
    return (
      this.#dirty.size === 0 && this.#dirtyInputs.size === 0 && this.#again.size === 0 && !this.#isListStale
    );
  }

  /** Notes for every label which rules have to look at it again. */
  #spread({ document }: LintSurroundings): void {
    if (this.#dirtyInputs.size === 0) return;
    const rules = this.#rules.filter(({ inputs }) => inputs.some((input) => this.#dirtyInputs.has(input)));
    this.#dirtyInputs.clear();
    this.#isListStale = true;
    if (rules.length === 0) return;
    for (const id of document.labels().keys()) {
      const noted = this.#again.get(id);
      if (noted === undefined) this.#again.set(id, new Set(rules));
      else for (const rule of rules) noted.add(rule);
    }
  }

  #lookAt(id: LabelId, around: LintSurroundings): void {
    const again = this.#again.get(id);
    const isDirty = this.#dirty.delete(id);
    this.#again.delete(id);
    if (!isDirty && again === undefined) return;
    this.#isListStale = true;
    const rules = isDirty ? this.#rules : this.#rules.filter((rule) => again?.has(rule) === true);
    const ids = new Set(rules.map((rule) => rule.id));
    this.#drop(id, (lint) => ids.has(lint.rule));
    this.#check(id, rules, around);
  }

  #check(id: LabelId, rules: readonly LintRule[], around: LintSurroundings): void {
    const label = around.document.get(id);
    if (label === undefined) return;
    for (const rule of rules) {
      for (const lint of rule.check(label, around)) {
        this.#lints.set(lint.id, lint);
        for (const concerned of lint.labelIds) {
          const ids = this.#byLabel.get(concerned);
          if (ids === undefined) this.#byLabel.set(concerned, new Set([lint.id]));
          else ids.add(lint.id);
        }
      }
    }
  }

  #drop(id: LabelId, isMeant: (lint: Lint) => boolean): void {
    for (const lintId of [...(this.#byLabel.get(id) ?? [])]) {
      const lint = this.#lints.get(lintId);
      if (lint === undefined || !isMeant(lint)) continue;
      this.#lints.delete(lintId);
      for (const concerned of lint.labelIds) this.#byLabel.get(concerned)?.delete(lintId);
    }
  }

  #sorted(lints: readonly Lint[], { document }: LintSurroundings): Lint[] {
    const place = new Map([...document.labels().keys()].map((id, index) => [id, index]));
    const rule = new Map(this.#rules.map(({ id }, index) => [id, index]));
    const key = (lint: Lint): readonly number[] => [
      lint.severity === 'error' ? 0 : 1,
      Math.min(...lint.labelIds.map((id) => place.get(id) ?? Infinity)),
      rule.get(lint.rule) ?? Infinity,
    ];
    return lints
      .map((lint) => ({ lint, key: key(lint) }))
      .sort((a, b) => byKey(a.key, b.key) || (a.lint.id < b.lint.id ? -1 : 1))
      .map(({ lint }) => lint);
  }
}

function byKey(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
