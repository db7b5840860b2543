import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

export type WaitingPerson = {
  id: string;
  userName: string;
  connection: { id: string; name: string };
  target: { id: string; name: string };
  /** A reason of the planner, or `error`: the target refused, or every try has failed. */
  reason: string;
  /** The target's own words, for `error`. */
  error: string | null;
};

const selectWaiting = statement<WaitingPerson>(
  'waiting_people',
  `with found as (
     (select subject_id, target_id, waiting as reason, null::text as error from work_item
       where tenant_id = :tenantId and kind = 'push' and waiting = any(:reasons::text[]) and subject_id > :after
       order by subject_id limit :limit)
     union all
     (select subject_id, target_id, 'error', last_error from work_item
       where tenant_id = :tenantId and kind = 'push' and state = 'dead' and 'error' = any(:reasons::text[])
         and subject_id > :after
       order by subject_id limit :limit))
   select p.id, p.user_name as "userName", json_build_object('id', c.id, 'name', c.name) as connection,
          json_build_object('id', t.id, 'name', t.name) as target, f.reason, f.error
     from found f
     join people p on p.tenant_id = :tenantId and p.id = f.subject_id
     join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id
     join targets t on t.tenant_id = p.tenant_id and t.id = f.target_id
    where :connectionId::uuid is null or p.connection_id = :connectionId::uuid
    order by p.id limit :limit`,
);

/** People for whom nothing happens until somebody decides or mends something, by id. */
export async function waitingPeople(
  db: Knex,
  page: { tenantId: string; connectionId: string | null; reasons: readonly string[]; after: string; limit: number },
): Promise<WaitingPerson[]> {
  return selectWaiting(db, page);
}
