import type { Knex } from 'knex';
import { newId } from './account.ts';
import { brokenRule, Refusal } from './refusal.ts';

export type Group = { readonly id: string; readonly name: string };

/** The group of this name, or all groups by name (null). */
export async function listGroups(db: Knex, name: string | null): Promise<Group[]> {
  const { rows } = await db.raw<{ rows: Group[] }>(
    `select g.id, g.name from sandbox.groups g
      where cast(:name as text) is null or g.name = :name
      order by g.name collate "C"`,
    { name },
  );
  return rows;
}

/** Makes a group; names are unique, and letter case counts. */
export async function createGroup(db: Knex, name: string): Promise<Group> {
  const { rows } = await db.raw<{ rows: Group[] }>(
    `insert into sandbox.groups (id, name) values (:id, :name)
         on conflict on constraint groups_name_taken do nothing
     returning id, name`,
    { id: newId('grp'), name },
  );
  if (!rows[0]) throw new Refusal(409, 'name_taken', 'a group with this name already exists');
  return rows[0];
}

/** Puts the account into the group; doing it again changes nothing. */
export async function addMember(db: Knex, groupId: string, accountId: string): Promise<void> {
  const statement = db.raw(
    `insert into sandbox.group_members (account_id, group_id) values (:accountId, :groupId) on conflict do nothing`,
    { accountId, groupId },
  );
  await statement.catch((error: unknown) => {
    const rules = {
      group_members_account: new Refusal(404, 'user_not_found', `there is no user ${accountId}`),
      group_members_group: new Refusal(404, 'group_not_found', `there is no group ${groupId}`),
    };
    throw brokenRule(error, rules) ?? error;
  });
}

/** Takes the account out of the group; not being in it, or not being at all, is the same answer. */
export async function removeMember(db: Knex, groupId: string, accountId: string): Promise<void> {
  await db.raw('delete from sandbox.group_members where account_id = :accountId and group_id = :groupId', {
    accountId,
    groupId,
  });
}
