import { performance } from 'node:perf_hooks';
import type { Knex } from 'knex';
import { migrate } from '../src/database/migrate.ts';
import { openPool } from '../src/database/pool.ts';
import { attachTarget, createConnection } from '../src/directory/connections.ts';
import { createPerson } from '../src/directory/people.ts';
import type { Scope } from '../src/directory/stored.ts';
import { createTarget } from '../src/directory/targets.ts';
import { createTenant } from '../src/directory/tenants.ts';
import { countPeople, findPeople } from '../src/report/people-list.ts';
import { peopleRows } from '../src/report/people-rows.ts';
import type { PeopleQuery } from '../src/report/people-sources.ts';
import { startPostgres } from './postgres.ts';
import { emptyDatabase } from './servers.ts';

export const PEOPLE_HELP = `node bench/run.ts people [SIZE]   lists and searches over SIZE people (default 1000000)\n`;

const GOAL_MS = 50;
const CALLS = 100;
const WRITES = 2_000;
const WRITTEN_TO = 100_000;
const INDEXES = [
  'people_by_user_name',
  'people_by_email',
  'people_by_display_name',
  'people_by_family_name',
  'people_by_external_id',
  'people_by_change',
  'people_gone',
];

/** Measures lists of people and what their indexes cost a write; 1 when a page takes longer than the goal. */
export async function runPeople(size: number): Promise<number> {
  const postgres = await startPostgres();
  const db = openPool({ url: await emptyDatabase(postgres.url, `people_${process.pid}`) });
  try {
    await migrate(db);
    const { scope, groupId } = await fill(db, size);
    const slow = await measureLists(db, scope, groupId);
    await measureWrites(postgres.url);
    return slow ? 1 : 0;
  } finally {
    await db.destroy();
    await postgres.stop();
  }
}

async function fill(db: Knex, size: number): Promise<{ scope: Scope; groupId: string }> {
  const tenantId = await createTenant(db, 'bench');
  const target = await createTarget(db, tenantId, { name: 'app', kind: 'sandbox', settings: {}, secrets: null });
  const connection = await createConnection(db, tenantId, { name: 'idp', profile: 'generic', policy: {} });
  await attachTarget(db, connection, target.id);
  const scope = { tenantId, connectionId: connection.id };
  const at = { ...scope, targetId: target.id, size };
  await db.raw(
    `insert into people (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key, display_name_key,
                         active, document, search, created_at, modified_at)
     select :tenantId, :connectionId, gen_random_uuid(), u, u, 'E' || n, 'mail.' || u, g || ' ' || f, n % 50 <> 0,
            json_build_object('userName', u, 'displayName', g || ' ' || f, 'title', repeat('x', 400)),
            jsonb_build_object('userName', u, 'name', jsonb_build_object('givenName', g, 'familyName', f), 'title', n),
            now(), now() - n * interval '1 second'
       from (select n, 'g' || n % 2000 as g, 'f' || n % 50000 as f, 'g' || n % 2000 || '.f' || n || '@example.com' as u
               from generate_series(1, :size) n) source`,
    at,
  );
  await db.raw(
    `insert into links (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, created_at)
     select tenant_id, :targetId, id, connection_id, id::text, case when active then 'active' else 'suspended' end, 'invited',
            now() from people`,
    at,
  );
  const { rows } = await db.raw(
    `insert into groups (tenant_id, connection_id, id, display_name, display_name_key, document, search, created_at, modified_at)
     values (:tenantId, :connectionId, gen_random_uuid(), 'all', 'all', '{}', '{}', now(), now()) returning id`,
    at,
  );
  const groupId: string = rows[0].id;
  await db.raw(
    `insert into memberships (tenant_id, connection_id, group_id, member_id, member_type)
     select tenant_id, connection_id, :groupId, id, 'User' from people where active`,
    { groupId },
  );
  await db.raw('vacuum analyze');
  return { scope, groupId };
}

