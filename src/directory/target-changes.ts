import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { Target } from '../model/target.ts';
import { markConnection } from '../work/mark.ts';
import type { TargetRow } from './targets.ts';

const KEY = 't.tenant_id = :tenantId and t.id = :id';
const COLUMNS = 't.tenant_id as "tenantId", t.id, t.name, t.kind, t.environment, t.settings';

const lockTarget = statement<TargetRow>(
  'targets_lock',
  `select ${COLUMNS}, t.secrets from targets t where ${KEY} for update`,
);

const updateTarget = statement<Target>(
  'targets_change',
  `update targets t set name = :name, environment = :environment, settings = :settings, secrets = :secrets
    where ${KEY} and not exists (select 1 from targets o where o.tenant_id = t.tenant_id and o.name = :name
                                    and o.id <> t.id)
    returning ${COLUMNS}`,
);

const selectFollowed = statement<{ connectionId: string; name: string }>(
  'targets_followed',
  `select c.id as "connectionId", c.name from connection_targets ct
     join connections c on c.tenant_id = ct.tenant_id and c.id = ct.connection_id
    where ct.tenant_id = :tenantId and ct.target_id = :id order by c.name`,
);

const countLinks = statement<{ count: number }>(
  'targets_links',
  'select count(*)::int as count from links where tenant_id = :tenantId and target_id = :id',
);

const deleteTarget = statement<{ id: string }>(
  'targets_remove',
  `with work as (delete from work_item where tenant_id = :tenantId and target_id = :id),
   invited as (delete from invites where tenant_id = :tenantId and target_id = :id),
   released as (delete from released_links where tenant_id = :tenantId and target_id = :id),
   facts as (delete from manager_facts where tenant_id = :tenantId and target_id = :id),
   held as (delete from holds where tenant_id = :tenantId and target_id = :id)
   delete from targets t where ${KEY} returning t.id`,
);

/** One target, locked until the transaction ends; throws `not_found`. */
export async function lockedTarget(trx: Knex, tenantId: string, id: string): Promise<TargetRow> {
  const [row] = await lockTarget(trx, { tenantId, id });
  if (!row) throw new Fault('not_found', `no target ${id}`);
  return row;
}

/** Stores a changed target, and marks whoever follows it: what it can do may be something else now. Call in a transaction. */
export async function changeTarget(trx: Knex, target: TargetRow): Promise<Target> {
  const { tenantId, id, name, environment, secrets } = target;
  const settings = JSON.stringify(target.settings);
  const [row] = await updateTarget(trx, { tenantId, id, name, environment, settings, secrets });
  if (!row) throw new Fault('already_exists', `a target named "${name}" exists already`);
  for (const { connectionId } of await selectFollowed(trx, { tenantId, id })) {
    await markConnection(trx, { tenantId, id: connectionId });
  }
  return row;
}

/** Forgets a target that no connection feeds and no account is linked at; throws `target_in_use`. Call in a transaction. */
export async function removeTarget(trx: Knex, { tenantId, id, name }: TargetRow): Promise<void> {
  const followers = await selectFollowed(trx, { tenantId, id });
  if (followers.length) {
    const names = followers.map((connection) => connection.name).join(', ');
    throw new Fault('target_in_use', `target "${name}" follows ${names}: detach it first`);
  }
  const [links] = await countLinks(trx, { tenantId, id });
  if (links?.count) {
    const words = `${links.count} accounts at target "${name}" are still being let go: try again in a moment`;
    throw new Fault('target_in_use', words);
  }
  await deleteTarget(trx, { tenantId, id });
}
