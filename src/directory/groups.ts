import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction, onItsOwn } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import { markSql } from '../work/mark.ts';
import { MEMBERS_OF } from './list-sources.ts';
import { subjectsUnder } from './nesting.ts';
import { fold, type GroupColumns, type Replaced, type Scope, type Stored, TIMES, UNWRITTEN_OUTCOME } from './stored.ts';

const COLUMNS = `t.id, t.version, t.document::text as document, ${TIMES}`;
const SCOPE = 't.tenant_id = :tenantId and t.connection_id = :connectionId';
const NOW = `date_trunc('milliseconds', now())`;
/**
 * The people and groups among `memberIds`: what may become a member. The locks make a deletion at the same moment wait,
 * or be waited for, so that nobody joins who is gone; they do not conflict with other changes. `condition` is tested
 * before the first lock.
 */
export const knownMembers = (condition: string) => `
   known as (
     select p.id as member_id, 'User' as member_type
       from (select t.id from people t where ${SCOPE} and t.deleted_at is null and t.id = any(:memberIds::uuid[]) and ${condition}
                for key share) p
     union all
     select g.id, 'Group' from (select t.id from groups t where ${SCOPE} and t.id = any(:memberIds::uuid[]) and ${condition}
                for key share) g)`;

/** An array as PostgreSQL writes it; pg would look at each of a hundred thousand ids for characters to escape. */
export function uuidArray(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}

const insertGroup = statement<Stored>(
  'groups_create',
  `with recursive ${knownMembers('true')},
   written as (
     insert into groups as t (tenant_id, connection_id, id, display_name, display_name_key, external_id, document, search,
                              created_at, modified_at)
     select :tenantId, :connectionId, :id, :displayName, :displayNameKey, :externalId, :document, :search, ${NOW}, ${NOW}
      where (select count(*) from known) = cardinality(:memberIds::uuid[])
     returning t.*),
   joined as (
     insert into memberships (tenant_id, connection_id, group_id, member_id, member_type)
     select w.tenant_id, w.connection_id, w.id, k.member_id, k.member_type from written w cross join known k
     returning tenant_id, connection_id, member_id, member_type),
   ${subjectsUnder('joined', 1)},
   marked as (${markSql('subjects')})
   select ${COLUMNS}, null::text as related from written t`,
);

const selectGroup = statement<Stored>(
  'groups_get',
  `select ${COLUMNS}, ${MEMBERS_OF} as related from groups t where ${SCOPE} and t.id = :id`,
);

const selectGroupAlone = statement<Stored>(
  'groups_get_alone',
  `select ${COLUMNS}, null::text as related from groups t where ${SCOPE} and t.id = :id`,
);

const selectGroupLocked = statement<Stored>(
  'groups_get_locked',
  `select ${COLUMNS}, null::text as related from groups t where ${SCOPE} and t.id = :id for no key update`,
);

// the groups that hold it before itself, as whoever adds a member locks them
const lockToDelete = statement<{ id: string }>(
  'groups_lock',
  `select t.id from groups t
    where ${SCOPE} and (t.id = :id or t.id in (select m.group_id from memberships m
                                                where m.tenant_id = :tenantId and m.member_id = :id))
    order by t.id = :id, t.id for update`,
);

// a new display name is a new group name at the target, so it touches every member: only then are they marked
const updateGroup = statement<Replaced>(
  'groups_replace',
  `with recursive before as (select t.display_name from groups t where ${SCOPE} and t.id = :id),
   written as (
     update groups t
        set version = t.version + 1, display_name = :displayName, display_name_key = :displayNameKey,
            external_id = :externalId, document = :document, search = :search, modified_at = ${NOW}
      where ${SCOPE} and t.id = :id and t.version = coalesce(:version, t.version) and t.document::text <> :document
     returning t.*),
   renamed as (
     select w.tenant_id, w.connection_id, w.id as member_id, 'Group' as member_type from written w
      where w.display_name <> (select display_name from before)),
   ${subjectsUnder('renamed', 1)},
   marked as (${markSql('subjects')})
   select 'written' as outcome, ${COLUMNS}, null::text as related from written t
   union all
   select ${UNWRITTEN_OUTCOME}, ${COLUMNS}, null::text from groups t
    where ${SCOPE} and t.id = :id and not exists (select 1 from written)`,
);

const removeGroup = statement<{ id: string }>(
  'groups_delete',
  `with recursive written as (
     delete from groups t where ${SCOPE} and t.id = :id and t.version = coalesce(:version, t.version)
     returning t.tenant_id, t.connection_id, t.id),
   emptied as (
     delete from memberships m using written w where m.tenant_id = w.tenant_id and m.group_id = w.id),
   gone as (select tenant_id, connection_id, id as member_id, 'Group' as member_type from written),
   ${subjectsUnder('gone', 0)},
   left_groups as (
     delete from memberships m using written w where m.tenant_id = w.tenant_id and m.member_id = w.id
     returning m.tenant_id, m.group_id),
   touched as (
     update groups g set version = g.version + 1, modified_at = ${NOW}
       from left_groups l where g.tenant_id = l.tenant_id and g.id = l.group_id),
   marked as (${markSql('subjects')})
   select id from written`,
);

/** Stores a group with its first members in one statement; throws `member_not_found` when one of them is unknown. */
export async function createGroup(
  db: Knex,
  scope: Scope,
  columns: GroupColumns,
  memberIds: readonly string[],
): Promise<Stored> {
  const bindings = { ...scope, ...derived(columns), id: uuidv7(), memberIds: uuidArray(memberIds) };
  const [row] = await onItsOwn(db, () => insertGroup(db, bindings));
  if (!row) throw unknownMembers();
  return row;
}

/** The group with this id, or null. Without `withMembers` its members are not read, however many there are. */
export async function findGroup(db: Knex, scope: Scope, id: string, withMembers: boolean): Promise<Stored | null> {
  const [row] = await (withMembers ? selectGroup : selectGroupAlone)(db, { ...scope, id });
  return row ?? null;
}

/**
 * The group with this id, without members, which nobody else can change until the transaction ends; or null. Whoever
 * renames it must have locked it before: who joins while the rename waits would not be marked otherwise.
 */
export async function findGroupLocked(trx: Knex.Transaction, scope: Scope, id: string): Promise<Stored | null> {
  const [row] = await selectGroupLocked(trx, { ...scope, id });
  return row ?? null;
}

/** Writes a new version of the locked group itself, not of its members; null when there is no such group. */
export async function replaceGroup(
  db: Knex.Transaction,
  scope: Scope,
  id: string,
  version: number | null,
  columns: GroupColumns,
): Promise<Replaced | null> {
  const [row] = await updateGroup(db, { ...scope, ...derived(columns), id, version });
  return row ?? null;
}

/** Removes a group and its memberships and marks the people who were in it; false when it is not there. */
export async function deleteGroup(db: Knex, scope: Scope, id: string, version: number | null): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    await lockToDelete(trx, { ...scope, id }); // waits for those who join right now, so that they are marked too
    return (await removeGroup(trx, { ...scope, id, version })).length === 1;
  });
}

export function unknownMembers(): Fault {
  return new Fault('member_not_found', 'a member does not exist in this connection; create the user or group first');
}

function derived(columns: GroupColumns) {
  return { ...columns, displayNameKey: fold(columns.displayName) };
}
