import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Attributes } from '../model/account.ts';
import type { Action, ActionState } from '../model/action.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { WorkItem } from '../work/claim.ts';
import type { LinkKey } from './links.ts';
import { finishStatements } from './record-finish.ts';
import { type Announced, startStatements } from './record-start.ts';

/*
 * Every action is recorded before the target is called and again when it has answered. Both times the link changes in
 * the same statement: what we may have done is known before we do it, so a crash between any two lines leaves a
 * record that is true or cautious, never one that forgets.
 */

// a try that somebody else has begun meanwhile is theirs to end
const failAction = statement<never>(
  'action_fail',
  `update actions set state = :state, answer = :answer, finished_at = now(),
          fingerprint = case when :state = 'refused' and kind = 'invite' then id::text else fingerprint end
    where tenant_id = :tenantId and id = :id and state = 'started' and attempts = :attempts`,
);

export type Started = { id: string; attempts: number };
/** `pending`: side effects that follow. `before`: what the account is like, told with the first action of a look. */
export type Start = {
  item: WorkItem;
  leaseSeconds: number;
  pending: readonly string[];
  before: Snapshot | null;
};
export type ActionKey = LinkKey & { connectionId: string; matchKeys: readonly string[] };

/**
 * Records that an action is about to be delivered, and extends the lease. A repeat of one that did not end well gets
 * the same id, so the target sees the same idempotency key. Null when the lease was lost: then do nothing.
 */
export async function startAction(
  db: Knex,
  key: ActionKey,
  action: Action,
  { item, leaseSeconds, pending, before }: Start,
): Promise<Started | null> {
  const detail = JSON.stringify(action);
  const bindings = {
    ...key,
    id: uuidv7(),
    kind: action.kind,
    detail,
    fingerprint: fingerprintOf(action, detail),
    group: 'group' in action ? action.group : null,
    email: null,
    told: JSON.stringify(unconfirmed(action)),
    given: JSON.stringify(givenBy(action, 'before')),
    pending,
    before: before && JSON.stringify(before),
    written: JSON.stringify(contentsOf(action).attributes),
    workKind: item.kind,
    lease: item.lease,
    leaseSeconds,
  };
  const run = startStatements[action.kind in startStatements ? (action.kind as Announced) : 'other'];
  const [started] = await run(db, bindings);
  return started ?? null;
}

/** Records that the target has done it, and what that makes of the link. `remoteId` is the answer of an invite. */
export async function finishAction(
  db: Knex,
  key: ActionKey,
  started: Started,
  action: Action,
  remoteId: string | null,
  item: WorkItem,
): Promise<void> {
  const { email, attributes: told } = action.kind === 'invite' ? action.account : contentsOf(action);
  const attributes = action.kind === 'update' ? JSON.stringify(action.attributes) : '{}';
  const group = 'group' in action ? action.group : null;
  const given = JSON.stringify(givenBy(action, 'after'));
  await finishStatements[action.kind](db, {
    ...key,
    id: started.id,
    remoteId,
    group,
    email,
    told: JSON.stringify(told),
    attributes,
    given,
    effect: action.kind === 'effect' ? action.name : null,
    workKind: item.kind,
    lease: item.lease,
  });
}

/**
 * What makes a repeat of an action that did not end well. An invite is repeated under its id though its contents have
 * changed since: a new one could make a second account where the first was only not answered. One that was refused made
 * none, so the next is a new one.
 */
function fingerprintOf(action: Action, detail: string): string {
  return createHash('sha256')
    .update(action.kind === 'invite' ? action.kind : detail)
    .digest('base64url');
}

function contentsOf(action: Action): { email: string | null; attributes: Attributes } {
  return action.kind === 'update' ? action : { email: null, attributes: {} };
}

function unconfirmed(action: Action): Record<string, false> {
  return Object.fromEntries(Object.keys(contentsOf(action).attributes).map((name) => [name, false]));
}

/**
 * Which attributes an action gives a value. What it empties counts as given until it is done, so that a crash in between
 * does not make us forget that it was ours to empty.
 */
function givenBy(action: Action, when: 'before' | 'after'): Record<string, boolean> {
  const attributes =
    action.kind === 'invite' ? action.account.attributes : action.kind === 'update' ? action.attributes : {};
  const named = Object.entries(attributes).map(([name, value]) => [name, Boolean(value)] as const);
  return Object.fromEntries(when === 'before' ? named.filter(([, has]) => has) : named);
}

/** Records that a delivery did not succeed; `answer` is shown to people. */
export async function recordFailure(
  db: Knex,
  tenantId: string,
  started: Started,
  state: Extract<ActionState, 'failed' | 'refused'>,
  answer: string,
): Promise<void> {
  await failAction(db, { tenantId, ...started, state, answer });
}

const selectInvite = statement<{ state: ActionState; own: boolean }>(
  'action_invite',
  `select state, person_id = :personId as own from actions
    where tenant_id = :tenantId and target_id = :targetId and id = :id`,
);

/**
 * What is known of an invite whose answer is missing: `refused` made no account, `open` will be repeated under its id by
 * this person, `closed` can be neither known nor repeated.
 */
export async function inviteState(db: Knex, key: LinkKey, id: string): Promise<'refused' | 'open' | 'closed'> {
  const [invite] = await selectInvite(db, { ...key, id });
  if (invite?.own && invite.state === 'refused') return 'refused';
  return invite?.own && (invite.state === 'started' || invite.state === 'failed') ? 'open' : 'closed';
}
