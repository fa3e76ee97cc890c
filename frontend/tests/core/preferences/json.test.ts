import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type JsonObject, mergeObjects, withDefaults } from '../../../src/core/preferences/json';

const objects = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.integer({ max: 3 }), fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ max: 3 }))),
  {
    noNullPrototype: true,
  },
) as fc.Arbitrary<JsonObject>;

describe('merging what two tabs changed', () => {
  it('takes what only one of them changed from that one', () => {
    const base = { a: 1, b: { x: 1, y: 1 }, c: 1 };
    const merged = mergeObjects(base, { ...base, b: { x: 2, y: 1 } }, { a: 3, b: { x: 1, y: 4 } });
    expect(merged).toEqual({ a: 3, b: { x: 2, y: 4 } });
  });

  it('keeps mine where both changed the same thing, also a removal', () => {
    expect(mergeObjects({ a: 1, b: 1 }, { a: 2 }, { a: 3, b: 3 })).toEqual({ a: 2 });
  });

  it('merges lists as one thing', () => {
    expect(mergeObjects({ a: ['k'] }, { a: ['k', 'l'] }, { a: ['m'] })).toEqual({ a: ['k', 'l'] });
  });

  it('is theirs without a change of mine, and mine without one of theirs', () => {
    fc.assert(
      fc.property(objects, objects, (base, other) => {
        expect(mergeObjects(base, base, other)).toEqual(other);
        expect(mergeObjects(base, other, base)).toEqual(other);
        expect(mergeObjects(base, other, other)).toEqual(other);
      }),
    );
  });
});

describe('what is remembered, on defaults', () => {
  const defaults = { width: 10, isOpen: true, mode: 'one', ids: ['a'], inner: { size: 2 } };

  it("is taken where it is of the default's kind", () => {
    const kept = { width: 20, isOpen: 'yes', ids: ['b', 'c'], inner: { size: 3 }, unknown: 1 };
    expect(withDefaults(defaults, kept)).toEqual({
      ...defaults,
      width: 20,
      ids: ['b', 'c'],
      inner: { size: 3 },
    });
  });

  it('is the default where it is of another kind', () => {
    expect(withDefaults(defaults, { width: null, ids: 'a', inner: [] })).toEqual(defaults);
    expect(withDefaults(defaults, null)).toEqual(defaults);
    expect(withDefaults(defaults, [1])).toEqual(defaults);
  });
});
