import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { LANE, mark } from '../work/mark.ts';
import { fold } from './stored.ts';

export type ManualMembership = { targetId: string; group: string; actor: string; createdAt: Date };

const insertOne = statement<never>(
  'manual_memberships_add',
  `insert into manual_memberships (tenant_id, target_id, person_id, group_name, actor, created_at)
   values (:tenantId, :targetId, :personId, :group, :actor, now())
   on conflict (tenant_id, target_id, person_id, group_name) do nothing`,
);

const deleteOne = statement<{ group: string }>(
  'manual_memberships_remove',
  `delete from manual_memberships
    where tenant_id = :tenantId and target_id = :targetId and person_id = :personId and group_name = :group
   returning group_name as "group"`,
);

const selectOf = statement<ManualMembership>(
  'manual_memberships_of',
  `select m.target_id as "targetId", m.group_name as "group", m.actor, m.created_at as "createdAt"
     from connection_targets ct
     join manual_memberships m on m.tenant_id = ct.tenant_id and m.target_id = ct.target_id and m.person_id = :personId
    where ct.tenant_id = :tenantId and ct.connection_id = :connectionId
    order by m.target_id, m.group_name`,
);

const selectManaged = statement<{ name: string }>(
  'groups_managed',
  `select distinct display_name as name from groups
    where tenant_id = :tenantId and connection_id = :connectionId and display_name_key = any(:keys::text[])
      and display_name = any(:names::text[])`,
);

type Key = { tenantId: string; targetId: string; personId: string; connectionId: string; group: string };

/** Puts somebody into a group at a target, and marks them. Doing it again changes nothing. Call in a transaction. */
export async function addManualMembership(trx: Knex, key: Key, actor: string): Promise<void> {
  await insertOne(trx, { ...key, actor });
  await mark(trx, { ...key, ids: [key.personId], lane: LANE.change });
}

/** Takes such a membership back, and marks the person; false when there is none. Call in a transaction. */
export async function removeManualMembership(trx: Knex, key: Key): Promise<boolean> {
  const removed = await deleteOne(trx, key);
  await mark(trx, { ...key, ids: [key.personId], lane: LANE.loss });
  return removed.length === 1;
}

/** The memberships that operators gave somebody, at the targets of the connection. */
export async function manualMembershipsOf(
  db: Knex,
  key: { tenantId: string; connectionId: string; personId: string },
): Promise<ManualMembership[]> {
  return selectOf(db, key);
}

/** Which of these names are groups of the connection. */
export async function managedGroups(
  db: Knex,
  connection: { tenantId: string; id: string },
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const { tenantId, id: connectionId } = connection;
  const rows = await selectManaged(db, { tenantId, connectionId, names, keys: names.map(fold) });
  return rows.map(({ name }) => name);
}
