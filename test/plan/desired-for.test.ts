import { expect, test } from 'vitest';
import type { ActualAccount } from '../../src/model/account.ts';
import { type Restore, UNDECIDED } from '../../src/model/decision.ts';
import type { Link } from '../../src/model/link.ts';
import type { Person } from '../../src/model/person.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { NO_SIDE_EFFECTS } from '../../src/model/side-effect.ts';
import { desiredFor } from '../../src/plan/desired-for.ts';
import { plan } from '../../src/plan/plan.ts';

const actual: ActualAccount = {
  remoteId: 'r1',
  status: 'active',
  email: 'ada@example.org',
  attributes: { title: 'Clerk' },
  groups: ['sales'],
};
const suspended: ActualAccount = { ...actual, status: 'suspended' };
const link: Link = {
  remoteId: 'r1',
  state: 'active',
  origin: 'invited',
  applied: {},
  granted: ['sales'],
  suspendedAt: null,
  pendingEffects: [],
};
const away: Link = { ...link, state: 'suspended', suspendedAt: new Date(0) };
const scope = { attributes: ['title'], groups: true };
const active: Person = {
  id: '1',
  status: 'active',
  resource: { userName: 'ada@example.org', title: 'Clerk' },
  groups: ['sales'],
};
const left: Person = { ...active, status: 'deactivated' };
const moved: Person = { ...active, groups: ['support'], resource: { ...active.resource, title: 'Head' } };
const asBefore: Restore = {
  to: 'account',
  account: { email: 'ada@example.org', attributes: { title: 'Clerk' }, groups: ['sales'] },
};

type Row = {
  name: string;
  person: Person;
  link?: Link;
  actual?: ActualAccount;
  restore: Restore | null;
  policy?: Partial<Policy>;
  kinds?: string[];
  waiting?: string;
};

test.for<Row>([
  { name: 'the source counts where nothing was set aside', person: left, restore: null, kinds: ['suspend'] },
  {
    name: 'a leaver who was recovered keeps the account',
    person: left,
    restore: { to: 'active' },
    waiting: 'restored',
  },
  {
    name: 'S77: a suspended leaver gets it back',
    person: left,
    link: away,
    actual: suspended,
    restore: { to: 'active' },
    kinds: ['resume'],
  },
  {
    name: 'S77: who was deleted gets it back with its groups, though no membership is left at the source',
    person: { ...left, status: 'deleted', groups: [] },
    link: away,
    actual: suspended,
    restore: { to: 'active', groups: ['sales'] },
    kinds: ['resume'],
  },
  {
    name: 'a mover who was undone keeps the former attributes and groups',
    person: moved,
    restore: asBefore,
    waiting: 'restored',
  },
  {
    name: 'a mover who was undone afterwards gets them back',
    person: moved,
    link: { ...link, granted: ['support'] },
    actual: { ...actual, groups: ['support'], attributes: { title: 'Head' } },
    restore: asBefore,
    kinds: ['update', 'grant', 'revoke'],
  },
  { name: 'an invitation that was undone goes again', person: active, restore: { to: 'nobody' }, kinds: ['suspend'] },
  {
    name: 'a last day does not count for who was recovered',
    person: { ...left, resource: { ...left.resource, title: '2020-01-01' } },
    restore: { to: 'active' },
    policy: { lastDay: { onDate: 'title', offsetDays: 0, localTime: '18:00', timeZone: 'UTC' } },
    kinds: ['update'],
  },
])('$name', ({ person, restore, kinds = [], waiting = null, ...row }) => {
  const policy = { ...RECOMMENDED_POLICY, ...row.policy };
  const observed = { link: row.link ?? link, actual: row.actual ?? actual, found: [], taken: false };
  const can = { read: true, erase: true, anonymise: true, effects: NO_SIDE_EFFECTS };
  const decisions = { ...UNDECIDED, restore };
  const wanted = desiredFor(null, person, policy, scope, decisions);
  const planned = plan(wanted, observed, policy, { now: new Date(), can, decisions });
  expect(planned.actions.map(({ kind }) => kind)).toEqual(kinds);
  expect(planned.waiting).toBe(waiting);
});
