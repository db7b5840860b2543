import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { markSql } from '../work/mark.ts';
import { KNOWN_MEMBERS, unknownMembers } from './groups.ts';
import type { Scope } from './stored.ts';

const NOW = `date_trunc('milliseconds', now())`;
const THIS_GROUP = 'tenant_id = :tenantId and connection_id = :connectionId and id = :groupId';
/** A group's version moves when its members do, and only then. */
const TOUCH = (changed: string) => `
   touched as (
     update groups set version = version + 1, modified_at = ${NOW}
      where ${THIS_GROUP} and exists (select 1 from ${changed})
     returning 1)`;
const MARK = (changed: string, lane: 0 | 1) => `
   subjects as (
     select tenant_id, connection_id, member_id as subject_id, ${lane}::smallint as lane from ${changed}
      where member_type = 'User'),
   marked as (${markSql('subjects')})`;
const CHANGED = 'returning tenant_id, connection_id, member_id, member_type';

type Outcome = { known: number; changed: number };

// Costs the same in a group of ten and of a hundred thousand: the group's members are never read.
const insertMembers = statement<Outcome>(
  'members_add',
  `with ${KNOWN_MEMBERS},
   added as (
     insert into memberships as m (tenant_id, connection_id, group_id, member_id, member_type)
     select :tenantId, :connectionId, :groupId, k.member_id, k.member_type from known k
      where (select count(*) from known) = cardinality(:memberIds::uuid[])
      order by k.member_id
     on conflict (tenant_id, group_id, member_id) do nothing ${CHANGED}),
   ${TOUCH('added')}, ${MARK('added', 1)}
   select (select count(*) from known)::int as known, (select count(*) from added)::int as changed`,
);

const deleteMembers = statement<Outcome>(
  'members_remove',
  `with removed as (
     delete from memberships where tenant_id = :tenantId and connection_id = :connectionId and group_id = :groupId
       and member_id = any(:memberIds::uuid[]) ${CHANGED}),
   ${TOUCH('removed')}, ${MARK('removed', 0)}
   select 0 as known, (select count(*) from removed)::int as changed`,
);

const deleteAllBut = statement<Outcome>(
  'members_keep',
  `with removed as (
     delete from memberships where tenant_id = :tenantId and connection_id = :connectionId and group_id = :groupId
       and owner = 'source' and member_id <> all(:memberIds::uuid[]) ${CHANGED}),
   ${TOUCH('removed')}, ${MARK('removed', 0)}
   select 0 as known, (select count(*) from removed)::int as changed`,
);

/** One step of a change to a group's members; `keep` removes everybody who is not listed. */
export type MemberChange = { kind: 'add' | 'remove' | 'keep'; memberIds: readonly string[] };

/**
 * Applies one member change as a set operation and marks exactly the people it touched. Adding who is in and removing
 * who is not are no changes. Throws `member_not_found` when somebody to add is unknown. Returns how many changed.
 */
export async function changeMembers(db: Knex, scope: Scope, groupId: string, change: MemberChange): Promise<number> {
  const memberIds = [...new Set(change.memberIds)];
  const run = { add: insertMembers, remove: deleteMembers, keep: deleteAllBut }[change.kind];
  const [outcome] = await run(db, { ...scope, groupId, memberIds });
  if (change.kind === 'add' && outcome?.known !== memberIds.length) throw unknownMembers();
  return outcome?.changed ?? 0;
}
