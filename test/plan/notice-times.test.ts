import { expect, test } from 'vitest';
import { weekToTell } from '../../src/plan/digest.ts';
import { overdueOf, spanWords } from '../../src/plan/overdue.ts';
import { tokenNotice } from '../../src/plan/token-notice.ts';

const NOW = new Date('2026-11-23T10:00:00Z'); // a Monday
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

test.for([
  { name: 'it ends in two months', ends: 60, result: null },
  { name: 'in exactly thirty days', ends: 30, result: 30 },
  { name: 'in twenty days', ends: 20, result: 30 },
  { name: 'in ten days', ends: 10, result: 14 },
  { name: 'in five days', ends: 5, result: 7 },
  { name: 'tonight', ends: 0.5, result: 1 },
  { name: 'it has ended', ends: -1, result: 'expired' },
  { name: 'it ended long ago', ends: -8, result: null },
  { name: 'it was made for ten days today', ends: 10, made: 0, result: null },
  { name: 'it was made for ten days, four days ago', ends: 6, made: -4, result: 7 },
])('complaint 18: what is told of a token: $name', ({ ends, made = -100, result }) => {
  expect(tokenNotice({ createdAt: inDays(made), expiresAt: inDays(ends) }, NOW)).toBe(result);
});

test.for([
  { name: 'it came within the time', since: -90, last: -6, result: null },
  { name: 'it came too long ago', since: -90, last: -8, result: { dueAt: inDays(-1), weeks: 0 } },
  { name: 'a week later it is told again', since: -90, last: -15, result: { dueAt: inDays(-8), weeks: 1 } },
  { name: 'none has come, and the wish is young', since: -6, last: null, result: null },
  { name: 'none has come', since: -8, last: null, result: { dueAt: inDays(-1), weeks: 0 } },
  { name: 'an old one, and the wish is young', since: -1, last: -90, result: null },
])('S29: a roster is overdue: $name', ({ since, last, result }) => {
  const lastAt = last === null ? null : inDays(last);
  expect(overdueOf({ everyHours: 168, since: inDays(since), lastAt }, NOW)).toEqual(result);
});

test.for([
  [168, '7d'],
  [36, '36h'],
  [24, '1d'],
] as const)('%i hours are written %s', ([hours, words]) => {
  expect(spanWords(hours)).toBe(words);
});

test.for([
  { name: 'Monday before eight', now: '2026-11-23T06:59:00Z', week: null },
  { name: 'Monday at eight', now: '2026-11-23T07:00:00Z', week: ['2026-11-16T07:00:00Z', '2026-11-23T07:00:00Z'] },
  { name: 'Tuesday, late', now: '2026-11-24T20:00:00Z', week: ['2026-11-16T07:00:00Z', '2026-11-23T07:00:00Z'] },
  { name: 'Thursday', now: '2026-11-26T08:00:00Z', week: null },
  { name: 'Sunday', now: '2026-11-22T08:00:00Z', week: null },
  {
    name: 'over the change of clocks',
    now: '2026-03-30T06:00:00Z',
    week: ['2026-03-23T07:00:00Z', '2026-03-30T06:00:00Z'],
  },
  {
    name: 'where Monday begins early',
    now: '2026-11-22T18:00:00Z',
    timeZone: 'Pacific/Kiritimati',
    week: ['2026-11-15T18:00:00Z', '2026-11-22T18:00:00Z'],
  },
])('S39: the week is told: $name', ({ now, timeZone = 'Europe/Berlin', week }) => {
  const told = weekToTell(new Date(now), timeZone);
  expect(told && [told.from, told.to]).toEqual(week?.map((time) => new Date(time)) ?? null);
});
