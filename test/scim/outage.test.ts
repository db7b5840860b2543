import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { createConnection, setState } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import { createTenant } from '../../src/directory/tenants.ts';
import { closeServer, requester, serveScim } from '../support/app.ts';
import { testDatabase } from '../support/database.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { aGroup, aPatch, aUser, createGroup, createUser, ERROR_URN } from '../support/people.ts';

const database = await testDatabase();
const tenantId = await createTenant(database.db, 'tenant');
const { id: connectionId } = await createConnection(database.db, tenantId, {
  name: 'c',
  profile: 'generic',
  policy: {},
});
await setState(database.db, tenantId, connectionId, 'enabled');
const issue = () => issueToken(database.db, { tenantId, id: connectionId });
const proxy = await startDatabaseProxy(database.url);
const db = openPool({ url: proxy.url });
const { server, base } = await serveScim(db);
afterAll(async () => {
  await closeServer(server);
  await proxy.cut().catch(() => {});
  await db.destroy();
  await database.drop();
});
const request = requester(base, (await issue()).token);
const client = { request };

type Call = [method: string, path: string, body?: unknown];
const everyVerb = (user: string, group: string): Call[] => [
  ['GET', '/Users'],
  ['GET', '/Users?filter=userName+eq+%22x%22'],
  ['GET', `/Users/${user}`],
  ['POST', '/Users', aUser()],
  ['PUT', `/Users/${user}`, aUser()],
  ['PATCH', `/Users/${user}`, aPatch({ op: 'replace', value: { title: 'x' } })],
  ['DELETE', `/Users/${user}`],
  ['GET', `/Groups/${group}`],
  ['POST', '/Groups', aGroup()],
  ['PUT', `/Groups/${group}`, aGroup()],
  ['PATCH', `/Groups/${group}`, aPatch({ op: 'replace', value: { displayName: 'x' } })],
  ['PATCH', `/Groups/${group}`, aPatch({ op: 'add', path: 'members', value: [{ value: user }] })],
  ['DELETE', `/Groups/${group}`],
];

test('while the database is away every answer is 503 with Retry-After; once it is back, all goes on', async () => {
  const { id: user } = await createUser(client);
  const { id: group } = await createGroup(client);
  const unseen = requester(base, (await issue()).token); // its token has to be looked up
  const calls = everyVerb(user, group);

  await proxy.cut();
  for (const send of [request, unseen]) {
    const answers = await Promise.all(calls.map((call) => send(...call)));
    for (const [index, { status, headers, body }] of answers.entries()) {
      expect([calls[index]?.slice(0, 2), status, headers.get('retry-after')]).toEqual([
        calls[index]?.slice(0, 2),
        503,
        '5',
      ]);
      expect(body).toEqual({ schemas: [ERROR_URN], status: '503', detail: expect.any(String) });
      expect(headers.get('content-type')).toMatch(/^application\/scim\+json/);
    }
  }

  await proxy.restore();
  expect((await request('GET', `/Users/${user}`)).status).toBe(200);
  expect((await request('GET', `/Groups/${group}`)).status).toBe(200);
  expect((await unseen('POST', '/Users', aUser())).status).toBe(201);
});

test('requests that are cut in the middle are 503 or done, and what was answered as done is there', async () => {
  const { id: group } = await createGroup(client);
  const users = Array.from({ length: 150 }, () => aUser());
  const posts = users.map((user) => request('POST', '/Users', user));
  const renames = users
    .slice(0, 30)
    .map((_, index) =>
      request('PATCH', `/Groups/${group}`, aPatch({ op: 'replace', value: { displayName: `n${index}` } })),
    );
  await Promise.race(posts); // the first is answered, the others are under way
  await proxy.cut();
  const answers = await Promise.all(posts);
  for (const { status } of [...answers, ...(await Promise.all(renames))]) expect([201, 204, 503]).toContain(status);
  expect(answers.some(({ status }) => status === 503)).toBe(true);

  await proxy.restore();
  const { rows } = await database.db.raw('select user_name from people');
  const stored = new Set(rows.map(({ user_name }: { user_name: string }) => user_name));
  const lost = answers.filter(({ status, body }) => status === 201 && !stored.has(body.userName));
  expect(lost).toEqual([]);
  const again = await Promise.all(users.map((user) => request('POST', '/Users', user)));
  for (const { status } of again) expect([201, 409]).toContain(status); // repeating is safe
});

test('a session that the operator ends costs at most that one request', async () => {
  const { id } = await createUser(client);
  await database.db.raw(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  const statuses = [];
  for (let attempt = 0; attempt < 20; attempt++) statuses.push((await request('GET', `/Users/${id}`)).status);
  for (const status of statuses) expect([200, 503]).toContain(status);
  expect(statuses.at(-1)).toBe(200);
});

test('when the database goes away in the middle of a bulk request, each operation says what became of it', async () => {
  const [first, second] = [await createUser(client), await createUser(client)];
  const patch = (id: string) => ({
    method: 'PATCH',
    path: `/Users/${id}`,
    data: aPatch({ op: 'replace', value: { title: 'new' } }),
  });
  const operations = [patch(first.id), patch(second.id), { method: 'DELETE', path: `/Users/${first.id}` }];
  // the second user is locked, so that the request waits there
  const { answer } = await database.db.transaction(async (trx) => {
    await trx.raw('select 1 from people where id = ? for update', [second.id]);
    const sent = request('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: operations,
    });
    await expect.poll(async () => (await titleOf(first.id)) === 'new', { timeout: 5_000 }).toBe(true);
    // only when it waits there has the first one been answered, and not just been written
    await expect.poll(waitingForLocks, { timeout: 5_000 }).toBe(1);
    await proxy.cut();
    return { answer: await sent };
  });
  await proxy.restore();
  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answer.body.Operations.map(({ status }: { status: string }) => status)).toEqual(['200', '503', '503']);
  expect((await request('GET', `/Users/${first.id}`)).status).toBe(200);
}, 30_000);

async function waitingForLocks(): Promise<number> {
  const { rows } = await database.db.raw(
    `select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].waiting;
}

async function titleOf(id: string): Promise<string | undefined> {
  const { rows } = await database.db.raw(`select document->>'title' as title from people where id = ?`, [id]);
  return rows[0]?.title;
}
