import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { Connection, Profile } from '../model/connection.ts';
import type { EventKind } from '../model/event.ts';
import { markConnection } from '../work/mark.ts';
import { ATTRIBUTES_OF, tellPeopleSql } from '../work/tell.ts';
import { CONNECTION_COLUMNS, type ConnectionRow, connectionOf } from './connections.ts';

const KEY = 'c.tenant_id = :tenantId and c.id = :id';
const NEVER_INVITED = `p.deleted_at is null
  and not exists (select 1 from links l where l.tenant_id = p.tenant_id and l.person_id = p.id)
  and not exists (select 1 from released_links l where l.tenant_id = p.tenant_id and l.person_id = p.id)`;

const toldAs = (type: EventKind, detail: string) => `p.tenant_id, p.connection_id, p.id as subject_id,
        p.version as revision, '${type}' as type, null::boolean as active, ${detail} as detail`;

const updateDisconnected = statement<ConnectionRow>(
  'connections_disconnect',
  `update connections c set state = 'disconnected', disconnected_at = now() where ${KEY} returning ${CONNECTION_COLUMNS}`,
);

const buryUninvited = statement<{ id: string }>(
  'people_bury_uninvited',
  `with written as (
     update people p set deleted_at = now(), version = version + 1
      where p.tenant_id = :tenantId and p.connection_id = :id and ${NEVER_INVITED}
      returning ${toldAs('person.delete', `'{}'::jsonb`)}),
   told as (${tellPeopleSql('written')})
   select subject_id as id from written`,
);

const countUninvited = statement<{ count: number }>(
  'people_count_uninvited',
  `select count(*)::int as count from people p
    where p.tenant_id = :tenantId and p.connection_id = :id and ${NEVER_INVITED}`,
);

// nothing can have taken a name meanwhile: no token of a disconnected connection is accepted
const reviveBuried = statement<{ id: string }>(
  'people_revive',
  `with written as (
     update people p set deleted_at = null, version = p.version + 1
       from connections c
      where ${KEY} and p.tenant_id = c.tenant_id and p.connection_id = c.id and p.deleted_at = c.disconnected_at
        and not exists (select 1 from people o where o.tenant_id = p.tenant_id and o.connection_id = p.connection_id
                           and o.user_name_key = p.user_name_key and o.deleted_at is null)
      returning ${toldAs('person.create', ATTRIBUTES_OF('p.document'))}),
   told as (${tellPeopleSql('written')})
   select subject_id as id from written`,
);

const updateConnected = statement<ConnectionRow>(
  'connections_connect',
  `update connections c set state = 'connected', disconnected_at = null where ${KEY} returning ${CONNECTION_COLUMNS}`,
);

const updateNamed = statement<ConnectionRow>(
  'connections_change',
  `update connections c set name = :name, profile = :profile
    where ${KEY} and not exists (select 1 from connections o where o.tenant_id = c.tenant_id and o.name = :name
                                    and o.id <> c.id)
    returning ${CONNECTION_COLUMNS}`,
);

const detach = statement<{ targetId: string }>(
  'connections_detach',
  `delete from connection_targets where tenant_id = :tenantId and connection_id = :id and target_id = :targetId
   returning target_id as "targetId"`,
);

/**
 * Ends a connection: whoever has no account anywhere leaves the directory where the policy says so, everybody else is
 * marked, so that the worker lets their accounts go. Call in a transaction.
 */
export async function disconnect(trx: Knex, connection: Connection): Promise<Connection> {
  const key = { tenantId: connection.tenantId, id: connection.id };
  const [row] = await updateDisconnected(trx, key);
  if (!row) throw new Fault('not_found', `no connection ${connection.id}`);
  if (connection.policy.onDisconnect.neverInvited === 'erase') await buryUninvited(trx, key);
  await markConnection(trx, key);
  return connectionOf(row);
}

/** How many people of a connection have no account anywhere, and none on its way. */
export async function countNeverInvited(db: Knex, { tenantId, id }: Connection): Promise<number> {
  const [row] = await countUninvited(db, { tenantId, id });
  return row?.count ?? 0;
}

/** Takes a disconnected connection back: the same people under the same ids. Nothing leaves until it is enabled. */
export async function reconnect(trx: Knex, { tenantId, id }: Connection): Promise<Connection> {
  await reviveBuried(trx, { tenantId, id });
  const [row] = await updateConnected(trx, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return connectionOf(row);
}

/** Gives a connection another name or profile; throws `already_exists` when the name is taken. */
export async function changeConnection(
  db: Knex,
  connection: Connection,
  { name, profile }: { name: string; profile: Profile },
): Promise<Connection> {
  const [row] = await updateNamed(db, { tenantId: connection.tenantId, id: connection.id, name, profile });
  if (!row) throw new Fault('already_exists', `a connection named "${name}" exists already`);
  return connectionOf(row);
}

/**
 * A target follows the connection no more: its accounts stay, and the worker lets them go. False when it did not follow.
 * Marked while it still follows, because marking goes by that. Call in a transaction.
 */
export async function detachTarget(trx: Knex, { tenantId, id }: Connection, targetId: string): Promise<boolean> {
  await markConnection(trx, { tenantId, id });
  return (await detach(trx, { tenantId, id, targetId })).length === 1;
}
