import type { ActualAccount, Attributes, DesiredAccount } from '../model/account.ts';
import type { Action } from '../model/action.ts';
import type { Decisions } from '../model/decision.ts';
import type { Link } from '../model/link.ts';
import type { Policy } from '../model/policy.ts';
import type { SideEffects } from '../model/side-effect.ts';
import type { Desired } from './desired.ts';
import { effectActions, pendingEffects } from './effects.ts';
import { planLeave } from './leave.ts';
import { afterManualEdits } from './manual-edits.ts';

/** What we know of one person at one target. */
export type Observed = {
  readonly link: Link | null;
  /** The account behind the link; null when there is no link, or the target says that the account is gone. */
  readonly actual: ActualAccount | null;
  /** Without a usable link: accounts that carry the person's e-mail and belong to no other person. */
  readonly found: readonly ActualAccount[];
  /** Such accounts exist, but belong to other people: an invite could only meet them. */
  readonly taken: boolean;
  /** Which of the account's groups the connection has, too; read where the policy removes memberships given by others. */
  readonly managed?: readonly string[];
};

/** Why nothing happens though the account is not as desired; shown to people. */
export type Waiting =
  | 'staged'
  | 'before_first_day'
  | 'no_first_day'
  | 'ask_adopt'
  | 'ambiguous'
  | 'missing_email'
  | 'account_taken'
  | 'suspended_by_target'
  | 'edited_at_target'
  | 'protected'
  | 'not_granted'
  | 'grace'
  | 'restored'
  | 'left_alone'
  | 'cannot_erase'
  | 'cannot_anonymise'
  | 'out_of_scope'
  | 'mapping_failed';

export type Plan = {
  readonly actions: Action[];
  readonly waiting: Waiting | null;
  /** When the plan will be another one though nothing changes: the first day, the end of a grace. */
  readonly lookAgainAt?: Date;
  /** What exactly is waited for, where the reason alone does not say. */
  readonly words?: string;
  /** Attributes that others changed and that wait for a human. */
  readonly edited?: readonly string[];
};

/** What the target is able to do, as far as plans depend on it. */
export type Abilities = {
  readonly read: boolean;
  readonly erase: boolean;
  readonly anonymise: boolean;
  readonly effects: SideEffects;
};

/** What a plan depends on besides the two states and the policy. */
export type Circumstances = {
  readonly now: Date;
  readonly can: Abilities;
  readonly decisions: Decisions;
};

const NOTHING: Plan = { actions: [], waiting: null };

/**
 * The actions that bring one account from actual to desired, in the order they must run. Planning again after a full
 * delivery gives none. An account without a link is never touched except to adopt it.
 *
 *   desired   link        at the target        plan
 *   unknown   any         any                  wait: missing_email, protected, not_granted, mapping_failed
 *   account, past its last day                 as what is desired then
 *   account   -           nothing found        invite, or wait: staged, by the table of planInvite
 *   account   -           one found            adopt, or wait: ask_adopt (policy.adoptExisting ask)
 *   account   -           several found        wait: ambiguous
 *   account   -           the decided one      adopt, whatever the policy says and how many were found
 *   account   -           others' account      wait: account_taken
 *   account   inviting    one found            adopt: it is the one that we asked for
 *   account   inviting    nothing found        invite
 *   account   erased      as without a link
 *   account   yes         gone                 invite
 *   account   suspend*    any, not gone        resume with its side effects, then what differs
 *   account   otherwise   suspended            wait: suspended_by_target (we give back only what we took)
 *   account   yes         invited, active      side effects still to be done, then what differs; wait: edited_at_target
 *                                              where only that is left
 *   nobody    -           any                  nothing
 *   nobody    inviting    one found            adopt (then it can be suspended)
 *   nobody    yes         gone                 nothing
 *   nobody    otherwise   any, not gone        by the table of planLeave
 *   nobody, out of scope  ignored, or nothing to do   wait: out_of_scope
 *
 * (suspend* is suspending or suspended.) A link says `suspended` only after the suspension was seen through, side effects
 * included: until then what is missing is delivered again. Whoever has an account is looked at again on their last day.
 */
export function plan(desired: Desired, observed: Observed, policy: Policy, circumstances: Circumstances): Plan {
  const planned = planUntilLastDay(desired, observed, policy, circumstances);
  const rests = planned.actions.length === 0 && planned.waiting === null;
  return rests && circumstances.decisions.restore ? { ...planned, waiting: 'restored' } : planned;
}

function planUntilLastDay(desired: Desired, observed: Observed, policy: Policy, circumstances: Circumstances): Plan {
  const lastDay = desired.kind === 'account' ? desired.lastDay : undefined;
  if (!lastDay) return planNow(desired, observed, policy, circumstances);
  if (lastDay.at <= circumstances.now) return planNow(lastDay.after, observed, policy, circumstances);
  const planned = planNow(desired, observed, policy, circumstances);
  const waits = observed.link?.remoteId && planned.actions.length === 0;
  return waits ? { ...planned, lookAgainAt: lastDay.at } : planned;
}

