import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActualAccount, Attributes, DesiredAccount } from '../../src/model/account.ts';
import type { Action } from '../../src/model/action.ts';
import { type Decisions, UNDECIDED } from '../../src/model/decision.ts';
import type { Link } from '../../src/model/link.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { NO_SIDE_EFFECTS, type SideEffects } from '../../src/model/side-effect.ts';
import type { Desired } from '../../src/plan/desired.ts';
import { type Circumstances, type Observed, plan } from '../../src/plan/plan.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-06-01T12:00:00Z');
const name = fc.constantFrom('Ada', 'Grace', 'Zoë', '');
const group = fc.constantFrom('editors', 'authors', 'choir');
const EFFECTS: SideEffects = {
  suspend: [
    { name: 'end sessions', whileHeld: true },
    { name: 'freeze cards', whileHeld: false },
  ],
  resume: [{ name: 'welcome back', whileHeld: false }],
};
const desiredAccount: fc.Arbitrary<DesiredAccount> = fc.record({
  email: fc.constantFrom('ada@example.org', 'ADA@example.org', 'grace@example.org'),
  attributes: fc.record({ displayName: fc.option(name), title: fc.option(name) }),
  groups: fc.uniqueArray(group),
});
const actualAccount: fc.Arbitrary<ActualAccount> = fc.record({
  remoteId: fc.constantFrom('r1', 'r2'),
  status: fc.constantFrom('invited', 'active', 'suspended'),
  email: fc.constantFrom('ada@example.org', 'old@example.org'),
  attributes: fc.record({ displayName: fc.option(name) }),
  groups: fc.uniqueArray(group),
});
const linkOf: fc.Arbitrary<Link> = fc.record({
  remoteId: fc.constant('r1'),
  state: fc.constantFrom('inviting', 'invited', 'active', 'suspending', 'suspended', 'erased'),
  origin: fc.constantFrom('invited', 'adopted'),
  applied: fc.record({
    attributes: fc.record({ title: fc.option(name) }),
    given: fc.record({ title: fc.boolean(), displayName: fc.boolean() }),
  }),
  granted: fc.uniqueArray(group),
  suspendedAt: fc.constantFrom(null, NOW, new Date(NOW.getTime() - 30 * DAY_MS)),
  pendingEffects: fc.uniqueArray(fc.constantFrom('end sessions', 'freeze cards', 'welcome back', 'of long ago')),
});
const desired: fc.Arbitrary<Desired> = fc.oneof(
  desiredAccount.map((account): Desired => ({ kind: 'account', account })),
  fc
    .tuple(desiredAccount, fc.constantFrom(null, NOW, new Date(NOW.getTime() + DAY_MS)))
    .map(([account, firstDay]): Desired => ({ kind: 'account', account, firstDay })),
  fc.tuple(desiredAccount, fc.constantFrom(NOW, new Date(NOW.getTime() + DAY_MS))).map(([account, at]): Desired => {
    const after: Desired = { kind: 'nobody', onLeave: 'suspend' };
    return { kind: 'account', account, lastDay: { at, after } };
  }),
  fc
    .constantFrom('suspend', 'suspend-then-erase', 'erase', 'ignore')
    .map((onLeave): Desired => ({ kind: 'nobody', onLeave })),
  fc.constantFrom('missing_email', 'protected', 'not_granted').map((reason): Desired => ({ kind: 'unknown', reason })),
);
const observed: fc.Arbitrary<Observed> = fc
  .record({
    link: fc.option(linkOf),
    actual: fc.option(actualAccount),
    found: fc.array(actualAccount, { maxLength: 2 }),
    taken: fc.boolean(),
  })
  .map(({ link, actual, found, taken }): Observed => {
    if (!link) return { link, actual: null, found, taken };
    const hasAccount = link.state !== 'inviting' && link.state !== 'erased';
    return hasAccount
      ? { link, actual: actual && { ...actual, remoteId: 'r1' }, found: [], taken }
      : { link: { ...link, remoteId: null }, actual: null, found, taken };
  });
