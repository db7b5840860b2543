import { statement, UNHURRIED } from '../database/statement.ts';
import type { ActionKind } from '../model/action.ts';
import { IS_LEASED, LEASED } from '../work/claim.ts';
import { tellActionSql } from '../work/tell.ts';
import { GIVEN, KEY, TELL_ACCOUNT, TOLD_GROUPS, tellGroups } from './record-link.ts';

// whoever lost its lease and tells of the same answer later tells nobody anything new
const FINISHED = `finished as (
  update actions set state = 'done', finished_at = now(), answer = null
   where tenant_id = :tenantId and id = :id and state <> 'done'
  returning tenant_id, id, connection_id, target_id, person_id)`;
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
  where ${KEY} and ${IS_LEASED}`;

/**
 * What is written when a target has answered: that it is done, and what that makes of the link. A worker that lost its
 * lease tells how its call ended, and leaves the link alone: another one may have changed it since. Only the answer to an
 * invite is taken as long as the link waits for it.
 */
export const finishStatements = {
  invite: finishStatement(
    'invite',
    `update links l set state = 'invited', remote_id = :remoteId, choice = coalesce(${CHOSEN}, l.choice),
       applied = (l.applied - 'unsure') || jsonb_build_object(
       'told', case when l.applied->'unsure' = 'true' then '{}' else jsonb_build_object(
         'email', :email::text, 'attributes', :told::jsonb) end)
      where ${KEY} and l.state = 'inviting' and l.applied->>'invite' = :id::uuid::text`,
  ),
  adopt: finishStatement(
    'adopt',
    `insert into links as l (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, match_keys,
                            created_at, choice)
     select :tenantId, :targetId, :personId, :connectionId, :remoteId, 'active', 'adopted', :matchKeys::text[], now(),
            coalesce(${CHOSEN}, '{}')
       from leased
     on conflict (tenant_id, target_id, person_id) do update
        set remote_id = excluded.remote_id, state = 'active', choice = coalesce(${CHOSEN}, l.choice),
            origin = case when l.state = 'inviting' then 'invited' else 'adopted' end`,
  ),
  update: finishStatement(
    'update',
    `update links l set applied = ${GIVEN} || jsonb_build_object('attributes',
       coalesce(l.applied->'attributes', '{}') || :attributes::jsonb) || ${TELL_ACCOUNT}
      where ${KEY} and ${IS_LEASED}`,
  ),
  grant: finishStatement(
    'grant',
    `update links l set settled_at = null,
       applied = l.applied || ${tellGroups(`${TOLD_GROUPS} || jsonb_build_array(:group::text)`)}
      where ${KEY} and ${IS_LEASED}`,
  ),
  revoke: finishStatement(
    'revoke',
    `update links l set granted = array_remove(l.granted, :group) where ${KEY} and ${IS_LEASED}`,
  ),
  // the grace begins anew with each suspension: whoever gave the account back in between has used it
  suspend: finishStatement(
    'suspend',
    `update links l set state = case when pending_effects = '{}' then 'suspended' else 'suspending' end,
       suspended_at = now() where ${KEY} and ${IS_LEASED}`,
  ),
  resume: finishStatement(
    'resume',
    `update links l set state = 'active', suspended_at = null where ${KEY} and ${IS_LEASED}`,
  ),
  // the last one completes the suspension
  effect: finishStatement(
    'effect',
    `update links l set pending_effects = array_remove(l.pending_effects, :effect), settled_at = null,
       state = case when l.state = 'suspending' and array_remove(l.pending_effects, :effect) = '{}' then 'suspended'
                    else l.state end
      where ${KEY} and ${IS_LEASED}`,
  ),
  erase: finishStatement('erase', FORGET_LINK),
  anonymise: finishStatement('anonymise', FORGET_LINK),
} satisfies Record<ActionKind, unknown>;

function finishStatement(kind: ActionKind, link: string) {
  const decided = kind === 'invite' || kind === 'adopt' ? DECIDED : kind === 'effect' ? NOTED : '';
  // an answer that is lost is one that never came; only a receipt is not asked for again
  const unhurried = kind === 'erase' || kind === 'anonymise' ? '' : `returning ${UNHURRIED}`;
  const told = tellActionSql('finished', `account.${kind}`);
  return statement<never>(
    `action_finish_${kind}`,
    `with ${LEASED}, ${FINISHED}, told as (${told})${decided} ${link} ${unhurried}`,
  );
}
