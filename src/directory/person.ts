import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Connection } from '../model/connection.ts';
import type { Person, PersonStatus, Resource } from '../model/person.ts';
import { CONNECTION_COLUMNS, type ConnectionRow, connectionOf } from './connections.ts';
import { GROUP_NAMES_OF } from './nesting.ts';

type Row = ConnectionRow & {
  personId: string;
  status: PersonStatus;
  resource: Resource;
  groups: string[];
  manual: string[];
  attached: boolean;
};

/** What the source last said of a row of alias `p`, in one word: a tombstone counts before an absence, that before `active`. */
export const PERSON_STATUS = `case when p.deleted_at is not null then 'deleted' when p.absent_at is not null then 'absent'
               when p.active then 'active' else 'deactivated' end`;

const selectPerson = statement<Row>(
  'person_for_delivery',
  `select ${CONNECTION_COLUMNS}, p.id as "personId", p.document as resource,
          ${PERSON_STATUS} as status,
          ${GROUP_NAMES_OF} as groups,
          array(select m.group_name from manual_memberships m
                 where m.tenant_id = p.tenant_id and m.target_id = :targetId and m.person_id = p.id) as manual,
          exists (select 1 from connection_targets ct where ct.tenant_id = p.tenant_id
                     and ct.connection_id = p.connection_id and ct.target_id = :targetId) as attached
     from people p join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id
    where p.tenant_id = :tenantId and p.id = :personId`,
);

/**
 * One person as the source last described them, tombstones too, with the connection they came by and the groups that an
 * operator put them in at this target. `attached` says whether this target follows that connection. Null when there never
 * was such a person.
 */
export async function readPerson(
  db: Knex,
  key: { tenantId: string; personId: string; targetId: string },
): Promise<{ person: Person; connection: Connection; attached: boolean } | null> {
  const [row] = await selectPerson(db, key);
  if (!row) return null;
  const { personId, status, resource, groups, manual, attached } = row;
  const person = { id: personId, status, resource, groups, given: manual };
  return { person, connection: connectionOf(row), attached };
}
