import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/*
 * What a database that is sharded by tenant demands of the schema (Citus, CockroachDB, YugabyteDB refuse anything
 * else). The sandbox is a foreign app with a schema of its own and no tenants; the rate limit's counters are a library's
 * (docs/decisions/0006); operators may have roles in several tenants, so they and their sessions are nobody's;
 * the installation signs with the same keys for all of them; knex keeps two tables for itself.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

const OURS = `n.nspname = 'public' and t.relname not like 'knex_%' and not t.relispartition`;
const names = async (sql: string): Promise<string[]> => {
  const { rows } = await database.db.raw<{ rows: { name: string }[] }>(sql);
  return rows.map((row) => row.name);
};

test('there are tables to judge', async () => {
  const tables = await names(
    `select t.relname as name from pg_class t join pg_namespace n on n.oid = t.relnamespace
      where t.relkind in ('r', 'p') and ${OURS}`,
  );
  expect(tables).toEqual(
    expect.arrayContaining([
      'tenants',
      'connections',
      'connection_quirks',
      'credentials',
      'oauth_clients',
      'oauth_assertions',
      'extension_schemas',
      'people',
      'groups',
      'memberships',
      'targets',
      'links',
      'work_item',
      'actions',
      'decisions',
      'invites',
      'runs',
      'holds',
      'hold_items',
      'guard_counts',
      'guard_losses',
      'seen_accounts',
      'manual_memberships',
      'rosters',
      'roster_rows',
      'roster_rejects',
      'roster_people',
      'feeds',
      'notice_recipients',
      'notices',
      'notice_mails',
      'target_outages',
      'operator_roles',
      'technical_users',
      'api_keys',
      'idempotency_keys',
      'delivery_hours',
      'new_events',
      'events',
      'event_heads',
      'event_streams',
      'scim_requests',
      'audit',
    ]),
  );
});

test('outside of the tenants’ schema there are the sandbox, one table of counters, who signs in, and what we sign with', async () => {
  const others = await names(
    `select distinct n.nspname || case when n.nspname = 'sandbox' then '' else '.' || t.relname end as name
       from pg_class t join pg_namespace n on n.oid = t.relnamespace
      where t.relkind in ('r', 'p') and n.nspname not in ('public', 'information_schema') and n.nspname not like 'pg_%'
      order by 1`,
  );
  expect(others).toEqual([
    'access.help_comments',
    'access.help_feedback',
    'access.operators',
    'access.sessions',
    'access.signing_keys',
    'ratelimit.counters',
    'sandbox',
  ]);
});

test('every primary key starts with tenant_id', async () => {
  const broken = await names(
    `select t.relname as name from pg_class t join pg_namespace n on n.oid = t.relnamespace
      where t.relkind in ('r', 'p') and ${OURS}
        and not exists (select 1 from pg_index i join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
                         where i.indrelid = t.oid and i.indisprimary and a.attname = 'tenant_id')`,
  );
  expect(broken).toEqual([]);
});

test('every unique index contains tenant_id', async () => {
  const broken = await names(
    `select x.relname as name from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
       join pg_namespace n on n.oid = t.relnamespace
      where i.indisunique and ${OURS}
        and not exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attnum = any(i.indkey)
                           and a.attname = 'tenant_id')`,
  );
  expect(broken).toEqual([]);
});

test('every foreign key contains tenant_id on both sides', async () => {
  const broken = await names(
    `select c.conname as name from pg_constraint c join pg_class t on t.oid = c.conrelid
       join pg_namespace n on n.oid = t.relnamespace
      where c.contype = 'f' and ${OURS}
        and not exists (select 1 from unnest(c.conkey, c.confkey) as k (here, there)
                          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.here
                          join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.there
                         where a.attname = 'tenant_id' and b.attname = 'tenant_id')`,
  );
  expect(broken).toEqual([]);
});

test('no sequences, no identities, no triggers, no deferrable constraints', async () => {
  const sequences = await names(
    `select t.relname as name from pg_class t join pg_namespace n on n.oid = t.relnamespace where t.relkind = 'S' and ${OURS}`,
  );
  const triggers = await names(
    `select g.tgname as name from pg_trigger g join pg_class t on t.oid = g.tgrelid
       join pg_namespace n on n.oid = t.relnamespace where not g.tgisinternal and ${OURS}`,
  );
  const deferrable = await names(`select conname as name from pg_constraint where condeferrable`);
  expect([...sequences, ...triggers, ...deferrable]).toEqual([]);
});

const sources = readdirSync(resolve(import.meta.dirname, '../../src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('sandbox/'))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, '../../src', name), 'utf8') }));

test.for([
  { name: 'the clock in DO UPDATE', pattern: /do update set(?:(?!`)[\s\S])*?\b(now\(\)|current_timestamp)/i },
  { name: 'randomness made in the database', pattern: /\b(gen_random_uuid|random)\(\)\s*[^.]*(?=`)/i },
  { name: 'a session advisory lock', pattern: /pg_(try_)?advisory_lock\b/i },
  { name: 'LISTEN', pattern: /['"`]\s*listen\s+\w/i },
])('no statement uses $name', ({ pattern }) => {
  expect(sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name)).toEqual([]);
});
