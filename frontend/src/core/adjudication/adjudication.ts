import { mergeVersions } from '../actions/mergeVersions';
import { diffOfAll } from '../document/diff';
import { labelId, type LabelId } from '../document/ids';
import { isCuboid, type Label } from '../document/label';
import type { Editor } from '../editor/editor';
import { trackOf } from '../geometry/track';
import { Value, type Readable, type Unsubscribe } from '../observable';
import type { Cluster, LabelVersion, Versions } from './versions';

/** What was decided about one thing. */
export type Decision =
  | { readonly kind: 'open' }
  /** A label of the result; `letters`: the version that was taken, or those that it is the mean of. */
  | { readonly kind: 'taken'; readonly labelId: LabelId; readonly letters: string }
  | { readonly kind: 'none' };

export interface AdjudicationState {
  /** Which thing is looked at. */
  readonly current: number;
  readonly decisions: readonly Decision[];
}

const OPEN: Decision = { kind: 'open' };
const NONE: Decision = { kind: 'none' };

/** Where the name of an origin says which versions a label is the mean of. */
const MEAN = 'mean of ';

/**
 * Deciding between several people's versions of the same clip: one thing after the other, what is agreed on least
 * first. What is taken is put into the document like any edit, so that undo, saving and other tabs know of it; what was
 * decided is read from the document. That none of the versions is right is remembered for this visit.
 */
export class Adjudication {
  readonly versions: readonly LabelVersion[];
  readonly clusters: readonly Cluster[];
  readonly #editor: Editor;
  readonly #state: Value<AdjudicationState>;
  readonly #clusterOf = new Map<string, number>();
  #none: ReadonlySet<number> = new Set();
  #current = 0;
  /** What is selected now follows what is gone to, not the other way. */
  #isGoing = false;
  readonly #disposers: Unsubscribe[];

  constructor(editor: Editor, { versions, clusters }: Versions) {
    this.#editor = editor;
    this.versions = versions;
    this.clusters = clusters;
    clusters.forEach((cluster, index) => {
      for (const version of versions) {
        const id = cluster.members.get(version.position);
        if (id !== undefined) this.#clusterOf.set(keyOf(version.labelSetId, id), index);
      }
    });
    this.#state = new Value<AdjudicationState>({ current: 0, decisions: [] });
    this.#tell();
    this.#disposers = [editor.document.subscribe(() => this.#tell()), editor.session.subscribe(this.#follow)];
  }

  get state(): Readable<AdjudicationState> {
    return this.#state;
  }

  /** How many things wait for a decision. */
  get openCount(): number {
    return this.#state.get().decisions.filter(({ kind }) => kind === 'open').length;
  }

  /** The label of a version for a thing; undefined: that person doesn't have it. */
  labelOf(index: number, position: number): Label | undefined {
    const id = this.clusters[index]?.members.get(position);
    const version = this.versions.find((one) => one.position === position);
    return id === undefined ? undefined : version?.labels.get(id);
  }

