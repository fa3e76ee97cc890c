import { entriesOf, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { Listeners, type Readable, type Unsubscribe } from '../observable';
import type { Lint, LintInput, LintRule, LintSurroundings } from './lint';

/**
 * What looks wrong, kept up to date: after a change only the labels in its diff are looked at again, and only when
 * somebody asks. While a gesture is under way the last answer holds.
 */
export class LintBoard implements Readable<readonly Lint[]> {
  readonly #rules: readonly LintRule[];
  readonly #around: () => LintSurroundings;
  readonly #isBusy: () => boolean;
  readonly #lints = new Map<string, Lint>();
  readonly #byLabel = new Map<LabelId, Set<string>>();
  readonly #dirty: Set<LabelId>;
  readonly #dirtyInputs = new Set<LintInput>();
  readonly #listeners = new Listeners<undefined>();
  #list: readonly Lint[] = [];

  constructor(rules: readonly LintRule[], around: () => LintSurroundings, isBusy: () => boolean) {
    this.#rules = rules;
    this.#around = around;
    this.#isBusy = isBusy;
    this.#dirty = new Set(around().document.labels().keys());
  }

  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);

  /** All lints, errors first, then in the order of the labels and rules. The same array until one changes. */
  get = (): readonly Lint[] => {
    if (!this.#isBusy()) this.#catchUp();
    return this.#list;
  };

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
    if (this.#dirty.size > 0 || this.#dirtyInputs.size > 0) this.#listeners.tell(undefined);
  }

  #catchUp(): void {
    if (this.#dirty.size === 0 && this.#dirtyInputs.size === 0) return;
    const around = this.#around();
    for (const id of this.#dirty) this.#drop(id, () => true);
    for (const id of this.#dirty) this.#check(id, this.#rules, around);
    const again = this.#rules.filter(({ inputs }) => inputs.some((input) => this.#dirtyInputs.has(input)));
    if (again.length > 0) this.#checkAll(again, around);
    this.#dirty.clear();
    this.#dirtyInputs.clear();
    this.#list = Object.freeze(this.#sorted(around));
  }

  #checkAll(rules: readonly LintRule[], around: LintSurroundings): void {
    const ids = new Set(rules.map((rule) => rule.id));
    for (const id of around.document.labels().keys()) {
      if (this.#dirty.has(id)) continue;
      this.#drop(id, (lint) => ids.has(lint.rule));
      this.#check(id, rules, around);
    }
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

  #sorted({ document }: LintSurroundings): Lint[] {
    const place = new Map([...document.labels().keys()].map((id, index) => [id, index]));
    const rule = new Map(this.#rules.map(({ id }, index) => [id, index]));
    const key = (lint: Lint): readonly number[] => [
      lint.severity === 'error' ? 0 : 1,
      Math.min(...lint.labelIds.map((id) => place.get(id) ?? Infinity)),
      rule.get(lint.rule) ?? Infinity,
    ];
    return [...this.#lints.values()]
      .map((lint) => ({ lint, key: key(lint) }))
      .sort((a, b) => byKey(a.key, b.key) || (a.lint.id < b.lint.id ? -1 : 1))
      .map(({ lint }) => lint);
  }
}

function byKey(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
