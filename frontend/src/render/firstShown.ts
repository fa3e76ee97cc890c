const PREFIX = 'labelapp first ';

/**
 * Notes the moment when something is on the screen for the first time since the page was loaded, in the browser's own
 * time line (User Timing): `labelapp first picture`, `labelapp first points`. Benchmarks read it, and so does whoever
 * looks for what is slow.
 */
export function noteFirst(what: 'picture' | 'points'): void {
  const name = PREFIX + what;
  if (performance.getEntriesByName(name, 'mark').length === 0) performance.mark(name);
}
