import uFuzzy from '@leeoniya/ufuzzy';

/** Something that the palette can do. */
export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  /** What kind of thing it is, or why it can't be done now. */
  readonly description: string;
  /** More words that it is found by. */
  readonly words?: string;
  readonly keys: readonly string[];
  readonly isDisabled: boolean;
  readonly run: () => void;
}

/** Words of so few letters have to be right. */
const SHORT_WORD = 2;
const ALL_BUT_FIRST: [number, number] = [1, Infinity];

/** In each word one letter after the first may be left out, wrong, swapped or too many; words come in any order. */
const fuzzy = new uFuzzy({
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a const enum of a package can't be named here
  intraMode: 1,
  intraRules: (word) => {
    const slips = word.length > SHORT_WORD ? 1 : 0;
    return { intraSlice: ALL_BUT_FIRST, intraIns: slips, intraSub: slips, intraTrn: slips, intraDel: slips };
  },
});
const ANY_ORDER = 1;
/** Up to so many matches are put in order by how well they match; with more of them the order says little. */
const RANKED = 1000;

/**
 * The entries that fit what was typed, best first; those that were chosen lately come first among all when nothing was
 * typed, and what can't be done now comes after what can.
 */
export function searched(
  entries: readonly PaletteEntry[],
  typed: string,
  recentIds: readonly string[],
): readonly PaletteEntry[] {
  const text = typed.trim();
  if (text === '') return withRecentFirst(entries, recentIds);
  const haystack = entries.map((entry) => `${entry.title} ${entry.words ?? ''} ${entry.keys.join(' ')}`);
  const [indexes, info, order] = fuzzy.search(haystack, text, ANY_ORDER, RANKED);
  const found = order !== null ? order.map((i) => info.idx[i]) : (indexes ?? []);
  const matches = found.flatMap((index) => {
    const entry = index === undefined ? undefined : entries[index];
    return entry === undefined ? [] : [entry];
  });
  return [...matches.filter((entry) => !entry.isDisabled), ...matches.filter((entry) => entry.isDisabled)];
}

/** How many of the entries are recent ones, at the front. */
export function recentCount(entries: readonly PaletteEntry[], recentIds: readonly string[]): number {
  return entries.filter((entry) => recentIds.includes(entry.id)).length;
}

function withRecentFirst(
  entries: readonly PaletteEntry[],
  recentIds: readonly string[],
): readonly PaletteEntry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const recent = recentIds.flatMap((id) => byId.get(id) ?? []);
  return [...recent, ...entries.filter((entry) => !recentIds.includes(entry.id))];
}

const MOST_RECENT = 8;

/** The list of what was chosen lately, with one more. */
export function chosen(recentIds: readonly string[], id: string): readonly string[] {
  return [id, ...recentIds.filter((other) => other !== id)].slice(0, MOST_RECENT);
}

/** Where to go in time. */
export type TimeWish =
  { readonly kind: 'seconds'; readonly seconds: number } | { readonly kind: 'tick'; readonly tick: number };

const SECONDS = /^(?:(?:go )?to |at |t=? ?)?(?:(\d+):)?(\d+(?:[.,]\d*)?|[.,]\d+) ?(s|sec|seconds?)?$/i;
const TICK = /^(?:(?:go )?to |at )?(?:tick|frame|#) ?(\d+)$/i;

/** The time that was typed: `12.4`, `12.4 s`, `go to 1:02.5`, `tick 30`; null when it is none. */
export function timeTyped(typed: string): TimeWish | null {
  const text = typed.trim();
  const tick = TICK.exec(text);
  if (tick?.[1] !== undefined) return { kind: 'tick', tick: Number(tick[1]) };
  const seconds = SECONDS.exec(text);
  if (seconds?.[2] === undefined) return null;
  return { kind: 'seconds', seconds: 60 * Number(seconds[1] ?? 0) + Number(seconds[2].replace(',', '.')) };
}
