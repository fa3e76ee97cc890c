import type { BoxFitter } from '../../core/assist/ports';
import { Batch } from '../../core/batch/batch';
import type { BatchStep } from '../../core/batch/cellTimes';
import { nearestIndex } from '../../core/clip/clip';
import type { LabelSetSummary } from '../../core/clip/manifest';
import type { Editor } from '../../core/editor';
import { Presence, type PresencePorts } from '../../core/presence/presence';
import { Value, type Readable, type Unsubscribe } from '../../core/observable';
import type { Sync } from '../../core/sync/sync';
import { Adjudication } from '../../core/adjudication/adjudication';
import type { Versions } from '../../core/adjudication/versions';
import { adjudicating } from '../../core/operations/adjudicating';
import { BeforeView } from '../../core/work/beforeView';
import type { TaskDesk } from '../../core/work/taskDesk';
import type { CellSpace } from '../../render/batch/cellSpace';
import { lightened, UNKNOWN_CLASS_COLOR } from '../../render/colors';
import { memoryBudget, deviceMemory_gb, type MemoryBudget } from '../../render/memoryBudget';
import { PictureStore, type FetchPicture } from '../../render/data/pictureStore';
import { SweepCounter } from '../../render/data/sweepCounter';
import { StaticCloudSource, type FetchStaticCloud } from '../../render/data/staticCloudSource';
import { SweepStore, type FetchSweep } from '../../render/data/sweepStore';
import { FrameLoop } from '../../render/frameLoop';
import { Stage } from '../../render/stage';
import type { ViewSettings } from '../../render/viewSettings';
import { browserClock } from '../../api/browserPorts';
import { EffortReporter } from '../../core/telemetry/effortReporter';
import type { EffortSum } from '../../core/telemetry/effort';
import { LiveLints } from '../../core/lints/liveLints';
import { LiveTargets } from './liveTargets';
import { idleSlice, whenIdle } from './whenIdle';
import type { CloudStore } from './cloudStore';
import { DerivedValue } from './derivedValue';
import type { LayoutStore } from './layout';
import { isLayoutOn, layoutOperations } from './layoutOperations';
import { batchOperations } from './batch/batchOperations';
import { followOwnKeys } from './ownKeys';
import { readOnlyReason, taskReason } from './rights';
import { NO_TALK, talkOperations, type Talk } from './task/talk';
import { taskOperations, type TaskPanel } from './task/taskOperations';
import { pageOperations } from './pageOperations';
import { planeNudging } from './planeNudging';
import { viewOperations } from './viewOperations';

export interface LabellingPorts {
  /** Keeps what the visit cost; null where nothing can be changed. */
  readonly reportEffort: ((sum: EffortSum) => Promise<void>) | null;
  readonly editor: Editor;
  /** Null: nothing can be saved, as nothing can be changed. */
  readonly sync: Sync | null;
  /** The label set on the screen. */
  readonly labelSet: LabelSetSummary;
  /** The task on the screen; null: the project works without tasks, or this label set has none. */
  readonly desk?: TaskDesk | null;
  readonly versions: Versions | null;
  readonly userId?: string;
  /** Fits boxes to points; null where nobody does. */
  readonly fitter?: BoxFitter | null;
  readonly fetchPicture: FetchPicture;
  readonly fetchSweep: FetchSweep;
  readonly fetchStaticCloud: FetchStaticCloud;
  /** Has the server make the static cloud anew; throws a sentence where it won't. */
  readonly requestStaticCloud: () => Promise<void>;
  readonly layout: LayoutStore;
  readonly cloud: CloudStore;
  readonly presence: Pick<PresencePorts, 'tell' | 'leave'>;
}

