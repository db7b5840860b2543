import { expect, test } from 'vitest';
import type { ActualAccount, DesiredAccount } from '../../src/model/account.ts';
import { type Decisions, UNDECIDED } from '../../src/model/decision.ts';
import type { Link } from '../../src/model/link.ts';
import { type OnLeave, type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { NO_SIDE_EFFECTS } from '../../src/model/side-effect.ts';
import type { Desired } from '../../src/plan/desired.ts';
import { type Circumstances, type Observed, plan } from '../../src/plan/plan.ts';

const account: DesiredAccount = {
  email: 'ada@example.org',
  attributes: { displayName: 'Ada', title: null },
  groups: ['editors'],
};
const active: ActualAccount = { ...account, remoteId: 'r1', status: 'active' };
const suspended: ActualAccount = { ...active, status: 'suspended' };
const link: Link = {
  remoteId: 'r1',
  state: 'active',
  origin: 'invited',
  applied: {},
  granted: ['editors'],
  suspendedAt: null,
  pendingEffects: [],
};
const inviting: Link = { ...link, remoteId: null, state: 'inviting', granted: [] };
const erased: Link = { ...link, remoteId: null, state: 'erased', granted: [] };

const policy: Policy = { ...RECOMMENDED_POLICY, invite: 'automatic', adoptExisting: 'all' };
const careful: Policy = { ...policy, invite: 'manual', adoptExisting: 'ask' };
const wanted: Desired = { kind: 'account', account };
const gone = (onLeave: OnLeave): Desired => ({ kind: 'nobody', onLeave });
const unknown: Desired = { kind: 'unknown', reason: 'missing_email' };
const outOfScope: Desired = { kind: 'nobody', onLeave: 'suspend', because: 'out_of_scope' };
const unmapped: Desired = { kind: 'unknown', reason: 'mapping_failed', words: 'scope: no such key' };

const nothing: Observed = { link: null, actual: null, found: [], taken: false };
const found = (...accounts: ActualAccount[]): Observed => ({ ...nothing, found: accounts });
const linked = (actual: ActualAccount | null, change: Partial<Link> = {}): Observed => ({
  link: { ...link, ...change },
  actual,
  found: [],
  taken: false,
});

type Row = {
  name: string;
  desired: Desired;
  observed: Observed;
  policy?: Policy;
  kinds: string[];
  waiting?: string;
  decisions?: Partial<Decisions>;
  lookAgainAt?: Date;
};
const now = new Date('2026-06-01T12:00:00Z');
const circumstances: Circumstances = {
  now,
  can: { read: true, erase: true, anonymise: true, effects: NO_SIDE_EFFECTS },
  decisions: UNDECIDED,
};
const onDate: Policy = {
  ...policy,
  invite: { onDate: 'startDate', offsetDays: 0, localTime: '08:00', timeZone: 'UTC' },
};
const later = new Date('2026-06-02T08:00:00Z');

const rows: Row[] = [
  { name: 'who was never in scope waits', desired: outOfScope, observed: nothing, kinds: [], waiting: 'out_of_scope' },
  { name: 'who leaves the scope is suspended', desired: outOfScope, observed: linked(active), kinds: ['suspend'] },
  {
    name: 'who left the scope is suspended once',
    desired: outOfScope,
    observed: linked(suspended, { state: 'suspended' }),
    kinds: [],
    waiting: 'out_of_scope',
  },
  {
    name: 'who comes back into scope is resumed',
    desired: wanted,
    observed: linked(suspended, { state: 'suspended' }),
    kinds: ['resume'],
  },
  {
    name: 'a mapping that fails is no reason to do anything',
    desired: unmapped,
    observed: linked(active),
    kinds: [],
    waiting: 'mapping_failed',
  },
  { name: 'a joiner is invited', desired: wanted, observed: nothing, kinds: ['invite'] },
  {
    name: 'a joiner is staged where invites are sent by hand',
    desired: wanted,
    observed: nothing,
    policy: careful,
    kinds: [],
    waiting: 'staged',
  },
  { name: 'an existing account is adopted', desired: wanted, observed: found(active), kinds: ['adopt'] },
  {
    name: "another person's account is no reason to invite",
    desired: wanted,
    observed: { ...nothing, taken: true },
    kinds: [],
    waiting: 'account_taken',
  },
  {
    name: "an unanswered invite that met another person's account is not repeated",
    desired: wanted,
    observed: { ...nothing, link: inviting, taken: true },
    kinds: [],
    waiting: 'account_taken',
  },
  {
    name: 'an existing account is left alone while the policy asks',
    desired: wanted,
    observed: found(active),
    policy: careful,
    kinds: [],
    waiting: 'ask_adopt',
  },
  {
    name: 'two accounts of one e-mail are a question',
    desired: wanted,
    observed: found(active, suspended),
    kinds: [],
    waiting: 'ambiguous',
  },
  {
    name: 'an invite whose answer was lost is recognised',
    desired: wanted,
    observed: { ...found(active), link: inviting },
    policy: careful,
    kinds: ['adopt'],
  },
  {
    name: 'an invite that never arrived is sent again',
    desired: wanted,
    observed: { ...nothing, link: inviting },
    policy: careful,
    kinds: ['invite'],
  },
  {
    name: 'an unanswered invite that fits two accounts is a question',
    desired: wanted,
    observed: { ...found(active, active), link: inviting },
    kinds: [],
    waiting: 'ambiguous',
  },
  {
    name: 'a leaver whose invite was not answered is taken hold of',
    desired: gone('suspend'),
    observed: { ...found(active), link: inviting },
    kinds: ['adopt'],
  },
  {
    name: 'a leaver whose invite never arrived is done',
    desired: gone('suspend'),
    observed: { ...nothing, link: inviting },
    kinds: [],
  },
  { name: 'a settled person is left alone', desired: wanted, observed: linked(active), kinds: [] },
  {
    name: 'an invited person is left alone',
    desired: wanted,
    observed: linked({ ...active, status: 'invited' }),
    kinds: [],
  },
  {
    name: 'a changed name is updated',
    desired: wanted,
    observed: linked({ ...active, attributes: { displayName: 'Ada B.' } }),
    kinds: ['update'],
  },
  {
    name: 'a value that is empty at the target is as good as none',
    desired: wanted,
    observed: linked({ ...active, attributes: { displayName: 'Ada', title: '' } }),
    kinds: [],
  },
  {
    name: 'a title that somebody else entered is kept where the source has none',
    desired: wanted,
    observed: linked({ ...active, attributes: { displayName: 'Ada', title: 'Boss' } }),
    kinds: [],
  },
  {
    name: 'a title that the source dropped is unset',
    desired: wanted,
    observed: linked(
      { ...active, attributes: { displayName: 'Ada', title: 'Boss' } },
      { applied: { given: { title: true } } },
    ),
    kinds: ['update'],
  },
  {
    name: 'what we gave and the source took away is emptied, though the app does not show it',
    desired: wanted,
    observed: linked({ ...active, attributes: { displayName: 'Ada' } }, { applied: { given: { title: true } } }),
    kinds: ['update'],
  },
  {
    name: 'what may be there since an answer got lost is emptied',
    desired: wanted,
    observed: linked(
      { ...active, attributes: { displayName: 'Ada' } },
      { applied: { given: { title: true }, attributes: { title: false } } },
    ),
    kinds: ['update'],
  },
  {
    name: 'what we have emptied is not emptied again',
    desired: wanted,
    observed: linked(
      { ...active, attributes: { displayName: 'Ada' } },
      { applied: { given: { title: false }, attributes: { title: null } } },
    ),
    kinds: [],
  },
  {
    name: 'what others have entered and the app does not show is left alone',
    desired: wanted,
    observed: linked({ ...active, attributes: { displayName: 'Ada' } }),
    kinds: [],
  },
  {
    name: 'a new e-mail is updated',
    desired: wanted,
    observed: linked({ ...active, email: 'old@example.org' }),
    kinds: ['update'],
  },
  {
    name: 'an e-mail in other letter case is the same',
    desired: wanted,
    observed: linked({ ...active, email: 'ADA@example.org' }),
    kinds: [],
  },
  {
    name: 'what the target does not show is compared with what was applied',
    desired: wanted,
    observed: linked({ ...active, attributes: {} }, { applied: { attributes: { displayName: 'Ada' } } }),
    kinds: [],
  },
  {
    name: 'what the target does not show and was never applied is applied',
    desired: wanted,
    observed: linked({ ...active, attributes: {} }),
    kinds: ['update'],
  },
  {
    name: 'a missing group is granted',
    desired: wanted,
    observed: linked({ ...active, groups: [] }),
    kinds: ['grant'],
  },
  {
    name: 'a mover gets the new group before losing the old',
    desired: wanted,
    observed: linked({ ...active, groups: ['authors'] }, { granted: ['authors'] }),
    kinds: ['grant', 'revoke'],
  },
  {
    name: 'a group that somebody else gave is kept',
    desired: wanted,
    observed: linked({ ...active, groups: ['editors', 'choir'] }),
    kinds: [],
  },
  {
    name: 'a granted group that was taken away by hand is granted again',
    desired: wanted,
    observed: linked({ ...active, groups: [] }),
    kinds: ['grant'],
  },
  {
    name: 'S79: a granted group that somebody took away there is granted again, S78: and what they gave is kept',
    desired: wanted,
    observed: { ...linked({ ...active, groups: ['choir'] }), managed: ['choir'] },
    kinds: ['grant'],
  },
  {
    name: 'a membership that others gave goes where the policy says so and the group is the connection’s',
    desired: wanted,
    observed: { ...linked({ ...active, groups: ['editors', 'choir', 'own'] }), managed: ['choir', 'editors'] },
    policy: { ...policy, manualMemberships: 'remove' },
    kinds: ['revoke'],
  },
  {
    name: 'S67: a mover gets the new group first also where memberships of others go',
    desired: wanted,
    observed: { ...linked({ ...active, groups: ['choir'] }), managed: ['choir'] },
    policy: { ...policy, manualMemberships: 'remove' },
    kinds: ['grant', 'revoke'],
  },
  {
    name: 'S16: an edit at the target waits for a human where the policy asks',
    desired: wanted,
    observed: linked(
      { ...active, attributes: { displayName: 'Countess' } },
      { applied: { source: { displayName: 'Ada' } } },
    ),
    policy: { ...policy, manualEdits: 'ask' },
    kinds: [],
    waiting: 'edited_at_target',
  },
  {
    name: 'and keeps nothing else from being done',
    desired: wanted,
    observed: linked(
      { ...active, attributes: { displayName: 'Countess' }, groups: [] },
      { applied: { source: { displayName: 'Ada' } } },
    ),
    policy: { ...policy, manualEdits: 'ask' },
    kinds: ['grant'],
  },
  {
    name: 'S16: an edit at the target is left where the policy preserves it',
    desired: wanted,
    observed: linked(
      { ...active, attributes: { displayName: 'Countess' } },
      { applied: { source: { displayName: 'Ada' } } },
    ),
    policy: { ...policy, manualEdits: 'preserve' },
    kinds: [],
  },
  {
    name: 'a granted group that is gone already needs no revoke',
    desired: { kind: 'account', account: { ...account, groups: [] } },
    observed: linked({ ...active, groups: [] }),
    kinds: [],
  },
  {
    name: 'a rehire is resumed',
    desired: wanted,
    observed: linked(suspended, { state: 'suspended' }),
    kinds: ['resume'],
  },
  {
    name: 'a rehire with a new name is resumed and updated',
    desired: wanted,
    observed: linked({ ...suspended, attributes: { displayName: 'A' } }, { state: 'suspended' }),
    kinds: ['resume', 'update'],
  },
  {
    name: 'an account suspended in the app itself is not given back',
    desired: wanted,
    observed: linked(suspended),
    kinds: [],
    waiting: 'suspended_by_target',
  },
  { name: 'an account that vanished is invited again', desired: wanted, observed: linked(null), kinds: ['invite'] },
  {
    name: 'a rehire after erasure is invited anew',
    desired: wanted,
    observed: { ...nothing, link: erased },
    kinds: ['invite'],
  },
  { name: 'a leaver is suspended', desired: gone('suspend'), observed: linked(active), kinds: ['suspend'] },
  {
    name: 'an invited leaver is suspended',
    desired: gone('suspend'),
    observed: linked({ ...active, status: 'invited' }),
    kinds: ['suspend'],
  },
  {
    name: 'a leaver is suspended once',
    desired: gone('suspend'),
    observed: linked(suspended, { state: 'suspended' }),
    kinds: [],
  },
  {
    name: 'a suspension that was not seen through is repeated',
    desired: gone('suspend'),
    observed: linked(suspended),
    kinds: ['suspend'],
  },
  {
    name: 'an account that somebody gave back is suspended again',
    desired: gone('suspend'),
    observed: linked(active, { state: 'suspended' }),
    kinds: ['suspend'],
  },
  {
    name: 'a rehire whose suspension was under way is resumed',
    desired: wanted,
    observed: linked(suspended, { state: 'suspending' }),
    kinds: ['resume'],
  },
  {
    name: 'a resumption that was not seen through is repeated',
    desired: wanted,
    observed: linked(active, { state: 'suspended' }),
    kinds: ['resume'],
  },
  {
    name: 'a leaver is erased where the policy says so',
    desired: gone('erase'),
    observed: linked(active),
    kinds: ['erase'],
  },
  {
    name: 'a suspended leaver is erased where the policy says so',
    desired: gone('erase'),
    observed: linked(suspended),
    kinds: ['erase'],
  },
  {
    name: 'a leaver is left alone where the policy says so',
    desired: gone('ignore'),
    observed: linked(active),
    kinds: [],
    waiting: 'left_alone',
  },
  {
    name: 'who is out of scope and ignored did not leave: the reason is the scope',
    desired: { ...outOfScope, onLeave: 'ignore' },
    observed: linked(active),
    kinds: [],
    waiting: 'out_of_scope',
  },
  { name: 'a leaver without an account is done', desired: gone('erase'), observed: nothing, kinds: [] },
  { name: "a leaver's unlinked account is never touched", desired: gone('erase'), observed: found(active), kinds: [] },
  { name: 'a leaver whose account is gone is done', desired: gone('suspend'), observed: linked(null), kinds: [] },
  {
    name: 'S66: who starts tomorrow is staged until then',
    desired: { ...wanted, firstDay: later },
    observed: nothing,
    policy: onDate,
    kinds: [],
    waiting: 'before_first_day',
    lookAgainAt: later,
  },
  {
    name: 'S66: who starts now is invited',
    desired: { ...wanted, firstDay: now },
    observed: nothing,
    policy: onDate,
    kinds: ['invite'],
  },
  {
    name: 'S66: who has no first day is staged',
    desired: { ...wanted, firstDay: null },
    observed: nothing,
    policy: onDate,
    kinds: [],
    waiting: 'no_first_day',
  },
  {
    name: 'S66: an account that exists is adopted before the first day',
    desired: { ...wanted, firstDay: later },
    observed: found(active),
    policy: onDate,
    kinds: ['adopt'],
  },
  {
    name: 'S66: who has an account keeps it though the first day moves away',
    desired: { ...wanted, firstDay: later },
    observed: linked(active),
    policy: onDate,
    kinds: [],
  },
  {
    name: 'S59: a human invites who is staged',
    desired: wanted,
    observed: nothing,
    policy: careful,
    decisions: { invite: true },
    kinds: ['invite'],
  },
  {
    name: 'S59: a human invites before the first day',
    desired: { ...wanted, firstDay: later },
    observed: nothing,
    policy: onDate,
    decisions: { invite: true },
    kinds: ['invite'],
  },
  {
    name: 'S4: a human adopts what the policy asks about',
    desired: wanted,
    observed: found(active),
    policy: careful,
    decisions: { adopt: 'r1' },
    kinds: ['adopt'],
  },
  {
    name: 'S22: a human chooses among several',
    desired: wanted,
    observed: found({ ...active, remoteId: 'r2' }, active),
    decisions: { adopt: 'r1' },
    kinds: ['adopt'],
  },
  {
    name: 'S22: an account that was chosen and is gone adopts no other',
    desired: wanted,
    observed: found({ ...active, remoteId: 'r2' }),
    policy: careful,
    decisions: { adopt: 'r1' },
    kinds: [],
    waiting: 'ask_adopt',
  },
  {
    name: 'an order to invite does not adopt',
    desired: wanted,
    observed: found(active),
    policy: careful,
    decisions: { invite: true },
    kinds: [],
    waiting: 'ask_adopt',
  },
  {
    name: 'a decision brings nobody back who left',
    desired: gone('suspend'),
    observed: found(active),
    decisions: { invite: true, adopt: 'r1' },
    kinds: [],
  },
  {
    name: 'S77: who comes back within the grace is resumed',
    desired: wanted,
    observed: linked(suspended, { state: 'suspended', suspendedAt: now }),
    policy: { ...policy, erasureMode: 'erase', onDeactivate: 'suspend-then-erase' },
    kinds: ['resume'],
  },
  {
    name: 'a protected leaver keeps the account',
    desired: { kind: 'unknown', reason: 'protected' },
    observed: linked(active),
    kinds: [],
    waiting: 'protected',
  },
  {
    name: 'a person without an e-mail waits',
    desired: unknown,
    observed: nothing,
    kinds: [],
    waiting: 'missing_email',
  },
  {
    name: 'a linked person who lost the e-mail is not touched',
    desired: unknown,
    observed: linked(active),
    kinds: [],
    waiting: 'missing_email',
  },
];

test.for(rows)('$name', (row) => {
  const decisions = { ...UNDECIDED, ...row.decisions };
  const result = plan(row.desired, row.observed, row.policy ?? policy, { ...circumstances, decisions });
  expect(result.actions.map((action) => action.kind)).toEqual(row.kinds);
  expect(result.waiting).toBe(row.waiting ?? null);
  expect(result.lookAgainAt).toEqual(row.lookAgainAt);
});