const policy: fc.Arbitrary<Policy> = fc.record({
  ...Object.fromEntries(Object.entries(RECOMMENDED_POLICY).map(([field, value]) => [field, fc.constant(value)])),
  invite: fc.constantFrom('automatic', 'manual', {
    onDate: 'startDate',
    offsetDays: 0,
    localTime: '08:00',
    timeZone: 'UTC',
  }),
  adoptExisting: fc.constantFrom('all', 'ask'),
  onDisconnect: fc.constant(RECOMMENDED_POLICY.onDisconnect),
  graceDays: fc.constantFrom(0, 30, 365),
  erasureMode: fc.constantFrom('erase', 'anonymise', 'keep'),
  suspendScope: fc.constantFrom('active', 'all'),
  manualEdits: fc.constantFrom('override', 'preserve', 'lock', 'ask', { displayName: 'ask', default: 'preserve' }),
}) as fc.Arbitrary<Policy>;
const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  now: fc.constant(NOW),
  can: fc.record({
    read: fc.boolean(),
    erase: fc.boolean(),
    anonymise: fc.boolean(),
    effects: fc.constantFrom(NO_SIDE_EFFECTS, EFFECTS),
  }),
  decisions: fc.record({ invite: fc.boolean(), adopt: fc.constantFrom(null, 'r1', 'r2'), restore: fc.constant(null) }),
});

/** As deliver/ keeps decisions: carried out once. */
function after(action: Action, { decisions, ...rest }: Circumstances): Circumstances {
  const spent: Decisions = action.kind === 'invite' || action.kind === 'adopt' ? UNDECIDED : decisions;
  return { ...rest, decisions: spent };
}

/** A target that does what it is told, and the link as deliver/ keeps it. */
function carryOut(state: Observed, action: Action, { can: { effects } }: Circumstances): Observed {
  const { link, actual, found, taken } = state;
  const base: Link = link ?? {
    remoteId: null,
    state: 'active',
    origin: 'invited',
    applied: {},
    granted: [],
    suspendedAt: null,
    pendingEffects: [],
  };
  switch (action.kind) {
    case 'invite': {
      const account: ActualAccount = { ...action.account, groups: [], remoteId: 'new', status: 'invited' };
      return {
        link: {
          ...base,
          remoteId: 'new',
          state: 'invited',
          granted: [],
          applied: { given: givenBy(action.account.attributes) },
        },
        actual: account,
        found: [],
        taken,
      };
    }
    case 'adopt': {
      const account = found.find((item) => item.remoteId === action.remoteId) ?? null;
      return { link: { ...base, remoteId: action.remoteId, state: 'active' }, actual: account, found: [], taken };
    }
    case 'update':
      return {
        link: {
          ...base,
          applied: {
            attributes: { ...base.applied.attributes, ...action.attributes },
            given: { ...base.applied.given, ...givenBy(action.attributes) },
          },
        },
        actual: actual && { ...actual, email: action.email, attributes: visible(actual, action.attributes) },
        found,
        taken,
      };
    case 'grant':
      return {
        link: { ...base, granted: [...base.granted, action.group] },
        actual: actual && { ...actual, groups: [...actual.groups, action.group] },
        found,
        taken,
      };
    case 'revoke':
      return {
        link: { ...base, granted: base.granted.filter((item) => item !== action.group) },
        actual: actual && { ...actual, groups: actual.groups.filter((item) => item !== action.group) },
        found,
        taken,
      };
    case 'suspend':
      return {
        link: {
          ...base,
          state: effects.suspend.length ? 'suspending' : 'suspended',
          suspendedAt: NOW,
          pendingEffects: effects.suspend.map(({ name: effect }) => effect),
        },
        actual: actual && { ...actual, status: 'suspended' },
        found,
        taken,
      };
    case 'resume':
      return {
        link: {
          ...base,
          state: 'active',
          suspendedAt: null,
          pendingEffects: effects.resume.map(({ name: effect }) => effect),
        },
        actual: actual && { ...actual, status: 'active' },
        found,
        taken,
      };
    case 'erase':
    case 'anonymise':
      return {
        link: { ...base, remoteId: null, state: 'erased', suspendedAt: null, pendingEffects: [] },
        actual: null,
        found,
        taken,
      };
    case 'effect': {
      const pendingEffects = base.pendingEffects.filter((effect) => effect !== action.name);
      const completed = base.state === 'suspending' && pendingEffects.length === 0;
      return { ...state, link: { ...base, pendingEffects, state: completed ? 'suspended' : base.state } };
    }
    default:
      return action satisfies never;
  }
}

