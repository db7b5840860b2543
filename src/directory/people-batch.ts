import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { markSql } from '../work/mark.ts';
import { tellPeopleSql } from '../work/tell.ts';
import { fold, type PersonColumns, type Scope } from './stored.ts';

export type Created = { id: string; version: number };

// One JSON parameter instead of ten arrays: building and escaping those costs three times the CPU here.
const insertPeople = statement<{ userNameKey: string; id: string; version: number }>(
  'people_create_many',
  `with rows as (
     select r.* from json_to_recordset(:rows::json) as r (id uuid, user_name text, user_name_key text, external_id text,
       email_key text, display_name_key text, active boolean, document json, search jsonb, told jsonb)),
   written as (
     insert into people as t (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key,
                              display_name_key, active, document, search, created_at, modified_at)
     select :tenantId, :connectionId, r.id, r.user_name, r.user_name_key, r.external_id, r.email_key, r.display_name_key,
            r.active, r.document, r.search, date_trunc('milliseconds', now()), date_trunc('milliseconds', now())
       from rows r order by r.user_name_key
     on conflict (tenant_id, connection_id, user_name_key) where deleted_at is null do update set
       version = t.version + 1, external_id = excluded.external_id, email_key = excluded.email_key,
       display_name_key = excluded.display_name_key, user_name = excluded.user_name, active = true,
       document = excluded.document, search = excluded.search, modified_at = excluded.modified_at
      where :rehire and excluded.active and not t.active
     returning t.tenant_id, t.connection_id, t.id, t.version, t.user_name_key),
   subjects as (select tenant_id, connection_id, id as subject_id, (case when version = 1 then 2 else 1 end)::smallint as lane
                  from written),
   marked as (${markSql('subjects')}),
   changes as (
     select w.tenant_id, w.connection_id, w.id as subject_id, w.version as revision,
            case when w.version = 1 then 'person.create' else 'person.put' end as type,
            case when w.version > 1 then true end as active, r.told as detail
       from written w join rows r on r.user_name_key = w.user_name_key),
   told as (${tellPeopleSql('changes')})
   select user_name_key as "userNameKey", id, version from written`,
);

/**
 * Stores many new people and their work in one statement, in the order of `people`: null where the userName is taken,
 * by somebody in the directory or by an earlier one of the same batch.
 */
export async function createPeople(
  db: Knex,
  scope: Scope,
  people: readonly PersonColumns[],
  options: { rehire: boolean },
): Promise<(Created | null)[]> {
  const keys = people.map(({ userName }) => fold(userName));
  const first = new Map<string, number>();
  keys.forEach((key, index) => {
    if (!first.has(key)) first.set(key, index);
  });
  const rows = [...first].map(([key, index]) => rowText(people[index] as PersonColumns, key));
  const written = await insertPeople(db, { ...scope, rows: `[${rows.join(',')}]`, rehire: options.rehire });
  const byKey = new Map(written.map(({ userNameKey, id, version }) => [userNameKey, { id, version }]));
  return keys.map((key, index) => (first.get(key) === index ? (byKey.get(key) ?? null) : null));
}

/** The row as JSON; document and search are JSON text already and go in as they are. */
function rowText(person: PersonColumns, userNameKey: string): string {
  const head = JSON.stringify({
    id: uuidv7(),
    user_name: person.userName,
    user_name_key: userNameKey,
    external_id: person.externalId,
    email_key: person.email === null ? null : fold(person.email),
    display_name_key: person.displayName === null ? null : fold(person.displayName),
    active: person.active,
    told: { attributes: person.attributes ?? [] },
  });
  return `${head.slice(0, -1)},"document":${person.document},"search":${person.search}}`;
}
