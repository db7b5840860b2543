import { statement } from '../database/statement.ts';
import { GIVEN, KEY, TELL_ACCOUNT, TOLD_GROUPS, tellGroups } from './record-link.ts';

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

// what we write is what the source says from now on: a repeat of it is nobody's manual edit
const WRITTEN = `case when l.applied ? 'source'
  then jsonb_build_object('source', (l.applied->'source') || :written::jsonb) else '{}' end`;

// an invite that is repeated with other contents leaves open which of them the app took: it is told all of it again,
// and the account is known by the keys of any of them
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
       set state = 'inviting', remote_id = null,
           match_keys = case when l.state = 'inviting'
             then array(select distinct unnest(l.match_keys || excluded.match_keys)) else excluded.match_keys end,
           applied = case when l.state = 'inviting' then excluded.applied || jsonb_build_object(
             'given', coalesce(l.applied->'given', '{}') || :given::jsonb,
             'unsure', l.applied->'unsure' = 'true' or excluded.applied->'unsure' = 'true') else excluded.applied end,
           granted = '{}', suspended_at = null, pending_effects = '{}', settled_at = null)`,
  grant: `linked as (
    update links l set granted = array_append(array_remove(l.granted, :group), :group), settled_at = null
      from held h where ${KEY})`,
  update: `linked as (
    update links l set applied = ${GIVEN} || ${TELL_ACCOUNT} || jsonb_build_object(
      'attributes', coalesce(l.applied->'attributes', '{}') || :told::jsonb) || ${WRITTEN}, settled_at = null
      from held h where ${KEY})`,
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

/** What is written before a target is called: the action, and what it may make of the link. */
export const startStatements = {
  invite: startStatement('invite', START_LINK.invite),
  grant: startStatement('grant', START_LINK.grant),
  update: startStatement('update', START_LINK.update),
  revoke: startStatement('revoke', START_LINK.revoke),
  suspend: startStatement('suspend', START_LINK.suspend),
  resume: startStatement('resume', START_LINK.resume),
  other: startStatement('other', START_LINK.other),
};
/** Kinds whose start alone changes the link. */
export type Announced = Exclude<keyof typeof startStatements, 'other'>;

function startStatement(name: string, link: string) {
  return statement<{ id: string; attempts: number }>(
    `action_start_${name}`,
    `with ${HELD}, ${STARTED}, ${link} select id, attempts from started`,
  );
}
