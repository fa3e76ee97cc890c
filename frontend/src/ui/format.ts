/** Numbers as people read them. */

/** `0.2 s`, `15.9 s`, `1:04 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}

/** `812 B`, `14.2 kB`, `3.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A time since the clip's start, seconds to the millisecond: `12.400 s`. */
export function formatClipTime(timeNs: bigint, startNs: bigint): string {
  return `${(Number(timeNs - startNs) / 1e9).toFixed(3)} s`;
}

/** A difference of times with its sign, milliseconds: `+3.2 ms`. */
export function formatOffset(differenceNs: bigint): string {
  const milliseconds = Number(differenceNs) / 1e6;
  const sign = milliseconds < 0 ? '−' : '+';
  return `${sign}${Math.abs(milliseconds).toFixed(1)} ms`;
}

/** A day and time by the reader's own calendar. */
export function formatMoment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** How long ago: `40 s`, `12 min`, `3 h`, `5 days`. */
export function formatAge(iso: string, now_ms: number = Date.now()): string {
  const seconds = Math.max(0, (now_ms - Date.parse(iso)) / 1000);
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
