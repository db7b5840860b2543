import type { Knex } from 'knex';
import type { MigrateOptions } from '../src/database/migrate.ts';

/**
 * What each request pays for and nobody needs. The foreign keys cost a look-up and a row lock per written row: a token
 * is proof that its connection exists, and whoever adds members has locked their group.
 *
 * groups_of() is GROUPS_OF for connections with groups in groups: as part of each statement its recursion would be
 * planned and set up every time, also where there is none.
 *
 * A person takes 2 to 3 KB, just above where PostgreSQL begins to compress: each write would pay for packing and each
 * read for unpacking.
 */
export async function up(db: Knex, options: MigrateOptions = {}): Promise<void> {
  if (!options.partitioned) await db.raw('alter table people set (toast_tuple_target = 4080)');
  await db.raw('alter table people drop constraint if exists people_tenant_id_connection_id_fkey');
  await db.raw('alter table groups drop constraint if exists groups_tenant_id_connection_id_fkey');
  await db.raw('alter table memberships drop constraint if exists memberships_tenant_id_group_id_fkey');
  await db.raw(`
    create function groups_of(tenant uuid, member uuid) returns text language plpgsql stable as $$
    begin
      return (
        with recursive above as (
          select m.group_id, 'direct' as type from memberships m where m.tenant_id = tenant and m.member_id = member
          union
          select m.group_id, 'indirect' from above a
            join memberships m on m.tenant_id = tenant and m.member_id = a.group_id)
        select '[' || string_agg('{"value":"' || g.id || '","$ref":"Groups/' || g.id || '","display":'
                 || to_json(g.display_name) || ',"type":"' || a.type || '"}', ',' order by g.id) || ']'
          from (select group_id, min(type) as type from above group by group_id) a
          join groups g on g.tenant_id = tenant and g.id = a.group_id and g.id <> member);
    end $$`);
}
