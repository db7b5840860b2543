import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActualAccount } from '../../src/model/account.ts';
import type { Action } from '../../src/model/action.ts';
import { type Guard, DEFAULT_GUARD as guard } from '../../src/model/policy.ts';
import { describeHold, judge, limitOf, lossesOf, needsTwoPeople, withoutLosses } from '../../src/plan/guard.ts';

const ada: ActualAccount = {
  remoteId: 'r1',
  email: 'ada@example.org',
  status: 'active',
  attributes: {},
  groups: ['editors'],
};
const remoteId = ada.remoteId;

test.for([
  { name: 'the first leaver passes', hour: 0, day: 0, active: 40, outcome: 'pass' },
  {
    name: 'the fifth of a small company passes, though 10 % would be four',
    hour: 4,
    day: 4,
    active: 40,
    outcome: 'pass',
  },
  { name: 'the sixth within an hour is held', hour: 5, day: 5, active: 40, outcome: 'hour 6 of 5' },
  { name: 'the eighth of a day passes', hour: 1, day: 7, active: 40, outcome: 'pass' },
  { name: 'the ninth of a day is held, however slowly they leave', hour: 0, day: 8, active: 40, outcome: 'day 9 of 8' },
  { name: 'of five people all may leave', hour: 4, day: 4, active: 5, outcome: 'pass' },
  { name: 'the hundredth of a thousand passes', hour: 99, day: 99, active: 1000, outcome: 'pass' },
  { name: 'the hundred-and-first does not', hour: 100, day: 100, active: 1000, outcome: 'hour 101 of 100' },
  { name: 'a share is rounded down', hour: 9, day: 9, active: 99, outcome: 'hour 10 of 9' },
])('$name', ({ hour, day, active, outcome }) => {
  const judgement = judge('access', { hour, day, active }, guard);
  const words = judgement.kind === 'pass' ? 'pass' : `${judgement.window} ${judgement.people} of ${judgement.limit}`;
  expect(words).toBe(outcome);
});

test.for([
  { name: 'less than half: one may release', people: 19, active: 40, two: false },
  { name: 'half: two must', people: 20, active: 40, two: true },
  { name: '499 of very many: one', people: 499, active: 100_000, two: false },
  { name: '500 of very many: two', people: 500, active: 100_000, two: true },
])('$name', ({ people, active, two }) => {
  expect(needsTwoPeople(people, active, guard)).toBe(two);
});

const update = (email: string, attributes = {}): Action => ({ kind: 'update', remoteId, email, attributes });
test.for<{ name: string; actions: Action[]; actual?: ActualAccount; losses: string[]; rest: Action[] }>([
  { name: 'a suspension is a loss', actions: [{ kind: 'suspend', remoteId }], losses: ['access: suspend'], rest: [] },
  {
    name: 'a suspension that only has to be completed is none',
    actions: [{ kind: 'suspend', remoteId }],
    actual: { ...ada, status: 'suspended' },
    losses: [],
    rest: [{ kind: 'suspend', remoteId }],
  },
  {
    name: 'erasing is a loss, be it of a suspended account',
    actions: [{ kind: 'erase', remoteId }],
    actual: { ...ada, status: 'suspended' },
    losses: ['access: erase'],
    rest: [],
  },
  {
    name: 'a mover gets the new group, and keeps the old one',
    actions: [
      { kind: 'grant', remoteId, group: 'authors' },
      { kind: 'revoke', remoteId, group: 'editors' },
    ],
    losses: ['access: revoke editors'],
    rest: [{ kind: 'grant', remoteId, group: 'authors' }],
  },
  {
    name: 'a new address is a loss, the title beside it is not',
    actions: [update('new@example.org', { title: 'Head' })],
    losses: ['email: e-mail new@example.org'],
    rest: [update('ada@example.org', { title: 'Head' })],
  },
  {
    name: 'an address in other letters is none',
    actions: [update('ADA@example.org')],
    losses: [],
    rest: [update('ADA@example.org')],
  },
  {
    name: 'giving never waits',
    actions: [
      { kind: 'resume', remoteId },
      { kind: 'grant', remoteId, group: 'authors' },
    ],
    losses: [],
    rest: [
      { kind: 'resume', remoteId },
      { kind: 'grant', remoteId, group: 'authors' },
    ],
  },
])('$name', ({ actions, actual = ada, losses, rest }) => {
  expect(lossesOf(actions, actual).map(({ counter, name }) => `${counter}: ${name}`)).toEqual(losses);
  expect(withoutLosses(actions, actual)).toEqual(rest);
});

test('a hold says its numbers', () => {
  const numbers = { window: 'hour', people: 14, active: 40, limit: 5 } as const;
  expect(describeHold({ counter: 'access', ...numbers })).toBe(
    '14 of 40 accounts would lose access within one hour (limit 5)',
  );
});

describe('for all numbers', () => {
  const guards: fc.Arbitrary<Guard> = fc.record({
    floor: fc.nat(20),
    perHourPercent: fc.nat(100),
    perDayPercent: fc.nat(100),
    twoPeoplePercent: fc.nat(100),
    whileHeld: fc.constantFrom('wait', 'effects'),
  });

  test('whoever leaves, and whenever: no window ever loses more than its limit', () => {
    fc.assert(
      fc.property(guards, fc.nat(300), fc.array(fc.nat(30 * 60), { maxLength: 200 }), (limits, active, minutes) => {
        const passed: number[] = [];
        const within = (now: number, window: number) => passed.filter((at) => at > now - window).length;
        for (const now of minutes.toSorted((a, b) => a - b)) {
          const counted = { hour: within(now, 60), day: within(now, 1440), active };
          if (judge('access', counted, limits).kind === 'pass') passed.push(now);
          expect(within(now, 60)).toBeLessThanOrEqual(limitOf(limits, 'hour', active));
          expect(within(now, 1440)).toBeLessThanOrEqual(limitOf(limits, 'day', active));
        }
      }),
    );
  });

  test('up to the floor everybody passes, and who is held stays held with more losses', () => {
    fc.assert(
      fc.property(guards, fc.nat(1000), fc.nat(300), fc.nat(300), fc.nat(50), (limits, active, hour, more, later) => {
        const day = hour + more;
        const { kind } = judge('access', { hour, day, active }, limits);
        if (day < limits.floor) expect(kind).toBe('pass');
        if (kind === 'hold')
          expect(judge('access', { hour: hour + later, day: day + later, active }, limits).kind).toBe('hold');
      }),
    );
  });

  test('what is left of a plan takes nothing away', () => {
    const action: fc.Arbitrary<Action> = fc.oneof(
      fc
        .constantFrom<'suspend' | 'resume' | 'erase'>('suspend', 'resume', 'erase')
        .map((kind): Action => ({ kind, remoteId })),
      fc
        .constantFrom<'grant' | 'revoke'>('grant', 'revoke')
        .map((kind): Action => ({ kind, remoteId, group: 'editors' })),
      fc.constantFrom('ada@example.org', 'new@example.org').map((email) => update(email, { title: 'x' })),
    );
    fc.assert(
      fc.property(fc.array(action), fc.constantFrom('active', 'suspended', 'invited'), (actions, status) => {
        const actual = { ...ada, status } as ActualAccount;
        expect(lossesOf(withoutLosses(actions, actual), actual)).toEqual([]);
      }),
    );
  });
});
