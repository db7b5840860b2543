import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

export type Edited = {
  id: string;
  userName: string;
  connection: { id: string; name: string };
  target: { id: string; name: string };
  remoteId: string;
  /** What others changed there; `email` is the address. */
  attributes: string[];
};

const selectEdited = statement<Edited>(
  'edited_people',
  `select p.id, p.user_name as "userName", json_build_object('id', c.id, 'name', c.name) as connection,
          json_build_object('id', t.id, 'name', t.name) as target, l.remote_id as "remoteId", l.edited as attributes
     from links l
     join people p on p.tenant_id = l.tenant_id and p.id = l.person_id
     join connections c on c.tenant_id = l.tenant_id and c.id = l.connection_id
     join targets t on t.tenant_id = l.tenant_id and t.id = l.target_id
    where l.tenant_id = :tenantId and l.edited <> '{}' and l.person_id > :after
      and (:connectionId::uuid is null or l.connection_id = :connectionId::uuid)
    order by l.person_id limit :limit`,
);

/** People whose accounts others have edited, where the policy asks before it changes them back; by id. */
export async function editedPeople(
  db: Knex,
  page: { tenantId: string; connectionId: string | null; after: string; limit: number },
): Promise<Edited[]> {
  return selectEdited(db, page);
}
