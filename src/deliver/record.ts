import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Attributes } from '../model/account.ts';
import type { Action, ActionKind, ActionState } from '../model/action.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { WorkItem } from '../work/claim.ts';
import type { LinkKey } from './links.ts';

/*
 * Every action is recorded before the target is called and again when it has answered. Both times the link changes in
 * the same statement: what we may have done is known before we do it, so a crash between any two lines leaves a
 * record that is true or cautious, never one that forgets.
 */

const KEY = 'l.tenant_id = :tenantId and l.target_id = :targetId and l.person_id = :personId';

// nothing is started by a worker that lost its lease: `held` is empty then, and so is the rest
const HELD = `held as (
  update work_item set next_at = greatest(next_at, now() + make_interval(secs => :leaseSeconds))
   where tenant_id = :tenantId and target_id = :targetId and kind = :workKind and subject_id = :personId
     and lease_token = :lease
  returning tenant_id, run_id)`;

const STARTED = `started as (
  insert into actions (tenant_id, id, target_id, connection_id, person_id, kind, state, detail, fingerprint, created_at,
                       before, run_id)
  select h.tenant_id, :id, :targetId, :connectionId, :personId, :kind, 'started', :detail, :fingerprint, now(), :before,
         h.run_id from held h
  on conflict (tenant_id, target_id, person_id, fingerprint) where state in ('started', 'failed', 'refused')
  do update set state = 'started', attempts = actions.attempts + 1, answer = null, detail = excluded.detail
  returning id, attempts)`;

const GIVEN = `l.applied || jsonb_build_object('given', coalesce(l.applied->'given', '{}') || :given::jsonb)`;

// told: what an app that cannot be read has confirmed; see model/link.ts
const TOLD = `coalesce(l.applied->'told', '{}')`;
const tell = (change: string) => `jsonb_build_object('told', ${TOLD} || ${change})`;
const TELL_ACCOUNT = tell(`jsonb_build_object('email', :email::text, 'attributes',
  coalesce(l.applied#>'{told,attributes}', '{}') || :told::jsonb)`);
const tellGroups = (groups: string) => tell(`jsonb_build_object('groups', ${groups})`);
const TOLD_GROUPS = `(coalesce(l.applied#>'{told,groups}', '[]') - :group::text)`;

// what we write is what the source says from now on: a repeat of it is nobody's manual edit
const WRITTEN = `case when l.applied ? 'source'
  then jsonb_build_object('source', (l.applied->'source') || :written::jsonb) else '{}' end`;

// an invite that is repeated with other contents leaves open which of them the app took: it is told all of it again
const START_LINK = {
  invite: `former as (
    select detail <> :detail::jsonb as altered from actions
     where tenant_id = :tenantId and target_id = :targetId and person_id = :personId and fingerprint = :fingerprint
       and state in ('started', 'failed', 'refused')),
  linked as (
    insert into links as l (tenant_id, target_id, person_id, connection_id, state, origin, match_keys, applied,
                            created_at)
    select h.tenant_id, :targetId, :personId, :connectionId, 'inviting', 'invited', :matchKeys::text[],
           jsonb_build_object('given', :given::jsonb, 'invite', s.id,
                              'unsure', coalesce((select altered from former), false)), now()
      from held h, started s
    on conflict (tenant_id, target_id, person_id) do update
       set state = 'inviting', remote_id = null, match_keys = excluded.match_keys,
           applied = case when l.state = 'inviting' then excluded.applied || jsonb_build_object(
             'given', coalesce(l.applied->'given', '{}') || :given::jsonb,
             'unsure', l.applied->'unsure' = 'true' or excluded.applied->'unsure' = 'true') else excluded.applied end,
           granted = '{}', suspended_at = null, pending_effects = '{}', settled_at = null)`,
  grant: `linked as (
    update links l set granted = array_append(array_remove(l.granted, :group), :group), settled_at = null
      from held h where ${KEY})`,
  update: `linked as (
    update links l set applied = ${GIVEN} || ${TELL_ACCOUNT} || ${WRITTEN}, settled_at = null from held h where ${KEY})`,
  revoke: `linked as (
    update links l set applied = l.applied || ${tellGroups(TOLD_GROUPS)}, settled_at = null
      from held h where ${KEY})`,
  suspend: `linked as (
    update links l set state = 'suspending', suspended_at = null, settled_at = null, pending_effects = :pending::text[]
      from held h where ${KEY})`,
  resume: `linked as (
    update links l set settled_at = null, pending_effects = :pending::text[] from held h where ${KEY})`,
  other: `linked as (update links l set settled_at = null from held h where ${KEY})`,
};

