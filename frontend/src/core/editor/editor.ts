import { Assist } from '../assist/assist';
import type { BoxFitter, BoxTracker } from '../assist/ports';
import { assistPrompt } from '../assist/prompt';
import type { Clip } from '../clip/clip';
import { entriesOf, isEmptyDiff, type RecordsDiff } from '../document/diff';
import { History, type HistoryEntry, type Mark } from '../document/history';
import type { LabelId } from '../document/ids';
import { isCuboid, type Label } from '../document/label';
import type { OntologyLayer } from '../document/ontology';
import { DocumentStore } from '../document/store';
import type { PointCounter } from '../lints/lint';
import { LintBoard } from '../lints/lintBoard';
import { LINT_RULES } from '../lints/registry';
import { trackOf } from '../geometry/track';
import { Value, type Readable, type Unsubscribe } from '../observable';
import { builtInOperations } from '../operations/builtIn';
import { chordTitle } from '../operations/keymap';
import type { Operation } from '../operations/operation';
import { OperationRegistry } from '../operations/registry';
import { isRepeated } from '../operations/repeating';
import { Session, type SessionPatch } from '../session/session';
import { ActionMeter } from '../telemetry/actionMeter';
import { Effort } from '../telemetry/effort';
import { ImageTargets } from '../telemetry/imageTargets';
import type { KeyInput, PointerInput } from '../tools/input';
import { TOOLS } from '../tools/registry';
import { MovingKeyframe } from '../tools/time/movingKeyframe';
import type { ToolDefinition, ToolState, ToolStatus } from '../tools/tool';
import type { EditorContext, EditorPlace } from './context';
import { pathGround, type Ground } from './ground';

/** What an editor needs from outside. */
export interface EditorPorts {
  readonly clip: Clip;
  readonly layer: OntologyLayer;
  readonly labels: Iterable<Label>;
  readonly newId: () => string;
  /** The ground as the picture knows it; without it the ego path's. */
  readonly ground?: Ground;
  readonly readOnlyReason?: string | null;
  /** Finds the box that a clicked point belongs to. */
  readonly fitter?: BoxFitter;
  /** Follows a box through the clip. */
  readonly tracker?: BoxTracker;
  /** Counts the points in a box; see also `setPoints`. */
  readonly points?: PointCounter;
  /** Milliseconds, for counting active time; the system's without it. */
  readonly now?: () => number;
  readonly session?: SessionPatch;
  /** Sends what waits; see `openEditor`. */
  readonly flush?: () => void;
}

/** A keyframe in the hand. */
export interface KeyframeGrab {
  to(timeNs: bigint): void;
  commit(): void;
}

/** How the view stands, for going back to it; what it is made of is the screen's own. */
export interface Viewpoint {
  get(): unknown;
  restore(view: unknown): void;
}

/** What undo or redo did, for saying so. */
export interface HistoryNote {
  readonly kind: 'undo' | 'redo';
  readonly title: string;
}

/**
 * The labelling tool without a screen: takes pointer and key events, changes the document through tools and
 * operations, keeps history and session. Views read `document` and `session`; the user interface runs `operations`.
 */
export class Editor implements EditorContext {
  readonly clip: Clip;
  readonly layer: OntologyLayer;
  readonly document: DocumentStore;
  readonly session: Session;
  readonly history: History<EditorPlace>;
  readonly operations = new OperationRegistry();
  readonly tools: readonly ToolDefinition[] = TOOLS;
  readonly newId: () => string;
  readonly assist: Assist;
  /** What looks wrong. */
  readonly lints: LintBoard;
  readonly #tool: Value<ToolStatus>;
  readonly #note = new Value<HistoryNote | null>(null);
  readonly #isGesture = new Value(false);
  /** What the work costs. */
  readonly effort: Effort;
  /** How many images each label is in; counted when somebody has time, see `ImageTargets.advance`. */
  readonly imageTargets: ImageTargets;
  readonly #meter: ActionMeter;
  #isPressed = false;
  readonly #disposers: Unsubscribe[] = [];
  #ground: Ground;
  #points: PointCounter | null;
  #readOnlyReason: string | null;
  #viewpoint: Viewpoint | null = null;
  /** A step that several edits go into: see `#run`. */
  #composing: Mark | null = null;
  #flush: () => void;
  #toolId: string;
  #state: ToolState;
  /** Rises with every change of tool, so that a state that changed it doesn't also choose the next state. */
  #toolEpoch = 0;

