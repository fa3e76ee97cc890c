import { describe, expect, it } from 'vitest';

import { parseAttributes } from '../../src/ui/pages/desk/attributeRules';
import { filtersOf, listQueryOf, onlyPlace, withFilter } from '../../src/ui/pages/desk/filters';
import { leaseStateOf } from '../../src/ui/pages/desk/leaseState';
import { seriesOf, totalsOf } from '../../src/ui/pages/desk/progress';

describe('filters in the address', () => {
  it('are the same text in whatever order they stand there', () => {
    const one = new URLSearchParams('stage=review&layer=road&layer=objects&sort=clip');
    const other = new URLSearchParams('sort=clip&layer=road&stage=review&layer=objects');
    expect(filtersOf(one)).toBe('layer=road&layer=objects&stage=review');
    expect(filtersOf(other)).toBe(filtersOf(one));
    expect(listQueryOf(one)).toBe('layer=road&layer=objects&sort=clip&stage=review');
  });

  it('leave out what is empty and what is somebody else’s', () => {
    expect(filtersOf(new URLSearchParams('search=&tab=3&state=held'))).toBe('state=held');
  });

  it('show only the place of the board that was clicked', () => {
    const before = new URLSearchParams('layer=road&layer=objects&state=held&search=munich');
    const after = onlyPlace(before, 'objects', 'review', null);
    expect(filtersOf(after)).toBe('layer=objects&search=munich&stage=review');
    expect(filtersOf(withFilter(after, 'stage', []))).toBe('layer=objects&search=munich');
  });
});

describe('rules on attributes', () => {
  it('take numbers and truth values for what they are, and quoted ones for texts', () => {
    expect(parseAttributes('weather = rain, fog\nlanes=2, 2.5\nnight = true\ncode = "7"\n')).toEqual({
      weather: ['rain', 'fog'],
      lanes: [2, 2.5],
      night: [true],
      code: ['7'],
    });
    expect(parseAttributes(' \n')).toEqual({});
  });

  it.each(['rain', '= rain', 'weather =', 'weather = ,'])('name the line that says nothing: %s', (line) => {
    expect(parseAttributes(`lanes = 2\n${line}`)).toContain(`found «${line.trim()}»`);
  });
});

describe('who is at work', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  it.each([
    ['2026-11-21T11:59:30Z', '2026-11-21T12:15:00Z', 'working'],
    ['2026-11-21T11:55:00Z', '2026-11-21T12:10:00Z', 'quiet'],
    ['2026-11-21T09:00:00Z', null, 'paused'],
  ])('heard at %s, runs out %s: %s', (heard_at, expires_at, state) => {
    expect(leaseStateOf({ heard_at, expires_at }, now)).toBe(state);
  });
});

describe('work over time', () => {
  const day = (name: string, accepted: number, sent_back: number, actions: number, labels: number) => ({
    day: name,
    submitted: 1,
    accepted,
    sent_back,
    labelling_h: 1.5,
    reviewing_h: 0.5,
    actions,
    labels,
  });
  const days = [day('2026-11-20', 3, 1, 30, 10), day('2026-11-21', 0, 0, 0, 0)];

  it('has a gap where nobody looked, not a zero', () => {
    const series = seriesOf(days);
    expect(series.sentBack_percent).toEqual([25, null]);
    expect(series.actionsPerLabel).toEqual([3, null]);
    expect(series.days[1]! - series.days[0]!).toBe(86_400);
  });

  it('sums up by what happened, not by the days', () => {
    expect(totalsOf(days)).toEqual({ accepted: 3, hours: 4, sentBackShare: 0.25, actionsPerLabel: 3 });
    expect(totalsOf([]).sentBackShare).toBeNull();
  });
});
