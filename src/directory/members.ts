import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { onItsOwn } from '../database/transaction.ts';
import { Fault } from '../errors.ts';
import { markSql } from '../work/mark.ts';
import { knownMembers, unknownMembers, uuidArray } from './groups.ts';
import { subjectsUnder } from './nesting.ts';
import type { Scope } from './stored.ts';

const NOW = `date_trunc('milliseconds', now())`;
/** Locked first by every change, so that changes of one group queue up instead of meeting in a deadlock. */
const THIS_GROUP = `
   this_group as (
     select tenant_id, connection_id, id from groups
      where tenant_id = :tenantId and connection_id = :connectionId and id = :groupId for no key update)`;
const MEMBERS = `delete from memberships m using this_group g
      where m.tenant_id = g.tenant_id and m.group_id = g.id`;
/**
 * A group's version moves when its members do, and only then. A join, not `exists (select 1 from changed)`: that sublink
 * over a DELETE crashes the server (PostgreSQL 18.4) when the update has to wait and tests the row again.
 */
const TOUCH = (changed: string) => `
   touched as (
     update groups t set version = t.version + 1, modified_at = ${NOW}
       from (select 1 as one from ${changed} limit 1) moved
      where t.tenant_id = :tenantId and t.connection_id = :connectionId and t.id = :groupId)`;
const MARK = (changed: string, lane: 0 | 1) => `${subjectsUnder(changed, lane)},
   marked as (${markSql('subjects')})`;
const CHANGED = 'returning m.tenant_id, m.connection_id, m.member_id, m.member_type';
const OUTCOME = (changed: string) =>
  `(select count(*) from this_group)::int as groups, (select count(*) from ${changed})::int as changed`;

type Outcome = { groups: number; known: number; changed: number };

// Costs the same in a group of ten and of a hundred thousand: the group's members are never read.
const insertMembers = statement<Outcome>(
  'members_add',
  `with recursive ${THIS_GROUP}, ${knownMembers('exists (select 1 from this_group)')},
   added as (
     insert into memberships as m (tenant_id, connection_id, group_id, member_id, member_type)
     select g.tenant_id, g.connection_id, g.id, k.member_id, k.member_type from this_group g cross join known k
      where (select count(*) from known) = cardinality(:memberIds::uuid[])
      order by k.member_id
     on conflict (tenant_id, group_id, member_id) do nothing ${CHANGED}),
   ${TOUCH('added')}, ${MARK('added', 1)}
   select (select count(*) from known)::int as known, ${OUTCOME('added')}`,
);

const deleteMembers = statement<Outcome>(
  'members_remove',
  `with recursive ${THIS_GROUP},
   removed as (${MEMBERS} and m.member_id = any(:memberIds::uuid[]) ${CHANGED}),
   ${TOUCH('removed')}, ${MARK('removed', 0)}
   select 0 as known, ${OUTCOME('removed')}`,
);

const deleteAllBut = statement<Outcome>(
  'members_keep',
  `with recursive ${THIS_GROUP},
   removed as (${MEMBERS} and m.owner = 'source' and m.member_id <> all(:memberIds::uuid[]) ${CHANGED}),
   ${TOUCH('removed')}, ${MARK('removed', 0)}
   select 0 as known, ${OUTCOME('removed')}`,
);

/** One step of a change to a group's members; `keep` removes everybody who is not listed. */
export type MemberChange = { kind: 'add' | 'remove' | 'keep'; memberIds: readonly string[] };

/**
 * Applies one member change as a set operation and marks exactly the people it touched. Adding who is in and removing
 * who is not are no changes. Throws `not_found` when there is no such group, `member_not_found` when somebody to add is
 * unknown. Returns how many changed.
 */
export async function changeMembers(db: Knex, scope: Scope, groupId: string, change: MemberChange): Promise<number> {
  const memberIds = [...new Set(change.memberIds)];
  const run = { add: insertMembers, remove: deleteMembers, keep: deleteAllBut }[change.kind];
  const bindings = { ...scope, groupId, memberIds: uuidArray(memberIds) };
  const [outcome] = await onItsOwn(db, () => run(db, bindings));
  if (!outcome?.groups) throw new Fault('not_found', `Group "${groupId}" not found`);
  if (change.kind === 'add' && outcome.known !== memberIds.length) throw unknownMembers();
  return outcome.changed;
}
