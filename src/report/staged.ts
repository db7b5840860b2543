import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Resource } from '../model/person.ts';

export type StagedRow = {
  id: string;
  userName: string;
  said: Resource;
  connection: { id: string; name: string; state: string };
  /** The targets where nobody invited the person yet. */
  targetIds: string[];
  /** When the invite goes by itself, on the first day; null where a human must act. */
  dueAt: Date | null;
};

const selectStaged = statement<StagedRow>(
  'staged_people',
  `select p.id, p.user_name as "userName", p.document as said,
          json_build_object('id', c.id, 'name', c.name, 'state', c.state) as connection, open.ids as "targetIds",
          (select min(w.next_at) from work_item w
            where w.tenant_id = p.tenant_id and w.target_id = any(open.ids) and w.kind = 'push' and w.subject_id = p.id
              and w.state = 'ready' and w.next_at > now() and w.lease_token is null and w.last_error is null) as "dueAt"
     from people p
     join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id
    cross join lateral (
      select array_agg(ct.target_id order by ct.target_id) as ids from connection_targets ct
       where ct.tenant_id = p.tenant_id and ct.connection_id = p.connection_id
         and not exists (select 1 from links l where l.tenant_id = ct.tenant_id and l.target_id = ct.target_id
                            and l.person_id = p.id and l.state <> 'erased')
         and not exists (select 1 from decisions d where d.tenant_id = ct.tenant_id and d.target_id = ct.target_id
                            and d.person_id = p.id and d.kind <> 'restore')) open
    where p.tenant_id = :tenantId and p.connection_id = any(:connectionIds::uuid[]) and p.deleted_at is null and p.absent_at is null and p.active
      and p.id > :after and open.ids is not null
    order by p.id limit :limit`,
);

/** Active people of these connections who have no account at one of its targets, and whom nobody has decided about. */
export async function stagedPeople(
  db: Knex,
  page: { tenantId: string; connectionIds: readonly string[]; after: string; limit: number },
): Promise<StagedRow[]> {
  return selectStaged(db, page);
}
