import { afterAll, expect, test } from 'vitest';
import { auditSql } from '../../src/report/audit-list.ts';
import { entriesSql } from '../../src/report/people-list.ts';
import type { PeopleQuery } from '../../src/report/people-sources.ts';
import { testDatabase } from '../support/database.ts';
import { aScope } from '../support/directory.ts';

const { db, drop } = await testDatabase();
afterAll(drop);
const scope = await aScope(db);

// enough rows that a planner who has an index takes it
await db.raw(
  `insert into people (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key, display_name_key,
                       active, document, search, created_at, modified_at)
   select :tenantId, :connectionId, gen_random_uuid(), 'u' || n, 'u' || n, 'e' || n, 'm' || n, 'd' || n, n % 100 <> 0, '{}',
          jsonb_build_object('name', jsonb_build_object('familyName', 'f' || n)), now(), now() - n * interval '1 minute'
     from generate_series(1, 6000) n`,
  scope,
);
await db.raw(
  `insert into links (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, created_at)
   select p.tenant_id, ct.target_id, p.id, p.connection_id, p.id::text,
          case when p.active then 'active' else 'suspended' end, 'invited', now()
     from people p join connection_targets ct on ct.tenant_id = p.tenant_id`,
);
await db.raw(
  `insert into work_item (tenant_id, target_id, kind, subject_id, lane, state, next_at)
   select p.tenant_id, ct.target_id, 'push', p.id, 1, case when p.active then 'idle' else 'dead' end, now()
     from people p join connection_targets ct on ct.tenant_id = p.tenant_id`,
);
const groupId = '01a20000-0000-7000-8000-000000000001';
await db.raw(
  `insert into memberships (tenant_id, connection_id, group_id, member_id, member_type)
   select tenant_id, connection_id, case when active then :groupId::uuid else id end, id, 'User' from people`,
  { groupId },
);
await db.raw(
  `insert into audit (tenant_id, id, at, actor, action, subject)
   select :tenantId, gen_random_uuid(), now(), 'a' || n % 500, 'c' || n % 500, 's' || n from generate_series(1, 6000) n`,
  scope,
);
await db.raw('analyze people, links, work_item, memberships, audit, hold_items');

const none = { search: null, state: null, connectionId: null, groupId: null, changedSince: null, sort: 'created' };
const someId = groupId;
/** As many changed before it as after it. */
const inTheMiddle = new Date(Date.now() - 3000 * 60_000).toISOString();

async function planOf(sql: string, bindings: Record<string, unknown>): Promise<string> {
  const { rows } = await db.raw(`explain (costs off) ${sql}`, bindings as Record<string, string>);
  return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
}

const QUERIES: [string, Partial<PeopleQuery>][] = [
  ['everybody', {}],
  ['by name', { sort: 'userName' }],
  ['by change', { sort: 'changed' }],
  ['changed since', { sort: 'changed', changedSince: new Date() }],
  ['of a connection', { connectionId: scope.connectionId }],
  ['a search', { search: 'u1' }],
  ['a search of one letter', { search: 'u' }],
  ['a search among the suspended', { search: 'u', state: 'suspended' }],
  ['a search among the failed', { search: 'u', state: 'failed' }],
  ['a search in a group', { search: 'u', groupId }],
  ['a group', { groupId }],
  ['those of a group that are held', { groupId, state: 'held' }],
  ['inactive', { state: 'inactive' }],
  ['absent', { state: 'absent' }],
  ['deleted', { state: 'deleted' }],
  ['suspended', { state: 'suspended' }],
  ['invited', { state: 'invited' }],
  ['failed', { state: 'failed' }],
  ['held', { state: 'held' }],
];

test.for(QUERIES.flatMap(([name, query]) => [false, true].map((continued) => ({ name, query, continued }))))(
  'a page of $name (later: $continued) is read from an index in its order',
  async ({ query, continued }) => {
    const whole = { ...none, tenantId: scope.tenantId, ...query } as PeopleQuery;
    const sql = entriesSql(whole, { descending: false, continued, budget: 200 });
    const place = { fromKey: query.sort === 'changed' ? inTheMiddle : 'u2', fromId: someId };
    const plan = await planOf(sql, { ...whole, ...place, searchEnd: `${query.search}\u{10ffff}` });
    expect(plan).toMatch(/Index/);
    expect(plan).not.toMatch(/Seq Scan on (people|links|memberships|work_item)/);
    expect(plan).not.toMatch(/Bitmap/); // it would read all that fits before it gives the first
    expect(plan).not.toMatch(/Sort Key: .*(name_key|modified_at|search)/);
  },
);

test.for([{ subject: 's7' }, { action: 'c7' }, { actor: 'a7' }, {}] as const)(
  'the audit of %j is read from an index in its order',
  async (query) => {
    const whole = {
      tenantId: scope.tenantId,
      subject: null,
      action: null,
      actor: null,
      from: null,
      until: null,
      ...query,
    };
    const plan = await planOf(auditSql(whole, true), { ...whole, before: someId, limit: 100 });
    expect(plan).toMatch(/Index/);
    expect(plan).not.toMatch(/Seq Scan|Sort|Bitmap/);
  },
);
