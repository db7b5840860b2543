import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Summary } from './summary.ts';

/** One person in a list, with all that says how they stand at each target. */
export type PersonRow = Pick<Summary, 'links' | 'work' | 'held' | 'released'> & {
  id: string;
  userName: string;
  email: string | null;
  displayName: string | null;
  externalId: string | null;
  active: boolean;
  absent: boolean;
  deleted: boolean;
  modifiedAt: Date;
  connection: { id: string; name: string; state: string };
};

const selectRows = statement<PersonRow>(
  'people_rows',
  `select p.id, p.user_name as "userName", p.email_key as email, p.external_id as "externalId",
          coalesce(p.document->>'displayName',
                   nullif(concat_ws(' ', p.document->'name'->>'givenName', p.document->'name'->>'familyName'), '')) as "displayName",
          p.active, p.absent_at is not null as absent, p.deleted_at is not null as deleted,
          coalesce(p.deleted_at, p.modified_at) as "modifiedAt",
          json_build_object('id', c.id, 'name', c.name, 'state', c.state) as connection,
          coalesce((select json_agg(json_build_object('targetId', l.target_id, 'remoteId', l.remote_id, 'state', l.state,
                      'origin', l.origin, 'settledAt', l.settled_at))
             from targets t join links l on l.tenant_id = t.tenant_id and l.target_id = t.id and l.person_id = p.id
            where t.tenant_id = p.tenant_id), '[]') as links,
          coalesce((select json_agg(json_build_object('targetId', w.target_id, 'state', w.state, 'attempts', w.attempts,
                      'nextAt', w.next_at, 'lastError', w.last_error))
             from connection_targets ct join work_item w
               on w.tenant_id = ct.tenant_id and w.target_id = ct.target_id and w.kind = 'push' and w.subject_id = p.id
            where ct.tenant_id = p.tenant_id and ct.connection_id = p.connection_id), '[]') as work,
          array(select target_id from hold_items i
                 where i.tenant_id = p.tenant_id and i.person_id = p.id and i.state = 'held') as held,
          array(select r.target_id from targets t join released_links r
                    on r.tenant_id = t.tenant_id and r.target_id = t.id and r.person_id = p.id
                 where t.tenant_id = p.tenant_id) as released
     from unnest(:ids::uuid[]) with ordinality as wanted (id, place)
     join people p on p.tenant_id = :tenantId and p.id = wanted.id
     join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id
    order by wanted.place`,
);

/** These people, in this order. */
export async function peopleRows(db: Knex, tenantId: string, ids: readonly string[]): Promise<PersonRow[]> {
  return ids.length ? selectRows(db, { tenantId, ids }) : [];
}
