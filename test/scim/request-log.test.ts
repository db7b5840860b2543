import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { keepRequestsUntil } from '../../src/directory/requests.ts';
import type { Log } from '../../src/log.ts';
import type { RequestRecord } from '../../src/model/request-record.ts';
import { forgetRequests, listRequests, readRequest } from '../../src/report/requests.ts';
import { createRequestLog } from '../../src/scim/request-log.ts';
import { createRequestQueue } from '../../src/scim/request-queue.ts';
import { type Client, closeServer, requester, serveScim, startScim } from '../support/app.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { aPatch, aUser, createUser } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());

const DAY_MS = 86_400_000;

async function keptOf({ connection }: Pick<Client, 'connection'>, failed = false): Promise<RequestRecord[]> {
  await new Promise((resolve) => setImmediate(resolve));
  await scim.requests.flush();
  const at = { tenantId: connection.tenantId, connectionId: connection.id };
  const items = await listRequests(scim.db, { ...at, failed, after: null, limit: 1000 });
  return Promise.all(items.map(({ id }) => readRequest(scim.db, { ...at, id })));
}

/** A log that remembers what it was told. */
function listener(): { log: Log; heard: unknown[] } {
  const heard: unknown[] = [];
  const hear = (words: unknown) => heard.push(words);
  return { log: { info: hear, warn: hear, error: hear } as unknown as Log, heard };
}

test('a failed request is kept, with all that helps and nothing that is secret', async () => {
  const client = scim.as.okta;
  const answer = await client.request(
    'POST',
    '/Users?access_token=abc-secret',
    { schemas: [], password: 'hunter2-secret', active: 'True' },
    { 'user-agent': 'Okta SCIM Client 1.0.0' },
  );
  expect(answer.status).toBe(400);
  const [one, ...others] = await keptOf(client);
  expect(others).toEqual([]);
  expect(one).toMatchObject({
    id: answer.headers.get('x-request-id'),
    method: 'POST',
    path: '/scim/v2/Users?access_token=[redacted]',
    status: 400,
    tokenPrefix: client.token.slice(26, 38),
    userAgent: 'Okta SCIM Client 1.0.0',
    request: '{"schemas":[],"password":"[redacted]","active":"True"}',
    answer: JSON.stringify(answer.body),
  });
  expect(one?.quirks).toContain('no_schemas');
  expect(one?.milliseconds).toBeGreaterThan(0);
  expect(Math.abs(Date.now() - Number(one?.at))).toBeLessThan(60_000);
  const { rows } = await scim.db.raw('select r::text as text from scim_requests r');
  expect(JSON.stringify(rows)).not.toMatch(/hunter2|abc-secret/);
  expect(JSON.stringify(rows)).not.toContain(client.token.slice(40));
});

test('nothing is kept of requests that succeed, until somebody wants them, and no longer than that', async () => {
  const client = await scim.stranger(scim.tenantId);
  const { tenantId, id } = client.connection;
  const { id: user, headers } = { ...(await createUser(client)), headers: new Headers() };
  expect(headers.get('x-request-id')).toBeNull();
  await client.request('PATCH', `/Users/${user}`, aPatch({ op: 'replace', path: 'title', value: 'Dr' }));
  expect(await keptOf(client)).toEqual([]);
  await keepRequestsUntil(scim.db, tenantId, id, new Date(Date.now() + 60_000));
  await expect
    .poll(async () => (await client.request('GET', `/Users/${user}`)).headers.get('x-request-id'), {
      timeout: 10_000, // the credential is believed for two seconds
    })
    .toEqual(expect.any(String));
  const [read] = await keptOf(client);
  expect(read).toMatchObject({ method: 'GET', status: 200, request: null });
  expect(JSON.parse(read?.answer ?? '')).toMatchObject({ id: user, title: 'Dr' });
  expect(await keptOf(client, true)).toEqual([]);
  await keepRequestsUntil(scim.db, tenantId, id, new Date(Date.now() - 1));
  await expect
    .poll(async () => (await client.request('GET', `/Users/${user}`)).headers.get('x-request-id'), {
      timeout: 10_000,
    })
    .toBeNull();
});

test('what was refused before its body was read is kept, and what no token of ours sent is not', async () => {
  const client = await scim.stranger(scim.tenantId);
  expect((await client.request('GET', '/Nonsense')).status).toBe(404);
  expect((await client.request('POST', '/Users', '{"userName": broken')).status).toBe(400);
  expect((await client.request('GET', '/Users', undefined, { authorization: 'Bearer nobody' })).status).toBe(401);
  const kept = await keptOf(client);
  expect(kept.map(({ status, path, request }) => [status, path, request])).toEqual([
    [400, '/scim/v2/Users', null],
    [404, '/scim/v2/Nonsense', null],
  ]);
});

test('the body of a large request is cut', async () => {
  const client = await scim.stranger(scim.tenantId);
  const { userName, ...rest } = aUser({ title: 'x'.repeat(30_000), active: 7 });
  expect((await client.request('POST', '/Users', rest)).status).toBe(400);
  const [one] = await keptOf(client);
  expect(one?.request).toHaveLength(16_385);
  expect(userName).toBeTypeOf('string');
});

test('one connection that sends nothing but errors has its share alone', async () => {
  const [noisy, other] = [await scim.stranger(scim.tenantId), await scim.stranger(scim.tenantId)];
  await keptOf(noisy);
  await Promise.all(Array.from({ length: 150 }, () => noisy.request('GET', '/Users/nobody')));
  await other.request('GET', '/Users/nobody');
  const kept = (await keptOf(noisy)).length;
  expect(kept).toBeGreaterThanOrEqual(100); // the share begins anew with each flush
  expect(kept).toBeLessThanOrEqual(150);
  expect(await keptOf(other)).toHaveLength(1);
});

test('while the database is away so many wait as there is room for, and the others are counted', async () => {
  const client = await scim.stranger(scim.tenantId);
  const { url } = { url: String(scim.db.client.config.connection.connectionString) };
  const proxy = await startDatabaseProxy(url);
  const db = openPool({ url: proxy.url });
  const { log, heard } = listener();
  const requests = createRequestLog(db, log, createRequestQueue(3));
  const { server, base } = await serveScim(db, 0, 0, requests);
  const request = requester(base, client.token);
  await request('GET', '/ServiceProviderConfig'); // the token is known from now on
  await proxy.cut();
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => request('GET', '/Users')));
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
  await requests.flush();
  expect(heard).toHaveLength(1);
  await proxy.restore();
  await requests.flush();
  expect(heard.slice(1)).toEqual([{ dropped: 2 }]);
  expect((await keptOf(client)).map(({ status }) => status)).toEqual([503, 503, 503]);
  await closeServer(server);
  await requests.stop();
  await db.destroy();
});

test('what is a week old is forgotten, and of each connection what is beyond its newest', async () => {
  const client = await scim.stranger(scim.tenantId);
  for (let sent = 0; sent < 5; sent++) await client.request('GET', '/Users/nobody');
  const [newest, second] = await keptOf(client);
  await forgetRequests(scim.db, scim.tenantId, new Date(Date.now() + 6.9 * DAY_MS), 2);
  expect((await keptOf(client)).map(({ id }) => id)).toEqual([newest?.id, second?.id]);
  await forgetRequests(scim.db, scim.tenantId, new Date(Date.now() + 7.1 * DAY_MS));
  expect(await keptOf(client)).toEqual([]);
});
