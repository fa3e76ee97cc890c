import type { Stage, TaskState } from '../../../core/work/task';

export const STATES: readonly TaskState[] = ['ready', 'leased', 'paused', 'held', 'closed'];
export const STATE_TITLES: Readonly<Record<TaskState, string>> = {
  ready: 'Waits',
  leased: 'In work',
  paused: 'Paused',
  held: 'Held',
  closed: 'Closed',
};

/** How many of them, in a sentence: `12 wait`. */
export const STATE_WORDS: Readonly<Record<TaskState, string>> = {
  ready: 'wait',
  leased: 'in work',
  paused: 'paused',
  held: 'held',
  closed: 'closed',
};

/** Names in the address that narrow the tasks; all others are the page's own. */
export const FILTERS = [
  ...['stage', 'state', 'layer', 'holder', 'labeller', 'reviewer', 'assigned_to', 'clip', 'skill'],
  ...['priority_from', 'priority_to', 'sent_back_from', 'older_than_h', 'search'],
] as const;
const KNOWN: ReadonlySet<string> = new Set(FILTERS);
export const SORT = 'sort';

/** The filters of an address, as text in one order: what is asked of the server, and what a saved view is. */
export function filtersOf(params: URLSearchParams): string {
  return chosen(params, (name) => KNOWN.has(name));
}

/** Filters and order, as the list is asked for. */
export function listQueryOf(params: URLSearchParams): string {
  return chosen(params, (name) => KNOWN.has(name) || name === SORT);
}

function chosen(params: URLSearchParams, isMeant: (name: string) => boolean): string {
  const found = new URLSearchParams();
  for (const [name, value] of [...params].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (value !== '' && isMeant(name)) found.append(name, value);
  }
  return found.toString();
}

/** The address with other values of one filter; none takes it away. */
export function withFilter(
  params: URLSearchParams,
  name: string,
  values: readonly string[],
): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete(name);
  for (const value of values) if (value !== '') next.append(name, value);
  return next;
}

/** Only these tasks: what a cell of the board shows. */
export function onlyPlace(
  params: URLSearchParams,
  layer: string,
  stage: Stage,
  state: TaskState | null,
): URLSearchParams {
  const states = state === null ? [] : [state];
  return withFilter(withFilter(withFilter(params, 'layer', [layer]), 'stage', [stage]), 'state', states);
}
