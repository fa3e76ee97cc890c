import type { Origin } from '../../core/document/origin';

/** `87 %`. */
export function formatSure(score: number): string {
  return `${Math.round(100 * score)} %`;
}

/** Where a label comes from: `detector-3 (model), 87 % sure`. */
export function originWords(origin: Origin, score: number | null): string {
  const name = origin.name ?? '';
  // What was taken between people's versions: from one of them, or their mean.
  if (origin.source === 'human' && name !== '') return name.includes(' ') ? `the ${name}` : `version ${name}`;
  const who = name === '' ? `the clip’s ${origin.source} labels` : `${name} (${origin.source})`;
  return score === null ? who : `${who}, ${formatSure(score)} sure`;
}
