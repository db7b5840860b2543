import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { addToken, issueToken, listTokens, recordUse, revokeToken } from '../../src/directory/credentials.ts';
import { requester, startScim } from '../support/app.ts';
import { aGroup, aPatch, aUser, createGroup, createUser, ERROR_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request, token, connectionId, tenantId } = scim;
const get = (headers: Record<string, string>, path = '/Users') => fetch(`${scim.base}${path}`, { headers });

test.for([
  { name: 'no token', headers: {} },
  { name: 'another scheme', headers: { authorization: `Basic ${token}` } },
  { name: 'an empty token', headers: { authorization: 'Bearer ' } },
  { name: 'nonsense', headers: { authorization: 'Bearer nonsense' } },
  { name: 'three words', headers: { authorization: `Bearer ${token} x` } },
  { name: 'a token with another secret', headers: { authorization: `Bearer ${token.slice(0, -4)}AAAA` } },
  { name: 'a token that is cut', headers: { authorization: `Bearer ${token.slice(0, -1)}` } },
  { name: 'nonsense in base64', headers: { authorization: `Bearer ${btoa('gw_nonsense')}` } },
  { name: 'a very long token', headers: { authorization: `Bearer gw_${'x'.repeat(5_000)}` } },
])('$name is 401 in the words of SCIM (C27)', async ({ headers }) => {
  for (const path of ['/Users', '/Groups/x', '/Schemas', '/nowhere']) {
    const answer = await get(headers, path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/);
    expect(await answer.json()).toEqual({ schemas: [ERROR_URN], status: '401', detail: expect.any(String) });
  }
});

test('a token in the URL, which ends up in logs, is not taken', async () => {
  expect((await get({}, `/Users?access_token=${token}`)).status).toBe(401);
});

test.for([
  { name: 'as it is', header: `Bearer ${token}` },
  { name: 'with the scheme in another letter case', header: `bearer ${token}` },
  { name: 'in base64 (C29)', header: `Bearer ${btoa(token)}` },
  { name: 'in base64 with a line break, as shells make it', header: `Bearer ${btoa(`${token}\n`)}` },
])('the right token is taken $name', async ({ header }) => {
  expect((await get({ authorization: header })).status).toBe(200);
});

test.concurrent('a token that has expired is 401, one that expires later is not', async () => {
  const issue = (expiresAt: Date) => issueToken(scim.db, { tenantId, id: connectionId }, { expiresAt });
  const expired = await issue(new Date(Date.now() - 1_000));
  const soon = await issue(new Date(Date.now() + 1_000));
  expect((await get({ authorization: `Bearer ${expired.token}` })).status).toBe(401);
  expect((await get({ authorization: `Bearer ${soon.token}` })).status).toBe(200);
  await sleep(1_100);
  expect((await get({ authorization: `Bearer ${soon.token}` })).status).toBe(401);
});

test.concurrent('a revoked token is 401, within two seconds even where it was used just now', async () => {
  const [fresh, used] = await Promise.all([1, 2].map(() => issueToken(scim.db, { tenantId, id: connectionId })));
  const status = async (one = fresh) => (await get({ authorization: `Bearer ${one?.token}` })).status;
  expect(await status(used)).toBe(200);
  for (const one of [fresh, used]) await revokeToken(scim.db, tenantId, one?.id ?? '');
  expect(await status(fresh)).toBe(401);
  await sleep(2_050);
  expect(await status(used)).toBe(401);
});

test.for([
  { name: 'another connection of the tenant', tenant: () => tenantId },
  { name: 'another tenant', tenant: () => undefined },
])('$name finds nothing of ours, in any verb', async ({ tenant }) => {
  const stranger = await scim.stranger(tenant());
  const user = await createUser(scim);
  const group = await createGroup(scim, { members: [user.id] });
  const theirs = await createUser(stranger);
  const add = (value: string) => aPatch({ op: 'add', path: 'members', value: [{ value }] });
  const attempts: [string, string, unknown?][] = [
    ['GET', `/Users/${user.id}`],
    ['PUT', `/Users/${user.id}`, aUser()],
    ['PATCH', `/Users/${user.id}`, aPatch({ op: 'replace', value: { active: false } })],
    ['DELETE', `/Users/${user.id}`],
    ['GET', `/Groups/${group.id}`],
    ['PUT', `/Groups/${group.id}`, aGroup()],
    ['PATCH', `/Groups/${group.id}`, aPatch({ op: 'replace', value: { displayName: 'x' } })],
    ['PATCH', `/Groups/${group.id}`, add(theirs.id)],
    ['PATCH', `/Groups/${group.id}`, aPatch({ op: 'remove', path: 'members' })],
    ['PATCH', `/Groups/${group.id}`, aPatch({ op: 'remove', path: `members[value eq "${user.id}"]` })],
    ['DELETE', `/Groups/${group.id}`],
  ];
  for (const [method, path, body] of attempts) {
    for (const headers of [undefined, { 'if-match': 'W/"1"' }]) {
      const answer = await stranger.request(method, path, body, headers);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
  }
  expect((await stranger.request('POST', '/Groups', aGroup({ members: [user.id] }))).status).toBe(400);
  const own = await createGroup(stranger);
  expect((await stranger.request('PATCH', `/Groups/${own.id}`, add(user.id))).status).toBe(400);
  expect((await stranger.request('PATCH', `/Groups/${own.id}`, add(group.id))).status).toBe(400);
  const filter = encodeURIComponent(
    `userName eq "${user.userName}" or id eq "${user.id}" or groups.value eq "${group.id}"`,
  );
  expect((await stranger.request('GET', `/Users?filter=${filter}`)).body.totalResults).toBe(0);
  expect((await stranger.request('GET', '/Users')).body.Resources).toMatchObject([{ id: theirs.id }]);
  expect((await stranger.request('GET', '/Groups')).body.Resources).toMatchObject([{ id: own.id }]);

  expect((await request('GET', `/Users/${user.id}`)).body.meta).toEqual(user.meta);
  expect((await request('GET', `/Groups/${group.id}`)).body).toEqual(group);
});

test('the same userName may exist in two connections', async () => {
  const { userName } = await createUser(scim);
  const stranger = await scim.stranger(tenantId);
  expect((await stranger.request('POST', '/Users', aUser({ userName }))).status).toBe(201);
});

test('the body is not read before the token is known: the answer comes while it is still being sent', async () => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const headers = {
      authorization: 'Bearer nonsense',
      'content-type': 'application/json',
      'content-length': 9_000_000,
    };
    const req = httpRequest(`${scim.base}/Users`, { method: 'POST', headers }, (res) => {
      resolve(res.statusCode);
      req.destroy();
    });
    req.on('error', reject);
    req.write('{"userName":'); // and never the rest
  });
  expect(answer).toBe(401);
});