  constructor(ports: EditorPorts) {
    this.clip = ports.clip;
    this.layer = ports.layer;
    this.newId = ports.newId;
    this.document = new DocumentStore(ports.labels);
    this.session = new Session({
      timeNs: ports.clip.ticksNs[0] ?? ports.clip.startNs,
      activeClass: ports.layer.classes[0]?.name ?? null,
      readOnlyReason: ports.readOnlyReason ?? null,
      ...ports.session,
    });
    this.history = new History(this.document, () => this.#place());
    this.#ground = ports.ground ?? pathGround(ports.clip);
    this.#points = ports.points ?? null;
    this.#readOnlyReason = ports.readOnlyReason ?? null;
    this.#flush = ports.flush ?? (() => undefined);
    this.assist = new Assist(this, { fitter: ports.fitter ?? null, tracker: ports.tracker ?? null });
    this.effort = new Effort(ports.now ?? (() => Date.now()));
    this.#meter = new ActionMeter(this.effort, this.session.get);
    this.imageTargets = new ImageTargets(ports.clip);
    this.lints = new LintBoard(
      LINT_RULES,
      () => ({
        clip: this.clip,
        layer: this.layer,
        document: this.document,
        ground: this.#ground,
        points: this.#points,
      }),
      () => this.#isGesture.get(),
    );
    this.#toolId = this.session.get().toolId;
    this.#state = this.#definition(this.#toolId).start(this);
    this.#tool = new Value(this.#status());
    this.operations.register(...builtInOperations(this.tools, this.layer));
    this.#disposers.push(
      this.document.listen(({ diff, source }) => {
        if (source !== 'remote') this.#meter.changed(diff);
        this.#dropVanished(diff);
        this.lints.changed(diff);
      }),
      this.#isGesture.subscribe(() => {
        this.lints.tell();
        if (!this.#isGesture.get()) this.assist.settle();
      }),
      this.session.subscribe(() => this.#tellTool()),
      () => this.assist.dispose(),
      this.history.dispose,
    );
  }

  get ground(): Ground {
    return this.#ground;
  }

  /** The picture tells what it knows of the ground once points are there. */
  setGround(ground: Ground): void {
    this.#ground = ground;
    this.lints.inputChanged('ground');
  }

  /** More of the ground is known: for one that learns from the sweeps as they come. */
  groundChanged(): void {
    this.lints.inputChanged('ground');
  }

  /** Who counts points in boxes; to be given again when more sweeps are there. */
  setPoints(points: PointCounter): void {
    this.#points = points;
    this.lints.inputChanged('points');
  }

  get readOnlyReason(): string | null {
    return this.#readOnlyReason;
  }

  /** Takes the right to edit away, with the reason, or gives it back (null). */
  setReadOnly(reason: string | null): void {
    this.#readOnlyReason = reason;
    if (reason !== null) this.cancelGesture();
    this.session.set({ readOnlyReason: reason });
  }

  setFlush(flush: () => void): void {
    this.#flush = flush;
  }

  /** The tool in hand: its state, the pointer's shape, what to do next. */
  get tool(): Readable<ToolStatus> {
    return this.#tool;
  }

  /** The last undo or redo. */
  get note(): Readable<HistoryNote | null> {
    return this.#note;
  }

  /** True while a gesture is under way. */
  get isGesture(): Readable<boolean> {
    return this.#isGesture;
  }

  pointer(input: PointerInput): void {
    this.alive();
    if (input.type === 'down' && input.button === 0) this.#press();
    this.#step(() => this.#state.pointer(input));
    if (input.type === 'cancel' || (input.type === 'up' && input.button === 0)) this.#release();
  }

  /** The person is at work: for signs of it that don't come through `pointer` and `key`, such as turning the view. */
  alive(): void {
    this.effort.alive(this.session.get().selection);
  }

  /** Handles a key; true when it was used, so that the browser shall not use it too. */
  key(input: KeyInput): boolean {
    this.alive();
    // Escape takes back what was begun: the drag was one action, this is another.
    if (input.type === 'down' && input.key === 'Escape') this.#release();
    return this.#meter.within(() => this.#key(input), input.type === 'down' && !input.isRepeat);
  }