/** Everything behind one labelling screen; made when a clip is opened, disposed of when it is left. */
export class Labelling {
  readonly editor: Editor;
  readonly sync: Sync | null;
  readonly labelSet: LabelSetSummary;
  readonly desk: TaskDesk | null;
  /** What there is to decide between; null in other tasks. */
  readonly adjudication: Adjudication | null;
  readonly userId: string;
  readonly loop = new FrameLoop();
  readonly layout: LayoutStore;
  readonly settings: Readable<ViewSettings>;
  readonly pictures: PictureStore;
  readonly sweeps: SweepStore;
  /** How points are shown. */
  readonly cloud: CloudStore;
  readonly staticCloud: StaticCloudSource;
  readonly stage: Stage;
  readonly batch: Batch;
  /** What changed since one looked last, as it was. */
  readonly before: BeforeView;
  readonly fitter: BoxFitter | null;
  /** The cells of the batch view that are on the screen, by their times. */
  readonly cells = new Map<bigint, CellSpace>();
  /** In how many columns they stand. */
  batchColumns = 1;
  /** How far fitting the chosen cells has come; null: none is being fitted. */
  readonly batchFit = new Value<{ readonly done: number; readonly count: number } | null>(null);
  /** What looks wrong, as it is shown. */
  readonly lints: LiveLints;
  /** In how many images the labels are. */
  readonly targets: LiveTargets;
  readonly #points: SweepCounter;
  readonly #effort: EffortReporter | null;
  readonly #disposers: Unsubscribe[] = [];
  readonly #colors: ReadonlyMap<string, string>;
  readonly #titles: ReadonlyMap<string, string>;
  readonly #requestStaticCloud: () => Promise<void>;
  #lastFrame_ms: number | null = null;