const givenBy = (attributes: Attributes) =>
  Object.fromEntries(Object.entries(attributes).map(([attribute, value]) => [attribute, Boolean(value)]));

/** The target shows displayName only; titles are write-only there. */
function visible(actual: ActualAccount, change: Record<string, string | null>): ActualAccount['attributes'] {
  return 'displayName' in change
    ? { ...actual.attributes, displayName: change['displayName'] ?? null }
    : actual.attributes;
}

test('a target that does what it is told is settled after three looks at most', () => {
  fc.assert(
    fc.property(desired, observed, policy, circumstances, (wanted, seen, rules, around) => {
      let state = seen;
      let now = around;
      for (let look = 0; look < 3; look++) {
        for (const action of plan(wanted, state, rules, now).actions) {
          state = carryOut(state, action, now);
          now = after(action, now);
        }
      }
      expect(plan(wanted, state, rules, now).actions).toEqual([]);
    }),
    { numRuns: 5000 },
  );
});

test('without a link nothing but an invite or an adoption is ever planned', () => {
  fc.assert(
    fc.property(desired, observed, policy, circumstances, (wanted, seen, rules, around) => {
      const { actions } = plan(wanted, { ...seen, link: null, actual: null }, rules, around);
      expect(actions.every(({ kind }) => kind === 'invite' || kind === 'adopt')).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('only groups that we granted are ever revoked', () => {
  fc.assert(
    fc.property(desired, observed, policy, circumstances, (wanted, seen, rules, around) => {
      for (const action of plan(wanted, seen, rules, around).actions) {
        if (action.kind === 'revoke') expect(seen.link?.granted).toContain(action.group);
      }
    }),
    { numRuns: 1000 },
  );
});

const LOSSES: readonly string[] = ['suspend', 'erase', 'anonymise'];

test('access is taken only from somebody who left', () => {
  fc.assert(
    fc.property(desired, observed, policy, circumstances, (wanted, seen, rules, around) => {
      const losses = plan(wanted, seen, rules, around).actions.filter(({ kind }) => LOSSES.includes(kind));
      const past = wanted.kind === 'account' && wanted.lastDay && wanted.lastDay.at <= around.now;
      expect(losses.length === 0 || wanted.kind === 'nobody' || past).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('S77: an account ends only where the policy says erase, or as an invitation that nobody accepted', () => {
  fc.assert(
    fc.property(desired, observed, policy, circumstances, (wanted, seen, rules, around) => {
      const ends = plan(wanted, seen, rules, around).actions.filter(
        ({ kind }) => kind === 'erase' || kind === 'anonymise',
      );
      if (ends.length === 0 || wanted.kind !== 'nobody' || wanted.onLeave === 'erase') return;
      const since = seen.link?.suspendedAt?.getTime() ?? Number.POSITIVE_INFINITY;
      const graceOver =
        wanted.onLeave === 'suspend-then-erase' &&
        rules.erasureMode !== 'keep' &&
        since + rules.graceDays * DAY_MS <= around.now.getTime();
      const openInvitation =
        rules.suspendScope === 'active' && seen.actual?.status === 'invited' && seen.link?.origin === 'invited';
      expect(graceOver || openInvitation).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('what is to be looked at again lies ahead, and then there is something to do', () => {
  fc.assert(
    fc.property(desired, observed, policy, circumstances, (wanted, seen, rules, around) => {
      const { lookAgainAt, actions } = plan(wanted, seen, rules, around);
      if (!lookAgainAt) return;
      expect(actions).toEqual([]);
      expect(lookAgainAt.getTime()).toBeGreaterThan(around.now.getTime());
      expect(plan(wanted, seen, rules, { ...around, now: lookAgainAt }).actions).not.toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