  /** Looks at a thing: goes to a time at which it is there. */
  go(index: number): void {
    if (this.clusters[index] === undefined || this.#isGoing) return;
    this.#isGoing = true;
    try {
      this.#show(index);
    } finally {
      this.#isGoing = false;
    }
  }

  #show(index: number): void {
    this.#current = index;
    this.#tell();
    const shown = this.#labelsOf(index);
    const { timeNs } = this.#editor.session.get();
    const tracks = shown.filter(isCuboid).map(trackOf);
    const first = tracks.some((track) => track.existsAt(timeNs)) ? undefined : tracks[0]?.timesNs[0];
    const decision = this.#state.get().decisions[index];
    const ghost = this.#ghostId(index);
    const soughtId = decision?.kind === 'taken' ? decision.labelId : ghost;
    this.#editor.session.select(...(decision?.kind === 'taken' ? [decision.labelId] : []));
    this.#editor.session.set({
      ...(first === undefined ? {} : { timeNs: first, isPlaying: false }),
      ...(soughtId === null ? {} : { sought: { labelId: soughtId } }),
    });
  }

  /** Looks at the first thing that is open. */
  begin(): void {
    const first = this.#state.get().decisions.findIndex(({ kind }) => kind === 'open');
    this.go(Math.max(first, 0));
  }

  step(by: 1 | -1): void {
    const count = this.clusters.length;
    if (count > 0) this.go((this.#current + by + count) % count);
  }

  /** Why a version can't be taken for the present thing, or null. */
  pickRefusal(position: number): string | null {
    if (this.#editor.readOnlyReason !== null) return this.#editor.readOnlyReason;
    return this.labelOf(this.#current, position) === undefined ? 'This version doesn’t have it.' : null;
  }

  /** Takes one version's label for the present thing, in place of what was taken before, and goes on. */
  pick(position: number): void {
    if (this.pickRefusal(position) !== null) return;
    const version = this.versions.find((one) => one.position === position);
    if (version !== undefined) this.#take([this.#taken(this.#current, version)], `Take ${version.letter}`);
  }

  /** Why the versions of the present thing have no mean, or null. */
  mergeRefusal(): string | null {
    if (this.#editor.readOnlyReason !== null) return this.#editor.readOnlyReason;
    const labels = this.#labelsOf(this.#current);
    if (labels.length < 2) return 'Only one version has it.';
    return labels.every(isCuboid) ? null : 'Only boxes have a mean: take one of the versions.';
  }

  /** Takes the mean of all versions of the present thing, and goes on. */
  merge(): void {
    if (this.mergeRefusal() !== null) return;
    const index = this.#current;
    const versions = this.versions.filter(({ position }) => this.labelOf(index, position) !== undefined);
    const [first] = versions;
    if (first === undefined) return;
    const letters = versions.map(({ letter }) => letter).join('');
    const merged = mergeVersions(this.#labelsOf(index), this.#idOf(index));
    const taken = this.#taken(index, first);
    if (merged === null || taken.origin === undefined) return;
    const label: Label = { ...merged, origin: { ...taken.origin, name: `${MEAN}${letters}` } };
    this.#take([label], `Take the mean of ${letters}`);
  }

  /** There is no such thing: takes away what was taken for it, and goes on. */
  refuse(): void {
    if (this.#editor.readOnlyReason !== null) return;
    const decision = this.#state.get().decisions[this.#current];
    this.#none = new Set([...this.#none, this.#current]);
    if (decision?.kind === 'taken') {
      const label = this.#editor.document.get(decision.labelId);
      this.#editor.edit('Take none', diffOfAll([[label, undefined]]));
    }
    this.#tell();
    this.#goOn();
  }

  /** The open things that all versions have alike. */
  agreed(): number[] {
    const { decisions } = this.#state.get();
    return this.clusters.flatMap((cluster, index) =>
      decisions[index]?.kind === 'open' && cluster.differs.length === 0 ? [index] : [],
    );
  }

  /** Takes the first version of all that is agreed on, in one step of undo. */
  takeAgreed(): void {
    const [version] = this.versions;
    const found = this.agreed();
    if (version === undefined || found.length === 0 || this.#editor.readOnlyReason !== null) return;
    const labels = found.map((index) => this.#taken(index, version));
    this.#take(
      labels,
      labels.length === 1 ? 'Take what is agreed on' : `Take ${labels.length} that are agreed on`,
    );
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
  }

  #take(labels: readonly Label[], title: string): void {
    const { document } = this.#editor;
    this.#none = new Set([...this.#none].filter((index) => index !== this.#current || labels.length > 1));
    this.#editor.edit(title, diffOfAll(labels.map((label) => [document.get(label.id), label] as const)));
    this.#goOn();
  }

  /** On to the next thing that is open; stays where all is decided. */
  #goOn(): void {
    const { decisions } = this.#state.get();
    const order = [...decisions.keys()].map((i) => (this.#current + 1 + i) % decisions.length);
    this.go(order.find((index) => decisions[index]?.kind === 'open') ?? this.#current);
  }

  #labelsOf(index: number): Label[] {
    return this.versions.flatMap(({ position }) => this.labelOf(index, position) ?? []);
  }

  /** A version's label for a thing, as it stands in the result. */
  #taken(index: number, version: LabelVersion): Label {
    const label = this.labelOf(index, version.position);
    if (label === undefined) throw new Error(`version ${version.letter} has no label for thing ${index}`);
    return {
      ...label,
      id: this.#idOf(index),
      origin: {
        label_set: version.labelSetId,
        label_id: label.id,
        revision: version.revision,
        source: 'human',
        name: version.letter,
        accepted: true,
      },
    };
  }

  /** The id that the result's label for a thing has, or gets. */
  #idOf(index: number): LabelId {
    const decision = this.#state.get().decisions[index];
    return decision?.kind === 'taken' ? decision.labelId : labelId(this.#editor.newId());
  }

  #ghostId(index: number): LabelId | null {
    const version = this.versions.find(({ position }) => this.labelOf(index, position) !== undefined);
    const id = version === undefined ? undefined : this.clusters[index]?.members.get(version.position);
    return version === undefined || id === undefined ? null : ghostId(version, id);
  }

  /** A click on a version's label in a view goes to its thing. */
  #follow = (): void => {
    if (this.#isGoing) return;
    const [id, another] = this.#editor.session.get().selection;
    if (id === undefined || another !== undefined || this.#editor.document.get(id) !== undefined) {
      const decisions = this.#state.get().decisions;
      const index = decisions.findIndex((one) => one.kind === 'taken' && one.labelId === id);
      if (index >= 0 && index !== this.#current) {
        this.#current = index;
        this.#tell();
      }
      return;
    }
    const version = this.versions.find((one) => id.startsWith(`${one.letter}:`));
    const index =
      version === undefined
        ? undefined
        : this.#clusterOf.get(keyOf(version.labelSetId, labelId(id.slice(version.letter.length + 1))));
    // A version's label is none of the document: it can't stay selected.
    this.#editor.session.select();
    if (index !== undefined) this.go(index);
  };

  #decisions(): Decision[] {
    const decisions: Decision[] = this.clusters.map((_, index) => (this.#none.has(index) ? NONE : OPEN));
    for (const label of this.#editor.document.labels().values()) {
      const { origin } = label;
      const index =
        origin === undefined
          ? undefined
          : this.#clusterOf.get(keyOf(origin.label_set, labelId(origin.label_id)));
      if (index === undefined || origin === undefined) continue;
      const name = origin.name ?? '';
      const letters = name.startsWith(MEAN) ? name.slice(MEAN.length) : name;
      decisions[index] = { kind: 'taken', labelId: label.id, letters };
    }
    return decisions;
  }

  #tell(): void {
    const decisions = this.#decisions();
    this.#state.set({ current: this.#current, decisions });
    const ghosts: Label[] = [];
    const ghostColors = new Map<LabelId, string>();
    decisions.forEach((decision, index) => {
      if (decision.kind !== 'open' && index !== this.#current) return;
      for (const version of this.versions) {
        const label = this.labelOf(index, version.position);
        if (label === undefined) continue;
        const id = ghostId(version, label.id);
        ghosts.push({ ...label, id });
        ghostColors.set(id, version.color);
      }
    });
    this.#editor.session.set({ ghosts, ghostColors });
  }
}

/** A version's label in the views: the versions may have labels of the same id. */
function ghostId(version: LabelVersion, id: LabelId): LabelId {
  return labelId(`${version.letter}:${id}`);
}

function keyOf(labelSetId: string, id: LabelId): string {
  return `${labelSetId} ${id}`;
}