function planNow(desired: Desired, observed: Observed, policy: Policy, circumstances: Circumstances): Plan {
  const { link, actual } = observed;
  if (desired.kind === 'unknown') {
    return { actions: [], waiting: desired.reason, ...('words' in desired ? { words: desired.words } : {}) };
  }
  if (link?.state === 'inviting') return planUnanswered(desired, observed);
  if (desired.kind === 'nobody') {
    const leave = link && actual ? planLeave(link, actual, desired.onLeave, policy, circumstances) : NOTHING;
    const rests = leave.actions.length === 0 && (leave.waiting === null || leave.waiting === 'left_alone');
    return rests && desired.because ? { ...leave, waiting: desired.because } : leave;
  }
  if (!link || link.state === 'erased') return planUnlinked(desired, observed, policy, circumstances);
  if (!actual) return { actions: [{ kind: 'invite', account: desired.account }], waiting: null };
  const { actions, edited } = differences(desired.account, actual, observed, policy, circumstances);
  if (link.state === 'suspended' || link.state === 'suspending') {
    const { remoteId } = actual;
    const effects = effectActions('resume', remoteId, circumstances.can);
    return { actions: [{ kind: 'resume', remoteId }, ...effects, ...actions], waiting: null };
  }
  if (actual.status === 'suspended') return { actions: [], waiting: 'suspended_by_target' };
  const due = [...pendingEffects('resume', link, actual, circumstances.can), ...actions];
  if (edited.length === 0) return { actions: due, waiting: null };
  return { actions: due, waiting: due.length > 0 ? null : 'edited_at_target', edited };
}

function planUnanswered(desired: Exclude<Desired, { kind: 'unknown' }>, { found, taken }: Observed): Plan {
  const [one, ...others] = found;
  if (others.length) return { actions: [], waiting: 'ambiguous' };
  if (one) return { actions: [{ kind: 'adopt', remoteId: one.remoteId }], waiting: null };
  if (desired.kind === 'account' && taken) return { actions: [], waiting: 'account_taken' };
  return desired.kind === 'account'
    ? { actions: [{ kind: 'invite', account: desired.account }], waiting: null }
    : NOTHING;
}

type Joiner = Extract<Desired, { kind: 'account' }>;

function planUnlinked(joiner: Joiner, { found, taken }: Observed, policy: Policy, circumstances: Circumstances): Plan {
  const [one, ...others] = found;
  const decided = found.find(({ remoteId }) => remoteId === circumstances.decisions.adopt);
  if (decided) return { actions: [{ kind: 'adopt', remoteId: decided.remoteId }], waiting: null };
  if (others.length) return { actions: [], waiting: 'ambiguous' };
  if (one) {
    if (policy.adoptExisting !== 'all') return { actions: [], waiting: 'ask_adopt' };
    return { actions: [{ kind: 'adopt', remoteId: one.remoteId }], waiting: null };
  }
  if (taken) return { actions: [], waiting: 'account_taken' };
  return planInvite(joiner, policy, circumstances);
}

/**
 *   decided     policy.invite   first day        plan
 *   to invite   any             any              invite
 *   -           automatic       any              invite
 *   -           manual          any              wait: staged
 *   -           on a date       has come         invite
 *   -           on a date       to come          wait: before_first_day, and look again then
 *   -           on a date       not named        wait: no_first_day
 */
function planInvite({ account, firstDay }: Joiner, { invite }: Policy, { now, decisions }: Circumstances): Plan {
  const inviteNow: Plan = { actions: [{ kind: 'invite', account }], waiting: null };
  if (decisions.invite || invite === 'automatic') return inviteNow;
  if (invite === 'manual') return { actions: [], waiting: 'staged' };
  if (!firstDay) return { actions: [], waiting: 'no_first_day' };
  return firstDay <= now ? inviteNow : { actions: [], waiting: 'before_first_day', lookAgainAt: firstDay };
}

function differences(
  desired: DesiredAccount,
  actual: ActualAccount,
  { link, managed = [] }: Observed,
  policy: Policy,
  { can }: Circumstances,
): { actions: Action[]; edited: readonly string[] } {
  if (!link) return { actions: [], edited: [] };
  const { remoteId } = actual;
  const wanted = { email: desired.email, attributes: changed(desired, actual, link) };
  // what cannot be read cannot be seen to be edited
  const modes = can.read ? policy.manualEdits : 'override';
  const { email, attributes, edited } = afterManualEdits(wanted, actual, link.applied, modes);
  const moved = email.toLowerCase() !== actual.email.toLowerCase();
  const updates = moved || Object.keys(attributes).length > 0;
  const actions: Action[] = updates ? [{ kind: 'update', remoteId, email, attributes }] : [];
  return { actions: [...actions, ...groupChanges(desired, actual, link, managed, policy)], edited };
}

/** New groups come before old ones go, so that a mover is never without any. */
function groupChanges(
  desired: DesiredAccount,
  actual: ActualAccount,
  link: Link,
  managed: readonly string[],
  { manualMemberships }: Policy,
): Action[] {
  const { remoteId } = actual;
  const missing = desired.groups.filter((group) => !actual.groups.includes(group));
  const ours = new Set([...link.granted, ...(manualMemberships === 'remove' ? managed : [])]);
  const unwanted = [...ours].filter((group) => !desired.groups.includes(group) && actual.groups.includes(group));
  return [
    ...missing.map((group): Action => ({ kind: 'grant', remoteId, group })),
    ...unwanted.map((group): Action => ({ kind: 'revoke', remoteId, group })),
  ];
}

/**
 * Attributes that differ; those that the target does not show are compared with what we last wrote. What the source does
 * not say is emptied only where we gave it a value: an adopted account keeps what others have entered.
 *
 *   the source says   known to be           given by us   differs
 *   a value           the same              any           no
 *   a value           anything, unknown     any           yes
 *   nothing           empty                 any           no
 *   nothing           a value, unknown      yes           yes
 *   nothing           a value, unknown      no            no
 */
function changed(desired: DesiredAccount, actual: ActualAccount, link: Link): Attributes {
  const { attributes, given = {} } = link.applied;
  const known = { ...attributes, ...actual.attributes };
  const isEmpty = (name: string) => known[name] === null || known[name] === '';
  const differing = Object.entries(desired.attributes).filter(([name, value]) =>
    value ? known[name] !== value : given[name] === true && !isEmpty(name),
  );
  return Object.fromEntries(differing);
}
