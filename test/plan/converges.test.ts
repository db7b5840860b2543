import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActualAccount, Attributes, DesiredAccount } from '../../src/model/account.ts';
import type { Action } from '../../src/model/action.ts';
import type { Link } from '../../src/model/link.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import type { Desired } from '../../src/plan/desired.ts';
import { type Observed, plan } from '../../src/plan/plan.ts';

const name = fc.constantFrom('Ada', 'Grace', 'Zoë', '');
const group = fc.constantFrom('editors', 'authors', 'choir');
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
});
const desired: fc.Arbitrary<Desired> = fc.oneof(
  desiredAccount.map((account): Desired => ({ kind: 'account', account })),
  fc.constantFrom('suspend', 'erase', 'ignore').map((onLeave): Desired => ({ kind: 'nobody', onLeave })),
  fc.constant<Desired>({ kind: 'unknown', reason: 'missing_email' }),
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
  invite: fc.constantFrom('automatic', 'manual'),
  adoptExisting: fc.constantFrom('all', 'ask'),
  onDeactivate: fc.constant('suspend'),
  onDelete: fc.constant('suspend'),
  onDisconnect: fc.constant(RECOMMENDED_POLICY.onDisconnect),
});

/** A target that does what it is told, and the link as deliver/ keeps it. */
function carryOut(state: Observed, action: Action): Observed {
  const { link, actual, found, taken } = state;
  const base: Link = link ?? { remoteId: null, state: 'active', origin: 'invited', applied: {}, granted: [] };
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
        link: { ...base, state: 'suspended' },
        actual: actual && { ...actual, status: 'suspended' },
        found,
        taken,
      };
    case 'resume':
      return { link: { ...base, state: 'active' }, actual: actual && { ...actual, status: 'active' }, found, taken };
    case 'erase':
      return { link: { ...base, remoteId: null, state: 'erased' }, actual: null, found, taken };
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
    fc.property(desired, observed, policy, (wanted, seen, rules) => {
      let state = seen;
      for (let look = 0; look < 3; look++) {
        state = plan(wanted, state, rules).actions.reduce(carryOut, state);
      }
      expect(plan(wanted, state, rules).actions).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('without a link nothing but an invite or an adoption is ever planned', () => {
  fc.assert(
    fc.property(desired, observed, policy, (wanted, seen, rules) => {
      const kinds = plan(wanted, { ...seen, link: null, actual: null }, rules).actions.map((action) => action.kind);
      expect(kinds.every((kind) => kind === 'invite' || kind === 'adopt')).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('only groups that we granted are ever revoked', () => {
  fc.assert(
    fc.property(desired, observed, policy, (wanted, seen, rules) => {
      for (const action of plan(wanted, seen, rules).actions) {
        if (action.kind === 'revoke') expect(seen.link?.granted).toContain(action.group);
      }
    }),
    { numRuns: 1000 },
  );
});

test('access is taken only from somebody who left', () => {
  fc.assert(
    fc.property(desired, observed, policy, (wanted, seen, rules) => {
      const losses = plan(wanted, seen, rules).actions.filter(({ kind }) => kind === 'suspend' || kind === 'erase');
      expect(losses.length === 0 || wanted.kind === 'nobody').toBe(true);
    }),
    { numRuns: 1000 },
  );
});