  constructor(ports: LabellingPorts) {
    this.editor = ports.editor;
    this.sync = ports.sync;
    this.labelSet = ports.labelSet;
    this.desk = ports.desk ?? null;
    this.userId = ports.userId ?? '';
    this.layout = ports.layout;
    const settings = new DerivedValue(this.layout, (layout) => layout.settings);
    this.settings = settings;
    const { classes } = ports.editor.layer;
    this.#colors = new Map(classes.map((item) => [item.name, lightened(item.color)]));
    this.#titles = new Map(classes.map((item) => [item.name, item.title]));
    this.cloud = ports.cloud;
    this.#requestStaticCloud = ports.requestStaticCloud;
    const budget = this.#budget();
    this.staticCloud = new StaticCloudSource(ports.fetchStaticCloud);
    this.pictures = new PictureStore(ports.fetchPicture, budget.pictures_bytes, this.#redraw);
    this.sweeps = new SweepStore(ports.fetchSweep, budget.sweeps_bytes, () => {
      this.#redraw();
      this.#learn();
    });
    this.#points = new SweepCounter(
      this.editor.clip.manifest.sweeps.map(({ lidar, time_ns }) => ({ lidar, timeNs: BigInt(time_ns) })),
      (index) => this.sweeps.get(index)?.positions_m,
    );
    this.stage = new Stage({
      editor: this.editor,
      loop: this.loop,
      sweeps: this.sweeps,
      staticCloud: this.staticCloud,
      settings: this.settings,
      cloudSettings: this.cloud,
      colorOf: this.colorOf,
      titleOf: this.titleOf,
    });
    this.lints = new LiveLints(this.editor.lints, whenIdle, idleSlice);
    this.targets = new LiveTargets(this.editor);
    this.#effort =
      ports.reportEffort === null
        ? null
        : new EffortReporter(this.editor.effort, ports.reportEffort, browserClock);
    this.#adoptPreferences();
    this.editor.setViewpoint(this.stage.world.viewpoint);
    this.fitter = ports.fitter ?? null;
    const { batchCells, batchStep } = this.layout.get();
    this.batch = new Batch(this.editor, {
      cellCount: batchCells,
      step: batchStep === 'life' ? 'life' : Math.max(1, Number(batchStep) || 1),
    });
    this.adjudication = ports.versions === null ? null : new Adjudication(this.editor, ports.versions);
    this.before = new BeforeView(this.editor);
    this.#setMode();
    const { sync } = ports;
    if (sync !== null) {
      let isShown = false;
      const show = (): void => {
        const state = sync.state.get();
        const ghosts = state.kind === 'conflict' ? state.conflicts.flatMap(({ theirs }) => theirs ?? []) : [];
        // Others show ghosts as well: every save would take theirs away.
        if (ghosts.length > 0 || isShown) this.editor.session.set({ ghosts });
        isShown = ghosts.length > 0;
      };
      this.#disposers.push(sync.state.subscribe(show));
      show();
    }
    this.#disposers.push(
      this.layout.subscribe(this.#adoptPreferences),
      () => settings.dispose(),
      this.cloud.subscribe(this.#keepToBudget),
      () => this.batch.dispose(),
      () => this.before.dispose(),
      this.batch.subscribe(() => this.#setMode()),
      () => this.lints.dispose(),
      () => this.targets.dispose(),
      () => this.#effort?.dispose(),
      () => this.#learning?.(),
      this.loop.add(this.#play),
      this.editor.session.subscribe(this.#onSession),
      this.editor.operations.register(
        ...viewOperations(this),
        ...layoutOperations(this),
        ...batchOperations(this),
        ...planeNudging(this),
        ...pageOperations(this),
        ...(this.desk === null ? [] : [...taskOperations(this, this.desk), ...talkOperations(this)]),
        ...(this.adjudication === null ? [] : adjudicating(this.adjudication)),
      ),
      this.#followTask(),
      followOwnKeys(this.editor.operations),
      this.#saveWithTheBrowser(),
      this.#tellOthers(ports.presence),
    );
  }

  /** A word to the person: why a key did nothing. A new object every time, so that the same word counts again. */
  readonly notice = new Value<{ readonly words: string } | null>(null);

  /** Views that show pictures and have to be told when one has come. */
  readonly pictureListeners = new Set<() => void>();

  /** A class's colour, light enough for the dark views. */
  colorOf = (className: string): string => this.#colors.get(className) ?? UNKNOWN_CLASS_COLOR;

  titleOf = (className: string): string => this.#titles.get(className) ?? className;

  /** The camera that is shown first whatever is selected; null: the one that shows the selection best. */
  readonly pinnedCamera = new Value<string | null>(null);

  /** The camera that is on the screen first. */
  firstCamera: string | null = null;

  /** True where the panels stand as this operation would put them. */
  isLayoutOn = (operationId: string): boolean => isLayoutOn(this, operationId);

  /** How many cells the batch view has; kept. */
  setBatchCells(cellCount: number): void {
    this.batch.setCellCount(cellCount);
    this.layout.change({ batchCells: cellCount });
  }

  /** How far apart they are; kept. */
  setBatchStep(step: BatchStep): void {
    this.batch.setStep(step);
    this.layout.change({ batchStep: String(step) });
  }

  /** What was said about the task, and what changed, for the keys that go through it. */
  readonly talk = new Value<Talk>(NO_TALK);

  /** What is opened over the task bar: handing in, and the like. */
  readonly taskPanel = new Value<TaskPanel | null>(null);

  /** A lost lease takes the right to edit, a new one gives it back, and sends what waited. */
  #followTask(): Unsubscribe {
    const { desk } = this;
    if (desk === null) return () => undefined;
    let wasMine = desk.proof() !== null;
    const { role } = this.editor.clip.manifest.project;
    return desk.state.subscribe(() => {
      const reason = readOnlyReason(role, this.labelSet.source) ?? taskReason(desk, role);
      if (reason !== this.editor.readOnlyReason) this.editor.setReadOnly(reason);
      const isMine = desk.proof() !== null;
      if (isMine && !wasMine) this.sync?.retry();
      wasMine = isMine;
    });
  }

  /** Numbers take versions where there is something to decide between, but for the batch view. */
  #setMode(): void {
    const usual = this.adjudication === null ? null : 'adjudicate';
    this.editor.operations.setMode(this.batch.get().isOpen ? 'batch' : usual);
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
    this.adjudication?.dispose();
    this.desk?.dispose();
    this.sync?.dispose();
    this.stage.dispose();
    this.pictures.dispose();
    this.sweeps.dispose();
    this.staticCloud.dispose();
    this.loop.dispose();
    this.editor.dispose();
  }

  /** Says that this tab is here, and that it goes when it goes; what others save is looked for at once. */
  #tellOthers({ tell, leave }: LabellingPorts['presence']): Unsubscribe {
    const presence = new Presence({
      session: this.editor.session,
      clock: browserClock,
      tell,
      leave,
      onNewer: (revision) => this.sync?.lookFor(revision),
    });
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      presence.dispose();
    };
  }

