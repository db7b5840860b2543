import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { createGroup } from '../directory/groups.ts';
import { changeMembers } from '../directory/members.ts';
import { fold, type GroupColumns, type Scope } from '../directory/stored.ts';

const selectGroups = statement<{ id: string; name: string }>(
  'roster_groups',
  `select distinct on (display_name_key) id, display_name_key as name from groups
    where tenant_id = :tenantId and connection_id = :connectionId and display_name_key = any(:names::text[])
    order by display_name_key, id`,
);

const selectMemberships = statement<{ groupId: string; personId: string }>(
  'roster_memberships',
  `select group_id as "groupId", member_id as "personId" from memberships
    where tenant_id = :tenantId and connection_id = :connectionId and member_id = any(:ids::uuid[]) and owner = 'source'`,
);

/** One person and the names of all groups that the roster puts them in. */
export type Membership = { readonly personId: string; readonly groups: readonly string[] };

/** Puts people into the groups of these names, which are made where they are not there, and out of all others. */
export async function setMemberships(
  trx: Knex.Transaction,
  scope: Scope,
  people: readonly Membership[],
  columnsOf: (name: string) => GroupColumns,
): Promise<void> {
  if (people.length === 0) return;
  const ids = await groupIds(trx, scope, people, columnsOf);
  const wanted = new Set(
    people.flatMap(({ personId, groups }) => groups.map((name) => `${ids.get(fold(name))} ${personId}`)),
  );
  const rows = await selectMemberships(trx, { ...scope, ids: people.map(({ personId }) => personId) });
  const present = new Set(rows.map(({ groupId, personId }) => `${groupId} ${personId}`));
  await change(
    trx,
    scope,
    'add',
    [...wanted].filter((one) => !present.has(one)),
  );
  await change(
    trx,
    scope,
    'remove',
    [...present].filter((one) => !wanted.has(one)),
  );
}

async function groupIds(
  trx: Knex.Transaction,
  scope: Scope,
  people: readonly Membership[],
  columnsOf: (name: string) => GroupColumns,
): Promise<Map<string, string>> {
  // of several spellings the first
  const names = new Map(people.flatMap(({ groups }) => groups.map((name) => [fold(name), name] as const)).toReversed());
  const found = await selectGroups(trx, { ...scope, names: [...names.keys()] });
  const ids = new Map(found.map(({ id, name }) => [name, id]));
  for (const [folded, name] of names) {
    if (!ids.has(folded)) ids.set(folded, (await createGroup(trx, scope, columnsOf(name), [])).id);
  }
  return ids;
}

/** In the order of the groups' ids, so that two writers queue up instead of meeting in a deadlock. */
async function change(trx: Knex, scope: Scope, kind: 'add' | 'remove', pairs: readonly string[]): Promise<void> {
  const byGroup = Map.groupBy(pairs, (pair) => pair.slice(0, pair.indexOf(' ')));
  for (const groupId of [...byGroup.keys()].toSorted()) {
    const memberIds = (byGroup.get(groupId) ?? []).map((pair) => pair.slice(groupId.length + 1));
    await changeMembers(trx, scope, groupId, { kind, memberIds });
  }
}