  #key(input: KeyInput): boolean {
    if (input.type === 'down' && input.key === 'Escape' && this.cancelGesture()) return true;
    const next = this.#state.key?.(input) ?? null;
    if (next !== null) {
      this.#step(() => next);
      return true;
    }
    const operation = this.operations.forKey(input);
    if (operation === null) return false;
    this.run(operation.id);
    return true;
  }

  /** The window lost the keyboard: what was begun is taken back. */
  blur(): void {
    this.cancelGesture();
    this.session.setHover(null);
  }

  /** Something the person does with the pointer outside of the views: counted as one action, if it did anything. */
  act(act: () => void): void {
    this.alive();
    this.#meter.within(act);
  }

  /** Runs an operation by its id; false when it isn't available or disabled now. */
  run(operationId: string): boolean {
    if (!this.#meter.within(() => this.#run(operationId))) return false;
    if (isRepeated(this.operations.get(operationId))) this.session.set({ lastOperationId: operationId });
    return true;
  }

  #run(operationId: string): boolean {
    const operation = this.operations.get(operationId);
    const canRun = operation.available(this) && operation.disabledReason(this) === null;
    const hasRun =
      canRun && operation.takesUp !== undefined
        ? this.#takingUp(operation, () => this.operations.run(operationId, this))
        : this.operations.run(operationId, this);
    if (hasRun) this.#meter.did();
    return hasRun;
  }

  /** What is done to a proposed box begins with making it the person's own, in the same step of undo. */
  #takingUp<T>({ title, takesUp }: Pick<Operation, 'title' | 'takesUp'>, act: () => T): T {
    const label = this.selectedLabel();
    const isOwn = label === undefined || this.assist.proposalOf(label.id) === null;
    if (isOwn || this.#composing !== null || this.lockedReason(label.id) !== null) return act();
    this.cancelGesture();
    this.#composing = this.history.mark(title);
    try {
      if (takesUp === 'box') this.assist.takeUp(label.id);
      else this.assist.takeUpUntilHere(label.id);
      return act();
    } finally {
      this.history.squashToMark(this.#composing);
      this.#composing = null;
      this.assist.settle();
    }
  }

  edit(title: string, diff: RecordsDiff, within?: () => void): void {
    if (this.#readOnlyReason !== null || isEmptyDiff(diff)) return;
    if (this.#composing !== null) {
      this.document.apply(diff, 'user');
      within?.();
      return;
    }
    this.#meter.within(() => {
      this.cancelGesture();
      const mark = this.history.mark(title);
      this.document.apply(diff, 'user');
      within?.();
      this.history.squashToMark(mark);
      this.assist.settle();
    });
  }

  /** Edits the selected box as it is on the screen: where it is proposed, it becomes the person's own first. */
  editShown(title: string, diff: (label: Label) => RecordsDiff): void {
    if (this.#readOnlyReason !== null) return;
    this.#takingUp({ title, takesUp: 'box' }, () => {
      const label = this.selectedLabel();
      if (label !== undefined) this.edit(title, diff(label));
    });
  }

  undo(): void {
    this.cancelGesture();
    const entry = this.history.undo();
    if (entry !== null) this.#return('undo', entry, entry.before);
  }

  redo(): void {
    this.cancelGesture();
    const entry = this.history.redo();
    if (entry !== null) this.#return('redo', entry, entry.after);
  }

  setTool(toolId: string): void {
    const definition = this.#definition(toolId);
    if (definition.edits && this.#readOnlyReason !== null) return;
    this.#state.cancel();
    this.#toolEpoch += 1;
    this.#state = definition.start(this);
    this.#toolId = toolId;
    this.session.set({ toolId, cursor_m: null });
    this.#tellTool();
  }

  /**
   * Begins to move a keyframe in time; null where that can't be done now, with the reason as a notice of the caller's.
   * One action, one step of undo, ended by `commit` or by whatever ends a gesture.
   */
  grabKeyframe(labelId: LabelId, timeNs: bigint): KeyframeGrab | null {
    const label = this.document.get(labelId);
    if (!isCuboid(label) || label.static || this.lockedReason(labelId) !== null) return null;
    if (this.assist.proposalOf(labelId) !== null) return null;
    if (trackOf(label).keyframeAt(timeNs) === null) return null;
    this.cancelGesture();
    this.#press();
    const moving = new MovingKeyframe(this, label, timeNs, () => this.#definition(this.#toolId).start(this));
    this.#step(() => moving);
    const isUnderWay = (): boolean => this.#state === moving;
    return {
      to: (toNs) => {
        if (isUnderWay()) moving.to(toNs);
      },
      commit: () => {
        if (isUnderWay()) this.#step(() => moving.commit());
        this.#release();
      },
    };
  }

  cancelGesture(): boolean {
    const wasGesture = this.#state.isGesture;
    this.#step(() => this.#state.cancel());
    return wasGesture;
  }

  flush(): void {
    this.#flush();
  }

  lockedReason(labelId: LabelId): string | null {
    if (this.#readOnlyReason !== null) return this.#readOnlyReason;
    return this.session.get().locked.has(labelId) ? 'This label is locked.' : null;
  }

  selectedLabel(): Label | undefined {
    const [only, another] = this.session.get().selection;
    return only === undefined || another !== undefined ? undefined : this.document.get(only);
  }

  shownLabel(labelId: LabelId): Label | undefined {
    return this.assist.proposalOf(labelId)?.label ?? this.document.get(labelId);
  }

  /** The one selected label as it is on the screen. */
  shownSelectedLabel(): Label | undefined {
    const label = this.selectedLabel();
    return label === undefined ? undefined : this.shownLabel(label.id);
  }

  /** How the view stands and is put back by undo. */
  setViewpoint(viewpoint: Viewpoint): void {
    this.#viewpoint = viewpoint;
  }

  returnTo(place: EditorPlace, labelIds: Iterable<LabelId>): void {
    this.session.set({ timeNs: place.timeNs });
    this.session.select(...place.selection.filter((id) => this.document.get(id) !== undefined));
    this.assist.restore(labelIds, place.proposals);
    if (place.view !== undefined) this.#viewpoint?.restore(place.view);
  }

  /** Goes on in time while playing; `elapsed_ms` since the last call. Stops at the end of the clip. */
  advance(elapsed_ms: number): void {
    const { isPlaying, timeNs, playbackRate } = this.session.get();
    if (!isPlaying) return;
    const next = timeNs + BigInt(Math.round(elapsed_ms * playbackRate * 1e6));
    const last = this.clip.ticksNs.at(-1) ?? this.clip.endNs;
    this.session.set(next >= last ? { timeNs: last, isPlaying: false } : { timeNs: next });
  }

  dispose(): void {
    this.cancelGesture();
    for (const dispose of this.#disposers) dispose();
  }

  #press(): void {
    this.#release();
    this.#isPressed = true;
    this.#meter.begin();
  }

  #release(): void {
    if (this.#isPressed) this.#meter.end();
    this.#isPressed = false;
  }

  #step(next: () => ToolState): void {
    const epoch = this.#toolEpoch;
    const state = next();
    if (epoch === this.#toolEpoch) this.#state = state;
    this.#tellTool();
  }

  #tellTool(): void {
    this.#isGesture.set(this.#state.isGesture);
    const status = this.#status();
    const before = this.#tool.get();
    if (status.path !== before.path || status.cursor !== before.cursor || status.prompt !== before.prompt) {
      this.#tool.set(status);
    }
  }

  #status(): ToolStatus {
    const { name, cursor, prompt, isGesture } = this.#state;
    const found = isGesture ? null : assistPrompt(this.session.get(), this.#keyWords);
    const isHint = found === null && name === 'idle';
    return { path: `${this.#toolId}.${name}`, cursor, prompt: found ?? prompt, isHint };
  }

  #definition(toolId: string): ToolDefinition {
    const definition = this.tools.find((tool) => tool.id === toolId);
    if (definition === undefined) throw new Error(`there is no tool ${toolId}`);
    return definition;
  }

  #keyWords = (operationId: string): string =>
    this.operations.keysOf(operationId).slice(0, 1).map(chordTitle).join('');

  #place(): EditorPlace {
    const { selection, timeNs, proposals } = this.session.get();
    return { selection, timeNs, proposals, view: this.#viewpoint?.get() };
  }

  #return(kind: HistoryNote['kind'], entry: HistoryEntry<EditorPlace>, place: EditorPlace): void {
    this.returnTo(
      place,
      [...entriesOf(entry.diff)].map(([, , id]) => id),
    );
    this.#note.set({ kind, title: entry.title });
  }

  /** A label that is gone is neither selected nor pointed at. */
  #dropVanished(diff: RecordsDiff): void {
    if (diff.removed.size === 0) return;
    const { selection, hover } = this.session.get();
    this.session.select(...selection.filter((id) => !diff.removed.has(id)));
    if (hover !== null && diff.removed.has(hover.labelId)) this.session.setHover(null);
  }
}

export function createEditor(ports: EditorPorts): Editor {
  return new Editor(ports);
}
