import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Action, ActionKind, ActionState } from '../model/action.ts';
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
  returning tenant_id)`;

const STARTED = `started as (
  insert into actions (tenant_id, id, target_id, connection_id, person_id, kind, state, detail, fingerprint, created_at)
  select h.tenant_id, :id, :targetId, :connectionId, :personId, :kind, 'started', :detail, :fingerprint, now() from held h
  on conflict (tenant_id, target_id, person_id, fingerprint) where state in ('started', 'failed', 'refused')
  do update set state = 'started', attempts = actions.attempts + 1, answer = null
  returning id, attempts)`;

const GIVEN = `l.applied || jsonb_build_object('given', coalesce(l.applied->'given', '{}') || :given::jsonb)`;

const START_LINK = {
  invite: `linked as (
    insert into links as l (tenant_id, target_id, person_id, connection_id, state, origin, match_keys, applied,
                            created_at)
    select h.tenant_id, :targetId, :personId, :connectionId, 'inviting', 'invited', :matchKeys::text[],
           jsonb_build_object('given', :given::jsonb), now() from held h
    on conflict (tenant_id, target_id, person_id) do update
       set state = 'inviting', remote_id = null, match_keys = excluded.match_keys, applied = excluded.applied,
           granted = '{}', settled_at = null)`,
  grant: `linked as (
    update links l set granted = array_append(array_remove(l.granted, :group), :group), settled_at = null
      from held h where ${KEY})`,
  update: `linked as (
    update links l set applied = ${GIVEN}, settled_at = null from held h where ${KEY})`,
  suspend: `linked as (update links l set state = 'suspending', settled_at = null from held h where ${KEY})`,
  other: `linked as (update links l set settled_at = null from held h where ${KEY})`,
};

const startStatements = {
  invite: startStatement('invite', START_LINK.invite),
  grant: startStatement('grant', START_LINK.grant),
  update: startStatement('update', START_LINK.update),
  suspend: startStatement('suspend', START_LINK.suspend),
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

const finishStatements = {
  invite: finishStatement('invite', `update links l set state = 'invited', remote_id = :remoteId where ${KEY}`),
  adopt: finishStatement(
    'adopt',
    `insert into links as l (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, match_keys,
                            created_at)
     values (:tenantId, :targetId, :personId, :connectionId, :remoteId, 'active', 'adopted', :matchKeys::text[], now())
     on conflict (tenant_id, target_id, person_id) do update
        set remote_id = excluded.remote_id, state = 'active',
            origin = case when l.state = 'inviting' then 'invited' else 'adopted' end`,
  ),
  update: finishStatement(
    'update',
    `update links l set applied = ${GIVEN} || jsonb_build_object('attributes',
       coalesce(l.applied->'attributes', '{}') || :attributes::jsonb) where ${KEY}`,
  ),
  grant: finishStatement('grant', `update links l set settled_at = null where ${KEY}`),
  revoke: finishStatement('revoke', `update links l set granted = array_remove(l.granted, :group) where ${KEY}`),
  suspend: finishStatement('suspend', `update links l set state = 'suspended' where ${KEY}`),
  resume: finishStatement('resume', `update links l set state = 'active' where ${KEY}`),
  erase: finishStatement(
    'erase',
    `update links l set state = 'erased', remote_id = null, granted = '{}', applied = '{}' where ${KEY}`,
  ),
} satisfies Record<ActionKind, unknown>;

function finishStatement(kind: ActionKind, link: string) {
  return statement<never>(`action_finish_${kind}`, `with ${FINISHED} ${link}`);
}

const failAction = statement<never>(
  'action_fail',
  `update actions set state = :state, answer = :answer, finished_at = now()
    where tenant_id = :tenantId and id = :id and state = 'started'`,
);

export type Started = { id: string; attempts: number };
export type ActionKey = LinkKey & { connectionId: string; matchKeys: readonly string[] };

/**
 * Records that an action is about to be delivered, and extends the lease. A repeat of one that did not end well gets
 * the same id, so the target sees the same idempotency key. Null when the lease was lost: then do nothing.
 */
export async function startAction(
  db: Knex,
  key: ActionKey,
  action: Action,
  item: WorkItem,
  leaseSeconds: number,
): Promise<Started | null> {
  const detail = JSON.stringify(action);
  const bindings = {
    ...key,
    id: uuidv7(),
    kind: action.kind,
    detail,
    fingerprint: createHash('sha256').update(detail).digest('base64url'),
    group: 'group' in action ? action.group : null,
    given: JSON.stringify(givenBy(action, 'before')),
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
  const attributes = action.kind === 'update' ? JSON.stringify(action.attributes) : '{}';
  const group = 'group' in action ? action.group : null;
  const given = JSON.stringify(givenBy(action, 'after'));
  await finishStatements[action.kind](db, { ...key, id: started.id, remoteId, group, attributes, given });
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
