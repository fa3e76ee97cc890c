import { describe, expect, it } from 'vitest';

import { isAt, openSaid, pinsOf, stepFrom, type Said } from '../../../src/core/work/pins';

const said = (id: string, patch: Partial<Said> = {}): Said => ({
  id,
  parent_id: null,
  resolved_at: null,
  label_id: '',
  from_ns: null,
  to_ns: null,
  position_m: null,
  camera: '',
  ...patch,
});

describe('comments as pins', () => {
  it('come by time, those about all of the task first, without answers and what is resolved', () => {
    const all = [
      said('late', { from_ns: '1732165200123456789' }),
      said('early', { from_ns: '1732165200123456788' }),
      said('answer', { parent_id: 'late' }),
      said('done', { resolved_at: '2026-11-21T12:00:00Z' }),
      said('whole'),
    ];
    expect(openSaid(all).map(({ id }) => id)).toEqual(['whole', 'early', 'late']);
  });

  it('lie where the comment says, else where its label is then, else nowhere', () => {
    const open = [
      said('placed', { position_m: [1, 2, 3], label_id: 'car', camera: 'front' }),
      said('of a label', { label_id: 'car', from_ns: '5', to_ns: '9' }),
      said('of a label that is gone', { label_id: 'van' }),
      said('words only'),
    ];
    const pins = pinsOf(open, (id, timeNs) => (id === 'car' ? [Number(timeNs), 0, 0] : null));
    expect(pins).toEqual([
      { id: 'placed', sign: '1', position_m: [1, 2, 3], fromNs: null, toNs: null, camera: 'front' },
      { id: 'of a label', sign: '2', position_m: [5, 0, 0], fromNs: 5n, toNs: 9n, camera: '' },
    ]);
  });

  it('hold for half a second around their time, or always', () => {
    const pin = { fromNs: 1_000_000_000n, toNs: 2_000_000_000n };
    expect([499_999_999n, 500_000_000n, 2_500_000_000n, 2_500_000_001n].map((t) => isAt(pin, t))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isAt({ fromNs: null, toNs: null }, 7n)).toBe(true);
  });

  it('are stepped through in a ring', () => {
    expect(stepFrom(['a', 'b', 'c'], 'c', 1)).toBe('a');
    expect(stepFrom(['a', 'b', 'c'], 'a', -1)).toBe('c');
    expect(stepFrom(['a', 'b', 'c'], null, -1)).toBe('c');
    expect(stepFrom(['a', 'b'], 'gone', 1)).toBe('a');
    expect(stepFrom([], 'a', 1)).toBeNull();
  });
});
