import { describe, expect, it } from 'vitest';

import { labelId } from '../../../src/core/document/ids';
import {
  colorOfPerson,
  initialsOf,
  Presence,
  type PersonHere,
  type PresenceAnswer,
} from '../../../src/core/presence/presence';
import { Session } from '../../../src/core/session/session';
import { ManualClock, settle } from '../sync/harness';

const BEN: PersonHere = {
  tab_id: 't',
  user_id: 'ben',
  display_name: 'Ben',
  label_set_id: 's',
  selected: ['b'],
};

function tab(answer: { value: PresenceAnswer | null }) {
  const session = new Session();
  const clock = new ManualClock();
  const told: string[][] = [];
  const newer: number[] = [];
  let left = 0;
  const presence = new Presence({
    session,
    clock,
    tell: (selected) => {
      told.push([...selected]);
      return Promise.resolve(answer.value);
    },
    leave: () => (left += 1),
    onNewer: (revision) => newer.push(revision),
  });
  return { session, clock, told, newer, presence, left: () => left };
}

describe('presence', () => {
  it('is told at once, and seldom while nobody else is there', async () => {
    const { clock, told, session } = tab({ value: { revision: 0, others: [] } });
    await settle();
    session.select(labelId('a'));
    await clock.advance(7000);
    expect(told).toEqual([[]]);
    await clock.advance(2000);
    expect(told).toEqual([[], ['a']]);
  });

  it('shows the others, and tells them soon what is selected', async () => {
    const { clock, told, session, newer } = tab({ value: { revision: 7, others: [BEN] } });
    await settle();
    expect(session.get().others).toEqual([BEN]);
    expect(newer).toEqual([7]);
    session.select(labelId('a'));
    session.select(labelId('b'));
    await clock.advance(500);
    expect(told).toEqual([[], ['b']]);
    await clock.advance(3100);
    expect(told).toHaveLength(4);
  });

  it('keeps what is known of others while the server does not answer, and goes on asking', async () => {
    const answer: { value: PresenceAnswer | null } = { value: { revision: 0, others: [BEN] } };
    const { clock, session } = tab(answer);
    await settle();
    answer.value = null;
    await clock.advance(2000);
    expect(session.get().others).toEqual([BEN]);
    answer.value = { revision: 0, others: [] };
    await clock.advance(2000);
    expect(session.get().others).toEqual([]);
  });

  it('says when it leaves, and is silent then', async () => {
    const { clock, told, presence, left } = tab({ value: { revision: 0, others: [BEN] } });
    await settle();
    presence.dispose();
    await clock.advance(60_000);
    expect([told.length, left()]).toEqual([1, 1]);
  });

  it('has initials and a colour for everybody', () => {
    expect(['Anna Maria Lund', 'ben', 'ö.x', '', '𝒜 b'].map(initialsOf)).toEqual(['AM', 'B', 'ÖX', '', '𝒜B']);
    expect(colorOfPerson('ben')).toBe(colorOfPerson('ben'));
    expect(colorOfPerson('')).toMatch(/^#/);
  });
});