  /** Sends what waits when the tab is put away, and at once when the network is back. */
  #saveWithTheBrowser(): Unsubscribe {
    const abort = new AbortController();
    const { signal } = abort;
    window.addEventListener('online', () => this.sync?.retry(), { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState !== 'hidden') return;
        this.editor.flush();
        this.#effort?.flush();
      },
      { signal },
    );
    return () => abort.abort();
  }

  /** What came with the sweeps is told to the lints in spare time, not with every sweep of a clip that plays. */
  #learn(): void {
    this.#learning ??= whenIdle(() => {
      this.#learning = null;
      if (this.editor.session.get().isPlaying) return;
      this.editor.groundChanged();
      this.editor.setPoints(this.#points);
    });
  }

  #learning: (() => void) | null = null;

  /** Has the static cloud made anew, and says why where that can't be. */
  makeStaticCloud = (): void => {
    this.#requestStaticCloud().then(
      () => this.staticCloud.refresh(),
      (error: unknown) => this.notice.set({ words: error instanceof Error ? error.message : String(error) }),
    );
  };

  #budget(): MemoryBudget {
    return memoryBudget(this.cloud.get().memory, deviceMemory_gb());
  }

  #keepToBudget = (): void => {
    const budget = this.#budget();
    this.pictures.setMaxBytes(budget.pictures_bytes);
    this.sweeps.setMaxBytes(budget.sweeps_bytes);
  };

  #redraw = (): void => {
    for (const listener of this.pictureListeners) listener();
    this.stage.requestDraw();
  };

  #wasPlaying = false;

  #followsNewBoxes = false;

  /** What the person chose here or in another browser. */
  #adoptPreferences = (): void => {
    const { followsNewBoxes } = this.layout.get();
    if (followsNewBoxes === this.#followsNewBoxes) return;
    this.#followsNewBoxes = followsNewBoxes;
    this.editor.session.set({ followsNewBoxes });
  };

  #sought: object | null = null;

  #onSession = (): void => {
    const { isPlaying, timeNs, followsNewBoxes, sought } = this.editor.session.get();
    if (sought !== this.#sought) {
      this.#sought = sought;
      this.stage.world.focus();
    }
    if (followsNewBoxes !== this.#followsNewBoxes) {
      this.#followsNewBoxes = followsNewBoxes;
      this.layout.change({ followsNewBoxes });
    }
    if (isPlaying === this.#wasPlaying) return;
    this.#wasPlaying = isPlaying;
    this.#lastFrame_ms = null;
    if (!isPlaying) this.#learn();
    if (isPlaying) {
      this.loop.request();
      return;
    }
    // Work goes on at a tick, where the sensors have data, not somewhere between two.
    const { ticksNs } = this.editor.clip;
    const nearest = nearestIndex(ticksNs, timeNs);
    if (nearest !== null) this.editor.session.set({ timeNs: ticksNs[nearest] ?? timeNs });
  };

  /** Goes on in time by as much as went by, so that playing is at real speed on any machine. */
  #play = (frame_ms: number): void => {
    if (!this.editor.session.get().isPlaying) return;
    const elapsed_ms = this.#lastFrame_ms === null ? 0 : Math.min(frame_ms - this.#lastFrame_ms, 250);
    this.#lastFrame_ms = frame_ms;
    this.editor.advance(elapsed_ms);
    this.loop.request();
  };
}
