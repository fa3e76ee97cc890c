import type { Unsubscribe } from '../../core/observable';
import { keyOverridesOf } from '../../core/operations/keyChoices';
import type { KeyOverrides, OperationRegistry } from '../../core/operations/registry';
import { preferences } from '../server/preferences';

/** The keys that the person has chosen. */
export function ownKeys(): KeyOverrides {
  return keyOverridesOf(preferences.read('keys'));
}

/** Keeps them, for all clips and machines. */
export function keepKeys(keys: KeyOverrides): void {
  preferences.write('keys', Object.keys(keys).length === 0 ? null : keys);
}

/** Gives the operations the person's keys, now and whenever they change. */
export function followOwnKeys(operations: OperationRegistry): Unsubscribe {
  let kept = preferences.read('keys');
  operations.setKeys(keyOverridesOf(kept));
  return preferences.subscribe(() => {
    const now = preferences.read('keys');
    if (now === kept) return;
    kept = now;
    operations.setKeys(keyOverridesOf(now));
  });
}