async function measureLists(db: Knex, scope: Scope, groupId: string): Promise<boolean> {
  const none = { search: null, state: null, connectionId: null, groupId: null, changedSince: null, sort: 'created' };
  const ask = (more: Partial<PeopleQuery>) => ({ ...none, ...more, tenantId: scope.tenantId }) as PeopleQuery;
  const lists: Record<string, (n: number) => PeopleQuery> = {
    'first page': () => ask({}),
    'by userName': () => ask({ sort: 'userName' }),
    'by change, of one connection': () => ask({ sort: 'changed', connectionId: scope.connectionId }),
    'search of one letter': () => ask({ search: 'g' }),
    'search of a given name': (n) => ask({ search: `g${n}` }),
    'search of a family name': (n) => ask({ search: `f${n * 17}` }),
    'search of an external id': (n) => ask({ search: `e${n * 31}` }),
    'search that finds nobody': (n) => ask({ search: `nobody ${n}` }),
    'search among the suspended': () => ask({ search: 'g1', state: 'suspended' }),
    'search, failed ones (none)': () => ask({ search: 'g', state: 'failed' }),
    suspended: () => ask({ state: 'suspended' }),
    inactive: () => ask({ state: 'inactive' }),
    'a group of nearly everybody': () => ask({ groupId }),
    'a group, failed ones (none)': () => ask({ groupId, state: 'failed' }),
  };
  let slow = false;
  for (const [name, query] of Object.entries(lists)) {
    const wish = { limit: 100, from: null, backwards: false, descending: false };
    const found = await findPeople(db, query(1), wish);
    const times = await timesOf(async (n) => {
      const { ids } = await findPeople(db, query(n), wish);
      await peopleRows(db, scope.tenantId, ids);
    });
    slow ||= p95(times) > GOAL_MS;
    say(`${line(name, times)}   ${found.ids.length} people on the first page`);
  }
  say(line('count to 10,000', await timesOf(() => countPeople(db, ask({ sort: 'userName' })), 10)));
  return slow;
}

/** Two databases take the same people in turns, so that the machine's moods fall on both alike. */
async function measureWrites(url: string): Promise<void> {
  const stands = [];
  for (const indexed of [true, false]) {
    const db = openPool({ url: await emptyDatabase(url, `people_${process.pid}_${indexed ? 'with' : 'without'}`) });
    await migrate(db);
    if (!indexed) for (const index of INDEXES) await db.raw(`drop index ${index}`);
    const { scope } = await fill(db, WRITTEN_TO);
    stands.push({ db, scope, times: [] as number[] });
  }
  for (let n = 0; n < 2 * WRITES; n += 1) {
    for (const { db, scope, times } of stands) times.push(await timeWrite(db, scope, n));
  }
  const [withIndexes = 0, without = 0] = stands.map(({ times }) => median(times.slice(WRITES)));
  say(`creating a person: ${withIndexes.toFixed(0)} µs with the indexes of lists, ${without.toFixed(0)} µs without`);
  for (const { db } of stands) await db.destroy();
}

/** In microseconds; its commit waits for no disk, which would hide all else. */
async function timeWrite(db: Knex, scope: Scope, n: number): Promise<number> {
  const userName = `${(n * 7919) % 100_000}.new@example.org`;
  const search = JSON.stringify({ userName, name: { givenName: 'g', familyName: `family${(n * 31) % 100_000}` } });
  const document = JSON.stringify({ userName, title: 'x'.repeat(400) });
  const columns = { userName, externalId: `x${n}`, email: `m.${userName}`, displayName: `${(n * 17) % 10_000} new` };
  return db.transaction(async (trx) => {
    await trx.raw('set local synchronous_commit = off');
    const begin = performance.now();
    await createPerson(trx, scope, { ...columns, active: true, document, search }, { rehire: false });
    return (performance.now() - begin) * 1000;
  });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

async function timesOf(call: (n: number) => Promise<unknown>, calls = CALLS): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    const begin = performance.now();
    await call(n);
    times.push(performance.now() - begin);
  }
  return times.toSorted((a, b) => a - b);
}

const p95 = (sorted: readonly number[]) => sorted[Math.floor(sorted.length * 0.95)] ?? 0;

function line(name: string, times: readonly number[]): string {
  const ms = (time: number) => `${time.toFixed(1).padStart(7)} ms`;
  return `${name.padEnd(32)} median ${ms(median(times))}   p95 ${ms(p95(times))}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
