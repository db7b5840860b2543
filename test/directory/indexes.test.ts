import type { Knex } from 'knex';
import { afterAll, expect, test } from 'vitest';
import { listStored } from '../../src/directory/list.ts';
import { GROUPS, PEOPLE } from '../../src/directory/list-sources.ts';
import { createPageMemory } from '../../src/directory/page-memory.ts';
import { parseFilter } from '../../src/scim/filter/parse.ts';
import { resolveFilter } from '../../src/scim/filter/resolve.ts';
import { GROUP, USER } from '../../src/scim/schema/schemas.ts';
import { testDatabase } from '../support/database.ts';
import { aScope } from '../support/directory.ts';

const { db, drop } = await testDatabase();
afterAll(drop);
const scope = await aScope(db);

// enough rows that a planner who has an index takes it
await db.raw(
  `insert into people (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key, display_name_key,
                       active, document, search, created_at, modified_at)
   select :tenantId, :connectionId, gen_random_uuid(), 'u' || n, 'u' || n, 'e' || n, 'm' || n, 'd' || n, true, '{}',
          jsonb_build_object('title', 't' || n, 'emails', jsonb_build_array(jsonb_build_object('value', 'm' || n))),
          now(), now()
     from generate_series(1, 4000) n`,
  scope,
);
await db.raw(
  `insert into groups (tenant_id, connection_id, id, display_name, display_name_key, external_id, document, search,
                       created_at, modified_at)
   select :tenantId, :connectionId, gen_random_uuid(), 'g' || n, 'g' || n, 'e' || n, '{}', '{}', now(), now()
     from generate_series(1, 2000) n`,
  scope,
);
await db.raw(
  `insert into memberships (tenant_id, connection_id, group_id, member_id, member_type)
   select p.tenant_id, p.connection_id, g.id, p.id, 'User'
     from (select *, row_number() over () n from people) p join (select *, row_number() over () n from groups) g on g.n = p.n % 2000 + 1`,
);
await db.raw('analyze people, groups, memberships, connections');
const {
  rows: [someone],
} = await db.raw('select member_id, group_id from memberships limit 1');

/** The list's own statement, explained instead of run. */
async function planOf(kind: 'User' | 'Group', filter: string | null): Promise<string> {
  const explained: string[] = [];
  const explain = async ({ text, values }: { text: string; values: unknown[] }) => {
    const connection = await db.client.acquireConnection();
    const { rows } = await connection.query(`explain (costs off) ${text}`, values);
    await db.client.releaseConnection(connection);
    explained.push(rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'));
    return { rows: [] };
  };
  const spy = {
    client: {
      config: { prepared: false },
      acquireConnection: async () => ({ query: explain }),
      releaseConnection: async () => {},
    },
  } as unknown as Knex;
  const [schema, source] = kind === 'User' ? [USER, PEOPLE] : [GROUP, GROUPS];
  const options = { unknown: 'error', tolerant: true } as const;
  const condition = filter === null ? null : resolveFilter(schema, parseFilter(filter, options), options);
  await listStored(
    spy,
    scope,
    source,
    { condition, sort: null, start: { offset: 0 }, limit: 100, withRelated: false },
    createPageMemory(),
  );
  return explained[0] ?? '';
}

test.for([
  { kind: 'User', filter: null, uses: /Index Scan/ },
  { kind: 'User', filter: 'userName eq "U7"', uses: /Index Cond: .*user_name_key = / },
  { kind: 'User', filter: 'userName eq "u7" and active eq true', uses: /Index Cond: .*user_name_key = / },
  { kind: 'User', filter: 'externalId eq "e7"', uses: /Index Cond: .*external_id = / },
  { kind: 'User', filter: `id eq "${someone.member_id}"`, uses: /Index Cond: .*[( ]id = / },
  { kind: 'User', filter: 'title eq "t7"', uses: /Index Cond: .*search @> / },
  { kind: 'User', filter: 'emails eq "m7"', uses: /Index Cond: .*search @> / },
  { kind: 'User', filter: 'emails[value eq "m7"]', uses: /Index Cond: .*search @@ / },
  { kind: 'User', filter: `groups.value eq "${someone.group_id}"`, uses: /Index Cond: .*group_id = / },
  { kind: 'Group', filter: null, uses: /Index Scan/ },
  { kind: 'Group', filter: 'displayName eq "G7"', uses: /Index Cond: .*display_name_key = / },
  { kind: 'Group', filter: 'externalId eq "e7"', uses: /Index Cond: .*external_id = / },
  { kind: 'Group', filter: `members eq "${someone.member_id}"`, uses: /Index Cond: .*member_id = / },
  {
    kind: 'Group',
    filter: `id eq "${someone.group_id}" and members eq "${someone.member_id}"`,
    uses: /Index Cond: .*member_id = /,
  },
] as const)('$kind list by $filter reads an index, not the table', async ({ kind, filter, uses }) => {
  const plan = await planOf(kind, filter);
  expect(plan).toMatch(uses);
  expect(plan).not.toMatch(/Seq Scan/);
});

test('a page needs no sorting', async () => {
  // but for the rows of the page itself, at the top of the plan
  for (const kind of ['User', 'Group'] as const)
    expect(await planOf(kind, null)).not.toMatch(/->\s+(Incremental )?Sort/);
});
