import { describe, expect, it } from 'vitest';

import { evaluate } from '../../src/ui/controls/arithmetic';

describe('evaluate', () => {
  it.each([
    ['4.5', 4.5],
    ['4,5', 4.5],
    ['4.5 + 0.2', 4.7],
    ['2*1.9', 3.8],
    ['(3 + 1)/2 - 1', 1],
    ['-1.5', -1.5],
    ['−1.5', -1.5],
    ['2 - -3', 5],
    ['1e2', 100],
    ['5.', 5],
    ['.5', 0.5],
  ])('reads %s', (text, expected) => {
    expect(evaluate(text, 10)).toBeCloseTo(expected, 12);
  });

  it.each([
    ['*2', 20],
    ['/4', 2.5],
    ['+=0.5', 10.5],
    ['-= 1', 9],
  ])('works on what stood there: %s', (text, expected) => {
    expect(evaluate(text, 10)).toBeCloseTo(expected, 12);
  });

  it.each(['', '  ', 'abc', '1 2', '1+', '(1', '1)', '1/0', '--', '1..2', '2**3', 'Infinity'])(
    'refuses %j',
    (text) => {
      expect(evaluate(text, 10)).toBeNull();
    },
  );
});
