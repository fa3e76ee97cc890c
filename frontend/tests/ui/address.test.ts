import { describe, expect, it } from 'vitest';

import { labelSetOfAddress, sessionOfAddress } from '../../src/ui/labelling/address';
import { readOnlyReason } from '../../src/ui/labelling/rights';

describe('the address', () => {
  it('says which label, time and view, to the nanosecond', () => {
    const patch = sessionOfAddress(
      '?label=abc&t=1561645824999006761&view=camera%3Afront',
      1561645824000000000n,
      1561645826000000000n,
    );
    expect(patch).toEqual({ selection: ['abc'], timeNs: 1561645824999006761n, largeViewId: 'camera:front' });
  });

  it.each(['', '?t=', '?t=12.5', '?t=abc', '?t=99999999999999999999', '?t=5', '?label=&view='])(
    'says nothing where it holds nothing that can be used: %s',
    (search) => {
      expect(sessionOfAddress(search, 10n, 20n)).toEqual({});
    },
  );

  it('names a label set or none', () => {
    expect(labelSetOfAddress('?set=x')).toBe('x');
    expect(labelSetOfAddress('?t=3')).toBeNull();
  });
});

describe('readOnlyReason', () => {
  it.each([
    ['labeller', 'human', true],
    ['reviewer', 'human', true],
    ['engineer', 'human', false],
    ['admin', 'human', true],
    ['labeller', 'import', false],
    ['reviewer', 'gold', false],
    ['engineer', 'model', true],
    ['admin', 'simulation', true],
  ] as const)('as %s on %s labels: may edit is %s', (role, source, mayEdit) => {
    expect(readOnlyReason(role, source) === null).toBe(mayEdit);
  });
});