const startStatements = {
  invite: startStatement('invite', START_LINK.invite),
  grant: startStatement('grant', START_LINK.grant),
  update: startStatement('update', START_LINK.update),
  revoke: startStatement('revoke', START_LINK.revoke),
  suspend: startStatement('suspend', START_LINK.suspend),
  resume: startStatement('resume', START_LINK.resume),
  other: startStatement('other', START_LINK.other),
};
type Announced = Exclude<keyof typeof startStatements, 'other'>;

function startStatement(name: string, link: string) {
  return statement<{ id: string; attempts: number }>(
    `action_start_${name}`,
    `with ${HELD}, ${STARTED}, ${link} select id, attempts from started`,
  );
}

const FINISHED = `finished as (
  update actions set state = 'done', finished_at = now(), answer = null where tenant_id = :tenantId and id = :id)`;
// what a human decided has been carried out: it must not do so again for a later account
const DECIDED = `, decided as (
  delete from decisions where tenant_id = :tenantId and target_id = :targetId and person_id = :personId and kind <> 'restore')`;

// done while the suspension itself is held: not once more at each look
const NOTED = `, noted as (
  update hold_items set effects = array_append(effects, :effect::text)
   where tenant_id = :tenantId and target_id = :targetId and person_id = :personId and state = 'held')`;

// what was chosen with that decision stays with the account; none leaves what was chosen before
const CHOSEN = `(select detail from decisions
  where tenant_id = :tenantId and target_id = :targetId and person_id = :personId and kind = 'invite' and detail <> '{}')`;

// the account is gone, or nobody's: either way it is not this person's any more
const FORGET_LINK = `update links l set state = 'erased', remote_id = null, granted = '{}', applied = '{}', suspended_at = null,
    pending_effects = '{}'
  where ${KEY}`;

const finishStatements = {
  invite: finishStatement(
    'invite',
    `update links l set state = 'invited', remote_id = :remoteId, choice = coalesce(${CHOSEN}, l.choice),
       applied = (l.applied - 'unsure') || jsonb_build_object(
       'told', case when l.applied->'unsure' = 'true' then '{}' else jsonb_build_object(
         'email', :email::text, 'attributes', :told::jsonb) end) where ${KEY}`,
  ),
  adopt: finishStatement(
    'adopt',
    `insert into links as l (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, match_keys,
                            created_at, choice)
     values (:tenantId, :targetId, :personId, :connectionId, :remoteId, 'active', 'adopted', :matchKeys::text[], now(),
             coalesce(${CHOSEN}, '{}'))
     on conflict (tenant_id, target_id, person_id) do update
        set remote_id = excluded.remote_id, state = 'active', choice = coalesce(${CHOSEN}, l.choice),
            origin = case when l.state = 'inviting' then 'invited' else 'adopted' end`,
  ),
  update: finishStatement(
    'update',
    `update links l set applied = ${GIVEN} || jsonb_build_object('attributes',
       coalesce(l.applied->'attributes', '{}') || :attributes::jsonb) || ${TELL_ACCOUNT} where ${KEY}`,
  ),
  grant: finishStatement(
    'grant',
    `update links l set settled_at = null,
       applied = l.applied || ${tellGroups(`${TOLD_GROUPS} || jsonb_build_array(:group::text)`)} where ${KEY}`,
  ),
  revoke: finishStatement('revoke', `update links l set granted = array_remove(l.granted, :group) where ${KEY}`),
  // the grace begins anew with each suspension: whoever gave the account back in between has used it
  suspend: finishStatement(
    'suspend',
    `update links l set state = case when pending_effects = '{}' then 'suspended' else 'suspending' end,
       suspended_at = now() where ${KEY}`,
  ),
  resume: finishStatement('resume', `update links l set state = 'active', suspended_at = null where ${KEY}`),
  // the last one completes the suspension
  effect: finishStatement(
    'effect',
    `update links l set pending_effects = array_remove(l.pending_effects, :effect), settled_at = null,
       state = case when l.state = 'suspending' and array_remove(l.pending_effects, :effect) = '{}' then 'suspended'
                    else l.state end
      where ${KEY}`,
  ),
  erase: finishStatement('erase', FORGET_LINK),
  anonymise: finishStatement('anonymise', FORGET_LINK),
} satisfies Record<ActionKind, unknown>;

function finishStatement(kind: ActionKind, link: string) {
  const decided = kind === 'invite' || kind === 'adopt' ? DECIDED : kind === 'effect' ? NOTED : '';
  return statement<never>(`action_finish_${kind}`, `with ${FINISHED}${decided} ${link}`);
}

const failAction = statement<never>(
  'action_fail',
  `update actions set state = :state, answer = :answer, finished_at = now(),
          fingerprint = case when :state = 'refused' and kind = 'invite' then id::text else fingerprint end
    where tenant_id = :tenantId and id = :id and state = 'started'`,
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
  await failAction(db, { tenantId, id: started.id, state, answer });
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
