import type { Refusal } from './ports';

/** The answer, whatever happens: a failure is a refusal with its message. */
export async function answered<T>(ask: () => Promise<T | Refusal>): Promise<T | Refusal> {
  try {
    return await ask();
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : 'The search failed.' };
  }
}
