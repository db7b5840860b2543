import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Connection, ConnectionState, Profile } from '../model/connection.ts';
import { effectivePolicy, type PolicyDocument } from '../model/policy-layers.ts';
import { markConnection } from '../work/mark.ts';
import { requireReachable } from './environment.ts';
import { readTarget } from './targets.ts';

export const CONNECTION_COLUMNS = `c.tenant_id as "tenantId", c.id, c.name, c.profile, c.state, c.policy, c.mapping_id as "mappingId",
  (select t.policy from tenants t where t.tenant_id = c.tenant_id) as "tenantPolicy"`;
export type ConnectionRow = Omit<Connection, 'policy'> & { policy: PolicyDocument; tenantPolicy: PolicyDocument };

const insertConnection = statement<ConnectionRow>(
  'connections_create',
  `insert into connections as c (tenant_id, id, name, profile, state, policy)
   values (:tenantId, :id, :name, :profile, 'connected', :policy)
   on conflict (tenant_id, name) do nothing returning ${CONNECTION_COLUMNS}`,
);

const selectConnections = statement<ConnectionRow & { targetIds: string[] }>(
  'connections_list',
  `select ${CONNECTION_COLUMNS},
          array(select ct.target_id from connection_targets ct
                 where ct.tenant_id = c.tenant_id and ct.connection_id = c.id order by 1) as "targetIds"
     from connections c where c.tenant_id = :tenantId order by c.id`,
);

const selectConnection = statement<ConnectionRow>(
  'connections_read',
  `select ${CONNECTION_COLUMNS} from connections c where c.tenant_id = :tenantId and c.id = :id`,
);

const updateState = statement<ConnectionRow>(
  'connections_state',
  `update connections c set state = :state where c.tenant_id = :tenantId and c.id = :id returning ${CONNECTION_COLUMNS}`,
);

const attach = statement<{ targetId: string }>(
  'connections_attach',
  `insert into connection_targets (tenant_id, connection_id, target_id) values (:tenantId, :connectionId, :targetId)
   on conflict do nothing returning target_id as "targetId"`,
);

const selectAttached = statement<{ attached: number }>(
  'connections_attached',
  `select 1 as attached from connection_targets
    where tenant_id = :tenantId and connection_id = :connectionId and target_id = :targetId`,
);

/** A row as a Connection: what its policy leaves open is as its tenant says, else as recommended. */
export function connectionOf(row: ConnectionRow): Connection {
  const { tenantId, id, name, profile, state, policy, tenantPolicy, mappingId } = row;
  return { tenantId, id, name, profile, state, policy: effectivePolicy(tenantPolicy, policy).policy, mappingId };
}

/** Makes a connection in state `connected`: it stores what comes in, nothing leaves. Throws `already_exists`. */
export async function createConnection(
  db: Knex,
  tenantId: string,
  connection: { name: string; profile: Profile; policy: PolicyDocument },
): Promise<Connection> {
  const { name, profile, policy } = connection;
  const [row] = await insertConnection(db, { tenantId, id: uuidv7(), name, profile, policy: JSON.stringify(policy) });
  if (!row) throw new Fault('already_exists', `a connection named "${name}" exists already`);
  return connectionOf(row);
}

/** All connections of a tenant with the ids of their targets. */
export async function listConnections(db: Knex, tenantId: string): Promise<(Connection & { targetIds: string[] })[]> {
  const rows = await selectConnections(db, { tenantId });
  return rows.map((row) => ({ ...connectionOf(row), targetIds: row.targetIds }));
}

/** The connection of a tenant with this id; throws `not_found`. */
export async function readConnection(db: Knex, tenantId: string, id: string): Promise<Connection> {
  const [row] = await selectConnection(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return connectionOf(row);
}

/** Whether a target follows a connection. */
export async function isAttached(
  db: Knex,
  at: { tenantId: string; connectionId: string; targetId: string },
): Promise<boolean> {
  return (await selectAttached(db, at)).length === 1;
}

/**
 * Makes a target follow a connection, and marks everybody so that it catches up. Throws `not_found`, and `live_target`
 * where the tenant is for tests and the target is not. Call in a transaction.
 */
export async function attachTarget(trx: Knex, connection: Connection, targetId: string): Promise<void> {
  const { tenantId, id } = connection;
  await requireReachable(trx, tenantId, await readTarget(trx, tenantId, targetId));
  await attach(trx, { tenantId, connectionId: id, targetId });
  await markConnection(trx, { tenantId, id });
}

/** Moves a connection to another state. Enabling marks everybody: what was stored until now may leave. Call in a transaction. */
export async function setState(trx: Knex, tenantId: string, id: string, state: ConnectionState): Promise<Connection> {
  const [row] = await updateState(trx, { tenantId, id, state });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  if (state === 'enabled') await markConnection(trx, { tenantId, id });
  return connectionOf(row);
}
