import type { Knex } from 'knex';
import { attachTarget, createConnection } from '../../src/directory/connections.ts';
import { createGroup } from '../../src/directory/groups.ts';
import { createPerson } from '../../src/directory/people.ts';
import type { GroupColumns, PersonColumns, Scope } from '../../src/directory/stored.ts';
import { createTarget } from '../../src/directory/targets.ts';
import { createTenant } from '../../src/directory/tenants.ts';

/** A connection whose people one target follows. */
export async function aScope(db: Knex): Promise<Scope> {
  const tenantId = await createTenant(db, 'tenant');
  const target = await createTarget(db, tenantId, { name: 'app', kind: 'sandbox', settings: {}, secrets: null });
  const connection = await createConnection(db, tenantId, { name: 'idp', profile: 'generic', policy: {} });
  await attachTarget(db, connection, target.id);
  return { tenantId, connectionId: connection.id };
}

/** What is stored of a person; the document says no more than the columns. */
export function columnsOf(userName: string, more: Partial<PersonColumns> = {}): PersonColumns {
  const columns = { userName, externalId: null, email: null, displayName: null, active: true, ...more };
  const { externalId, displayName, active } = columns;
  const document = JSON.stringify({ userName, active, externalId, displayName, title: more.document ?? null });
  return { ...columns, document, search: more.search ?? document };
}

export function groupOf(displayName: string): GroupColumns {
  const document = JSON.stringify({ displayName });
  return { displayName, externalId: null, document, search: document };
}

let people = 0;

export async function person(db: Knex, scope: Scope, more: Partial<PersonColumns> = {}): Promise<string> {
  return (await createPerson(db, scope, columnsOf(`person ${++people}`, more), { rehire: false })).id;
}

export async function group(db: Knex, scope: Scope, members: readonly string[] = []): Promise<string> {
  return (await createGroup(db, scope, groupOf('group'), members)).id;
}

export type Marks = Record<string, { lane: number; rev: number }>;

/** The work that is due, by person. */
export async function marks(db: Knex): Promise<Marks> {
  const { rows } = await db.raw<{ rows: { id: string; lane: number; rev: number }[] }>(
    `select subject_id as id, lane, wanted_rev::int as rev from work_item where state = 'ready' and kind = 'push'`,
  );
  return Object.fromEntries(rows.map(({ id, lane, rev }) => [id, { lane, rev }]));
}

/** Lets all work rest, so that the next marks stand out. */
/** A worker has taken a person's work. */
export async function begin(db: Knex, personId: string): Promise<void> {
  await db.raw(
    `update work_item set lease_token = gen_random_uuid(), claimed_rev = wanted_rev, next_at = now() + interval '1 hour'
      where subject_id = ?`,
    [personId],
  );
}

export async function forgetMarks(db: Knex): Promise<void> {
  await db.raw('delete from work_item');
}
