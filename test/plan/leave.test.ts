import { expect, test } from 'vitest';
import type { ActualAccount } from '../../src/model/account.ts';
import { UNDECIDED } from '../../src/model/decision.ts';
import type { Link } from '../../src/model/link.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { NO_SIDE_EFFECTS } from '../../src/model/side-effect.ts';
import { planLeave } from '../../src/plan/leave.ts';
import type { Circumstances } from '../../src/plan/plan.ts';

const now = new Date('2026-06-30T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const active: ActualAccount = { remoteId: 'r1', status: 'active', email: 'a@x.org', attributes: {}, groups: [] };
const suspended: ActualAccount = { ...active, status: 'suspended' };
const invited: ActualAccount = { ...active, status: 'invited' };
const here: Link = {
  remoteId: 'r1',
  state: 'active',
  origin: 'invited',
  applied: {},
  granted: [],
  suspendedAt: null,
  pendingEffects: [],
};
const since = (suspendedAt: Date | null): Link => ({ ...here, state: 'suspended', suspendedAt });
const able = { read: true, erase: true, anonymise: true, effects: NO_SIDE_EFFECTS };
const withEffects: Circumstances['can'] = {
  ...able,
  effects: {
    suspend: [
      { name: 'end sessions', whileHeld: true },
      { name: 'freeze cards', whileHeld: false },
    ],
    resume: [],
  },
};
const unable = { ...able, erase: false, anonymise: false };

type Row = {
  name: string;
  onLeave: Policy['onDelete'];
  policy?: Partial<Policy>;
  link?: Link;
  actual: ActualAccount;
  can?: Circumstances['can'];
  kinds?: string[];
  waiting?: string;
  lookAgainAt?: Date;
};
const ALONE = 'left_alone';
const THEN = 'suspend-then-erase';
const erasing: Partial<Policy> = { erasureMode: 'erase' };
const anonymising: Partial<Policy> = { erasureMode: 'anonymise' };
const activeOnly: Partial<Policy> = { suspendScope: 'active' };

const rows: Row[] = [
  { name: 'suspend suspends', onLeave: 'suspend', actual: active, kinds: ['suspend'] },
  { name: 'suspend is done once', onLeave: 'suspend', actual: suspended, link: since(daysAgo(99)) },
  { name: 'suspend never erases', onLeave: 'suspend', policy: erasing, actual: suspended, link: since(daysAgo(99)) },
  { name: 'S18: ignore does nothing, and says so', onLeave: 'ignore', policy: erasing, actual: active, waiting: ALONE },
  { name: 'S77: first it is suspended', onLeave: THEN, policy: erasing, actual: active, kinds: ['suspend'] },
  {
    name: 'S77: within the grace it stays suspended, and is looked at again at its end',
    onLeave: THEN,
    policy: erasing,
    actual: suspended,
    link: since(daysAgo(29)),
    waiting: 'grace',
    lookAgainAt: new Date(daysAgo(29).getTime() + 30 * 86_400_000),
  },
  {
    name: 'S77: at the end of the grace it is erased',
    onLeave: THEN,
    policy: erasing,
    actual: suspended,
    link: since(daysAgo(30)),
    kinds: ['erase'],
  },
  {
    name: 'S77: a longer grace counts from the suspension',
    onLeave: THEN,
    policy: { ...erasing, graceDays: 365 },
    actual: suspended,
    link: since(daysAgo(364)),
    waiting: 'grace',
    lookAgainAt: new Date(daysAgo(364).getTime() + 365 * 86_400_000),
  },
  {
    name: 'S77: without grace it is erased after the suspension',
    onLeave: THEN,
    policy: { ...erasing, graceDays: 0 },
    actual: suspended,
    link: since(now),
    kinds: ['erase'],
  },
  {
    name: 'S77: a suspension of unknown age is delivered again before the grace runs',
    onLeave: THEN,
    policy: erasing,
    actual: suspended,
    link: since(null),
    kinds: ['suspend'],
  },
  {
    name: 'S77: an account that somebody gave back is suspended anew',
    onLeave: THEN,
    policy: erasing,
    actual: active,
    link: since(daysAgo(99)),
    kinds: ['suspend'],
  },
  {
    name: 'S76: anonymised instead, if the network prefers',
    onLeave: THEN,
    policy: anonymising,
    actual: suspended,
    link: since(daysAgo(30)),
    kinds: ['anonymise'],
  },
  { name: 'keep keeps it suspended', onLeave: THEN, actual: suspended, link: since(daysAgo(99)) },
  {
    name: 'an app that cannot anonymise keeps it suspended, and says so',
    onLeave: THEN,
    policy: anonymising,
    actual: suspended,
    link: since(daysAgo(99)),
    can: unable,
    waiting: 'cannot_anonymise',
  },
  {
    name: 'an app that cannot erase keeps it suspended, and says so',
    onLeave: THEN,
    policy: erasing,
    actual: suspended,
    link: since(daysAgo(99)),
    can: unable,
    waiting: 'cannot_erase',
  },
  { name: 'S35: erase erases at once', onLeave: 'erase', actual: active, kinds: ['erase'] },
  { name: 'erase erases the suspended', onLeave: 'erase', actual: suspended, link: since(now), kinds: ['erase'] },
  {
    name: 'erase suspends before it anonymises',
    onLeave: 'erase',
    policy: anonymising,
    actual: active,
    kinds: ['suspend', 'anonymise'],
  },
  { name: 'erase suspends where the app cannot', onLeave: 'erase', actual: active, can: unable, kinds: ['suspend'] },
  {
    name: 'erase waits where the app cannot',
    onLeave: 'erase',
    actual: suspended,
    link: since(now),
    can: unable,
    waiting: 'cannot_erase',
  },
  {
    name: 'S17: an invitation is withdrawn instead of suspended',
    onLeave: 'suspend',
    policy: activeOnly,
    actual: invited,
    kinds: ['erase'],
  },
  { name: 'S17: scope all suspends it', onLeave: 'suspend', actual: invited, kinds: ['suspend'] },
  {
    name: 'S17: who accepted is suspended',
    onLeave: 'suspend',
    policy: activeOnly,
    actual: active,
    kinds: ['suspend'],
  },
  {
    name: 'S17: already suspended is left as it is',
    onLeave: 'suspend',
    policy: activeOnly,
    actual: suspended,
    link: since(now),
  },
  {
    name: 'S17: an app that cannot erase suspends the invitation',
    onLeave: 'suspend',
    policy: activeOnly,
    actual: invited,
    can: unable,
    kinds: ['suspend'],
  },
  {
    name: 'S17: an app that cannot be read may hide that it was accepted',
    onLeave: 'suspend',
    policy: activeOnly,
    actual: invited,
    can: { ...able, read: false },
    kinds: ['suspend'],
  },
  {
    name: 'S17: an invitation that somebody else sent is not ours to withdraw',
    onLeave: 'suspend',
    policy: activeOnly,
    actual: invited,
    link: { ...here, origin: 'adopted' },
    kinds: ['suspend'],
  },
  {
    name: 'S9: a suspension has the side effects of the app behind it',
    onLeave: 'suspend',
    actual: active,
    can: withEffects,
    kinds: ['suspend', 'end sessions', 'freeze cards'],
  },
  {
    name: 'S9: what is still to be done of them is all that is done',
    onLeave: 'erase',
    policy: anonymising,
    actual: suspended,
    link: { ...here, state: 'suspending', suspendedAt: now, pendingEffects: ['freeze cards'] },
    can: withEffects,
    kinds: ['freeze cards'],
  },
  {
    name: 'S9: who was given back in the app meanwhile is suspended again, with all of them',
    onLeave: 'suspend',
    actual: active,
    link: { ...here, state: 'suspending', pendingEffects: ['freeze cards'] },
    can: withEffects,
    kinds: ['suspend', 'end sessions', 'freeze cards'],
  },
  {
    name: 'an unanswered suspension whose side effects the app does not declare any more is delivered again',
    onLeave: 'suspend',
    actual: suspended,
    link: { ...here, state: 'suspending', pendingEffects: ['of long ago'] },
    can: withEffects,
    kinds: ['suspend', 'end sessions', 'freeze cards'],
  },
  {
    name: 'S9: nobody is made anonymous before sessions have ended',
    onLeave: 'erase',
    policy: anonymising,
    actual: active,
    can: withEffects,
    kinds: ['suspend', 'end sessions', 'freeze cards', 'anonymise'],
  },
  {
    name: 'S17: ignore leaves an invitation, too',
    onLeave: 'ignore',
    policy: activeOnly,
    actual: invited,
    waiting: ALONE,
  },
];

test.for(rows)('$name', ({ onLeave, policy, link = here, actual, can = able, ...expected }) => {
  const rules = { ...RECOMMENDED_POLICY, ...policy };
  const result = planLeave(link, actual, onLeave, rules, { now, can, decisions: UNDECIDED });
  expect(result.actions.map((action) => (action.kind === 'effect' ? action.name : action.kind))).toEqual(
    expected.kinds ?? [],
  );
  expect(result.waiting).toBe(expected.waiting ?? null);
  expect(result.lookAgainAt).toEqual(expected.lookAgainAt);
});
