import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';

export type GroupRow = {
  id: string;
  displayName: string;
  externalId: string | null;
  connection: { id: string; name: string };
  modifiedAt: Date;
  /** What it is sorted by. */
  key: string;
};
export type MemberRow = { id: string; type: 'User' | 'Group'; name: string | null; owner: 'source' | 'manual' };

const COLUMNS = `g.id, g.display_name as "displayName", g.external_id as "externalId", g.modified_at as "modifiedAt",
          g.display_name_key as key, json_build_object('id', c.id, 'name', c.name) as connection`;

const selectGroups = statement<GroupRow>(
  'report_groups',
  `select ${COLUMNS}
     from groups g join connections c on c.tenant_id = g.tenant_id and c.id = g.connection_id
    where g.tenant_id = :tenantId
      and g.display_name_key collate "C" >= :search and g.display_name_key collate "C" < :searchEnd
      and (g.display_name_key collate "C", g.id) > (:key collate "C", :id::uuid)
      and (:connectionId::uuid is null or g.connection_id = :connectionId::uuid)
    order by g.display_name_key collate "C", g.id limit :limit`,
);

const selectGroup = statement<GroupRow>(
  'report_group',
  `select ${COLUMNS} from groups g join connections c on c.tenant_id = g.tenant_id and c.id = g.connection_id
    where g.tenant_id = :tenantId and g.id = :id`,
);

const selectMembers = statement<MemberRow>(
  'report_group_members',
  `select m.member_id as id, m.member_type as type, coalesce(p.user_name, n.display_name) as name, m.owner
     from (select * from memberships
            where tenant_id = :tenantId and group_id = :groupId and member_id > :after::uuid
            order by member_id limit :limit) m
     left join people p on p.tenant_id = m.tenant_id and p.id = m.member_id and m.member_type = 'User'
     left join groups n on n.tenant_id = m.tenant_id and n.id = m.member_id and m.member_type = 'Group'
    order by m.member_id`,
);

/** Groups by name, those behind a place; `search` is the folded beginning of the name. */
export async function listGroups(
  db: Knex,
  page: {
    tenantId: string;
    connectionId: string | null;
    search: string;
    behind: { key: string; id: string };
    limit: number;
  },
): Promise<GroupRow[]> {
  const { behind, ...rest } = page;
  return selectGroups(db, { ...rest, ...behind, searchEnd: `${page.search}\u{10ffff}` });
}

/** One group; throws `not_found`. */
export async function readGroup(db: Knex, tenantId: string, id: string): Promise<GroupRow> {
  const [row] = await selectGroup(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no group ${id}`);
  return row;
}

/** Direct members of a group by id, those behind `after`. */
export async function listMembers(
  db: Knex,
  page: { tenantId: string; groupId: string; after: string; limit: number },
): Promise<MemberRow[]> {
  return selectMembers(db, page);
}
