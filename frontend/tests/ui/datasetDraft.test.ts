import { describe, expect, it } from 'vitest';

import {
  draftOf,
  emptyDraft,
  FIRST_SPLIT,
  reasonAgainst,
  requestOf,
} from '../../src/ui/pages/datasets/draft';

const whole = {
  layers: ['objects', 'road'],
  sources: ['gold', 'human'],
  stages: ['accepted'],
  classes: ['car'],
  attributes: { parked: [true], state: ['open', 3] },
  clip_attributes: { city: ['Ulm'], lux: { min: 0.5, max: 7 }, year: { min: 2024 } },
  recorded: { from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z' },
  place: { south: 48, west: 9, north: 49, east: 10 },
  min_score: 0.9,
  clips: ['c1'],
};

describe('the draft of a data set version', () => {
  it('says again what a version was frozen from, also what it has no fields for', () => {
    expect(requestOf(draftOf(whole, null), null)).toEqual({ query: whole, split: null, spec: null });
    const toTheSecond = { layers: ['a'], sources: ['human'], recorded: { from: '2026-03-01T12:00:01Z' } };
    expect(requestOf(draftOf(toTheSecond, null), null).query).toEqual(toTheSecond);
  });

  it('asks for nothing where a field is empty', () => {
    const draft = {
      ...emptyDraft(['objects']),
      attributes: [{ name: 'parked', values: [] }],
      clipAttributes: [{ name: 'lux', values: [], min: '' as const, max: '' as const }],
    };
    expect(requestOf(draft, null).query).toEqual({ layers: ['objects'], sources: ['human'] });
  });

  it('names the last day that is taken, where the query names the first that is not', () => {
    expect(draftOf(whole, null).to).toBe('2026-03-31');
    const leap = { ...emptyDraft(['objects']), to: '2028-02-28' };
    expect(requestOf(leap, null).query).toMatchObject({ recorded: { to: '2028-02-29T00:00:00Z' } });
  });

  it('keeps a split as it was, but tries salts anew where classes are spread', () => {
    const split = {
      shares: { train: 0.7, val: 0.3 },
      by: 'trip',
      trip_attribute: 'drive',
      held_out: 'val',
      salt: 'x',
    };
    expect(requestOf(draftOf(whole, split), null).split).toEqual(split);
    const stratified = { ...split, stratify: 'class', salt: 'x#17' };
    expect(requestOf(draftOf(whole, stratified), null).split).toEqual({ ...stratified, salt: 'x' });
  });

  it('writes shares that sum to one', () => {
    const shares = [
      { name: 'a', percent: 70.1 },
      { name: 'b', percent: 29.9 },
    ];
    const request = requestOf({ ...emptyDraft(['o']), split: { ...FIRST_SPLIT, shares } }, null);
    expect(request.split).toMatchObject({ shares: { a: 0.701, b: 0.299 } });
  });

  it('says what is missing before it asks', () => {
    const draft = emptyDraft(['objects']);
    expect(reasonAgainst(draft)).toBeNull();
    expect(reasonAgainst({ ...draft, layers: [] })).toMatch(/layer/);
    expect(reasonAgainst({ ...draft, place: { ...draft.place, south: 1 } })).toMatch(/four sides/);
    const shares = [
      { name: 'a', percent: 50 },
      { name: 'b', percent: 40 },
    ];
    expect(reasonAgainst({ ...draft, split: { ...FIRST_SPLIT, shares } })).toMatch(/90 %/);
    const twice = shares.map((share) => ({ ...share, name: 'a' }));
    expect(reasonAgainst({ ...draft, split: { ...FIRST_SPLIT, shares: twice } })).toMatch(/same name/);
  });
});
