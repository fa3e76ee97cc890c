import type { LabelId } from '../document/ids';
import { sameJson } from '../document/freeze';
import type { Unsubscribe } from '../observable';
import type { Session } from '../session/session';
import type { Clock } from '../sync/ports';

/** Somebody else (or oneself in another tab) who has the clip open. */
export interface PersonHere {
  readonly tab_id: string;
  readonly user_id: string;
  readonly display_name: string;
  readonly label_set_id: string;
  readonly selected: readonly string[];
}

export interface PresenceAnswer {
  /** The label set's newest revision. */
  readonly revision: number;
  readonly others: readonly PersonHere[];
}

export interface PresencePorts {
  readonly session: Session;
  readonly clock: Clock;
  /** Says what is selected here; null: no answer. */
  readonly tell: (selected: readonly LabelId[]) => Promise<PresenceAnswer | null>;
  /** Says that the tab goes; nobody waits for the answer. */
  readonly leave: () => void;
  /** Others have saved something. */
  readonly onNewer: (revision: number) => void;
}

/** Alone, one asks now and then; with others, often enough to see them at work. */
const ALONE_MS = 8000;
const TOGETHER_MS = 1500;
/** A selection is told this long after it was made: clicking through a list is no news. */
const SELECTED_MS = 400;
/** The server takes so many. */
const MOST_SELECTED = 20;

/** Tells the server that this tab is here, and the session who else is. */
export class Presence {
  readonly #ports: PresencePorts;
  readonly #stop: Unsubscribe;
  #told: readonly LabelId[] = [];
  #cancel: () => void = () => undefined;
  #isTelling = false;
  #isDisposed = false;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
    this.#stop = ports.session.subscribe(this.#look);
    void this.#tell();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stop();
    this.#cancel();
    this.#ports.leave();
  }

  /** Only where somebody is there to see it is a new selection told at once. */
  #look = (): void => {
    const { others } = this.#ports.session.get();
    if (others.length > 0 && !sameJson(this.#selected(), this.#told)) this.#schedule(SELECTED_MS);
  };

  #selected(): readonly LabelId[] {
    return this.#ports.session.get().selection.slice(0, MOST_SELECTED);
  }

  async #tell(): Promise<void> {
    if (this.#isTelling || this.#isDisposed) return;
    this.#isTelling = true;
    this.#told = this.#selected();
    const answer = await this.#ports.tell(this.#told);
    this.#isTelling = false;
    // Whoever disposes of it changes it while the answer is on its way.
    if (this.#hasEnded()) return;
    const { session } = this.#ports;
    if (answer !== null) {
      if (!sameJson(answer.others, session.get().others)) session.set({ others: answer.others });
      this.#ports.onNewer(answer.revision);
    }
    this.#schedule(session.get().others.length > 0 ? TOGETHER_MS : ALONE_MS);
  }

  #hasEnded(): boolean {
    return this.#isDisposed;
  }

  #schedule(delay_ms: number): void {
    this.#cancel();
    if (this.#isDisposed) return;
    this.#cancel = this.#ports.clock.after(delay_ms, () => void this.#tell());
  }
}

/** Colours that tell people apart, also for the colour-blind: Okabe and Ito's, those that are light enough on dark. */
const COLORS = ['#e69f00', '#56b4e9', '#2fbf91', '#f0e442', '#e0702a', '#d58bb5'] as const;

/** A person's colour: the same on every screen. */
export function colorOfPerson(userId: string): string {
  let sum = 0;
  for (const character of userId) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return COLORS[sum % COLORS.length] ?? COLORS[0];
}

/** The first letters of up to two words of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => (word[Symbol.iterator]().next().value ?? '').toUpperCase())
    .join('');
}