test('broken JSON under a wrong token is 401, not 400', async () => {
  expect((await requester(scim.base, 'nonsense')('POST', '/Users', '{')).status).toBe(401);
});

const SOME_ID = '01a20000-0000-7000-8000-000000000000';
const BULK = { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [] };
const SEARCH = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], count: 1 };
const READS: [string, string, unknown?][] = [
  ['GET', '/Users'],
  ['HEAD', '/Users'],
  ['GET', '/Groups'],
  ['GET', '/ServiceProviderConfig'],
  ['POST', '/Users/.search', SEARCH],
  ['POST', '/Groups/.search', SEARCH],
  ['POST', '/.search', SEARCH],
];
const WRITES: [string, string, unknown?][] = [
  ['POST', '/Users', aUser()],
  ['PUT', `/Users/${SOME_ID}`, aUser()],
  ['PATCH', `/Users/${SOME_ID}`, aPatch({ op: 'replace', value: { active: false } })],
  ['DELETE', `/Users/${SOME_ID}`],
  ['POST', '/Groups', aGroup()],
  ['PUT', `/Groups/${SOME_ID}`, aGroup()],
  ['PATCH', `/Groups/${SOME_ID}`, aPatch({ op: 'replace', value: { displayName: 'x' } })],
  ['DELETE', `/Groups/${SOME_ID}`],
  ['POST', '/Bulk', BULK],
];

test.for([
  { name: 'a read-only token reads, and writes nothing', scope: 'read', may: READS, mayNot: WRITES, other: 'write' },
  { name: 'a write-only token writes, and reads nothing', scope: 'write', may: WRITES, mayNot: READS, other: 'read' },
] as const)('$name', async ({ scope, may, mayNot, other }) => {
  const issued = await issueToken(scim.db, { tenantId, id: connectionId }, { scopes: [scope] });
  const send = requester(scim.base, issued.token);
  for (const [method, path, body] of may) expect((await send(method, path, body)).status).not.toBe(403);
  for (const [method, path, body] of mayNot) {
    const answer = await send(method, path, body);
    expect([method, path, answer.status]).toEqual([method, path, 403]);
    expect(answer.headers.get('www-authenticate')).toContain(`error="insufficient_scope", scope="${other}"`);
    if (method === 'HEAD') continue;
    expect(answer.body).toEqual({ schemas: [ERROR_URN], status: '403', detail: expect.stringContaining(other) });
  }
});

test('two tokens live side by side, a third is refused, and changing one leaves no gap', async () => {
  const { connection } = await scim.stranger(); // it has its first token
  const status = async (one: { token: string }) => (await get({ authorization: `Bearer ${one.token}` })).status;
  const second = await addToken(scim.db, connection, {});
  const refused = { code: 'limit_reached', message: expect.stringMatching(/first revoke \S+ \(.*…\) or /) };
  await expect(addToken(scim.db, connection, {})).rejects.toMatchObject(refused);
  const [first] = await listTokens(scim.db, connection);
  expect(await status(second)).toBe(200);
  await revokeToken(scim.db, connection.tenantId, first?.id ?? '');
  const third = await addToken(scim.db, connection, { expiresAt: new Date(Date.now() + 1_500) });
  expect([await status(second), await status(third)]).toEqual([200, 200]);
  await expect(addToken(scim.db, connection, {})).rejects.toMatchObject(refused);
  await sleep(1_600); // what has expired does not count
  expect(await status(await addToken(scim.db, connection, {}))).toBe(200);
});

test('tokens that are made at the same time are two at most', async () => {
  const { connection } = await scim.stranger();
  const add = () => scim.db.transaction((trx) => addToken(trx, connection, {}));
  const made = await Promise.allSettled([1, 2, 3, 4].map(add));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the last use is recorded, once a minute', async () => {
  const { connection, request: send } = await scim.stranger();
  const lastUsed = async () => (await listTokens(scim.db, connection))[0]?.lastUsedAt?.getTime();
  expect(await lastUsed()).toBeUndefined();
  await send('GET', '/Users');
  await expect.poll(lastUsed).toBeGreaterThan(Date.now() - 10_000);
  const used = (await lastUsed()) ?? 0;
  const [item] = await listTokens(scim.db, connection);
  const credential = { id: item?.id ?? '', connection, extensions: [], scopes: [], expiresAt: Infinity };
  await recordUse(scim.db, credential, used + 59_000);
  expect(await lastUsed()).toBe(used);
  await recordUse(scim.db, credential, used + 61_000);
  expect(await lastUsed()).toBe(used + 61_000);
});
