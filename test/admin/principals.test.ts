import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { auditOf, type Body, type RunningServer, runServer } from './running.ts';

const ID = '01a20000-0000-7000-8000-000000000000';

let server: RunningServer;
beforeAll(async () => {
  server = await runServer();
  for (const name of ['acme', 'other']) await server.call('POST', '/tenants', { body: { name } });
});
afterAll(() => server.stop());

const acme = (method: string, path: string, body?: unknown, key?: string) =>
  server.call(method, path, { tenant: 'acme', body, ...(key === undefined ? {} : { key }) });

async function technicalUser(name: string, rights: string[] = ['people']): Promise<string> {
  return (await acme('POST', '/technical-users', { name, rights, email: `${name}@example.com` })).body.id;
}
const newKey = async (id: string, body: object = {}) =>
  (await acme('POST', `/technical-users/${id}/keys`, body)).body as Body & { key: string; prefix: string };
const asks = async (key: string) => (await acme('GET', '/people?connection=x', undefined, key)).status;
const keysOf = async (id: string) =>
  (await acme('GET', `/technical-users/${id}/keys`)).body['keys'] as {
    id: string;
    prefix: string;
    lastUsedAt: string;
  }[];

test('S36: a technical user has keys and an address, and cannot sign in', async () => {
  const id = await technicalUser('hr-export');
  const { body } = await acme('GET', '/technical-users');
  expect(body['technicalUsers']).toContainEqual({
    id,
    name: 'hr-export',
    email: 'hr-export@example.com',
    rights: ['people'],
    connectionId: null,
    targetId: null,
  });
  expect((await acme('POST', '/operators/hr-export/link', {})).status).toBe(404);
});

test('S37: a key is shown once, lies hashed in the database, and is known by its prefix', async () => {
  const id = await technicalUser('shown-once');
  const { key, prefix } = await newKey(id);
  expect(key).toMatch(/^gk_[\w-]{22}_[\w-]{43}$/);
  expect(key.slice(26)).toMatch(new RegExp(`^${prefix}`));
  const { rows } = await server.db.raw('select k::text as text from api_keys k union all select a::text from audit a');
  expect(JSON.stringify([rows, await keysOf(id)])).not.toContain(key.slice(40));
  expect(await keysOf(id)).toMatchObject([{ prefix, lastUsedAt: null, expiresAt: null }]);
});

test('S37: its last use is noted, at most once a minute', async () => {
  const id = await technicalUser('last-used');
  const { key } = await newKey(id);
  await asks(key);
  const [first] = await keysOf(id);
  expect(first?.lastUsedAt).toEqual(expect.any(String));
  await asks(key);
  expect((await keysOf(id))[0]?.lastUsedAt).toBe(first?.lastUsedAt);
});

test('S37: there are two live keys at most, and rotating ends the older one', async () => {
  const id = await technicalUser('rotating');
  const [one, two] = [await newKey(id), await newKey(id)];
  const third = await acme('POST', `/technical-users/${id}/keys`, {});
  expect([third.status, third.body['code']]).toEqual([409, 'limit_reached']);
  const rotated = await acme('POST', `/technical-users/${id}/keys/rotate`, {});
  expect(rotated.body).toMatchObject({ ended: one.id });
  expect([await asks(one.key), await asks(two.key), await asks(String(rotated.body['key']))]).toEqual([401, 422, 422]);
});

test('S37: two at the same time do not make three keys', async () => {
  const id = await technicalUser('racing');
  await newKey(id);
  const both = await Promise.all([1, 2, 3].map(() => acme('POST', `/technical-users/${id}/keys`, {})));
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
});

test('S37: a key that has expired, or was revoked, is worth nothing at once', async () => {
  const id = await technicalUser('ending');
  const soon = await newKey(id, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  expect(await asks(soon.key)).toBe(422);
  await server.db.raw(`update api_keys set expires_at = now() - interval '1 second' where id = ?`, [soon.id]);
  expect(await asks(soon.key)).toBe(401);
  const other = await newKey(id);
  expect((await acme('DELETE', `/technical-users/${id}/keys/${other.id}`)).status).toBe(204);
  expect(await asks(other.key)).toBe(401);
  expect((await acme('DELETE', `/technical-users/${id}/keys/${other.id}`)).status).toBe(404);
});

test('a technical user that is revoked takes its keys along, and its name is free again', async () => {
  const id = await technicalUser('leaving');
  const { key } = await newKey(id);
  expect((await acme('DELETE', `/technical-users/${id}`)).status).toBe(204);
  expect(await asks(key)).toBe(401);
  expect((await acme('POST', '/technical-users', { name: 'Leaving', rights: ['audit'] })).status).toBe(201);
});

test.for([
  { name: 'no rights', body: { name: 'x', rights: [] }, status: 422 },
  { name: 'the right of an owner', body: { name: 'x', rights: ['owner'] }, status: 422 },
  { name: 'rosters of no connection', body: { name: 'x', rights: ['rosters'] }, status: 422 },
  { name: 'badges of no target', body: { name: 'x', rights: ['badges'] }, status: 422 },
  { name: 'badges and more', body: { name: 'x', rights: ['badges', 'people'], targetId: ID }, status: 422 },
  { name: 'people of one target', body: { name: 'x', rights: ['people'], targetId: ID }, status: 422 },
  { name: 'badges of a target that is not there', body: { name: 'x', rights: ['badges'], targetId: ID }, status: 404 },
  { name: 'rosters and more', body: { name: 'x', rights: ['rosters', 'people'] }, status: 422 },
  { name: 'a name that the audit uses itself', body: { name: 'Guard', rights: ['people'] }, status: 409 },
])('a technical user with $name is not made', async ({ body, status }) => {
  expect((await acme('POST', '/technical-users', body)).status).toBe(status);
});

test('a key of one tenant finds nothing of another one', async () => {
  const { key } = await newKey(await technicalUser('at-home', ['people', 'integrations', 'audit']));
  expect((await server.call('GET', '/connections', { tenant: 'other', key })).status).toBe(404);
  const { body } = await server.call('GET', '/tenants', { key });
  expect((body['tenants'] as { name: string }[]).map(({ name }) => name)).toEqual(['acme']);
  expect((await server.call('GET', '/connections', { key })).status).toBe(200); // its own needs no naming
});

test('a bad key learns nothing', async () => {
  const { key } = await newKey(await technicalUser('guessed'));
  for (const bad of [`${key}x`, key.slice(0, -1), key.replace('gk_', 'gw_'), 'gk_']) {
    expect((await server.call('GET', '/tenants', { key: bad })).status).toBe(401);
  }
});

test('operators have a role for each tenant, and one name everywhere', async () => {
  const ada = { name: 'Ada', rights: ['people'], language: 'de' };
  expect((await acme('POST', '/operators', ada)).status).toBe(201);
  expect((await acme('POST', '/operators', ada)).status).toBe(409);
  const other = await server.call('POST', '/operators', { tenant: 'other', body: { ...ada, rights: ['owner'] } });
  expect(other.status).toBe(201);
  const changed = await acme('PUT', '/operators/ada/role', { rights: ['people', 'audit', 'audit'] });
  expect(changed.body).toMatchObject({ name: 'Ada', rights: ['people', 'audit'], signIn: 'link' });
  expect((await acme('DELETE', '/operators/Ada')).status).toBe(204);
  expect((await acme('DELETE', '/operators/Ada')).status).toBe(404);
  const { body } = await server.call('GET', '/operators', { tenant: 'other' });
  expect(body['operators']).toContainEqual(expect.objectContaining({ name: 'Ada', rights: ['owner'] }));
});

test('an owner of one tenant cannot take over, or bring in, an operator of another one by name', async () => {
  const inOther = (method: string, path: string, body: object) => server.call(method, path, { tenant: 'other', body });
  await inOther('POST', '/operators', { name: 'Both', rights: ['owner'] });
  await acme('POST', '/operators', { name: 'Both', rights: ['people'] });
  await inOther('POST', '/operators', { name: 'Theirs', rights: ['people'] });
  await acme('POST', '/operators', { name: 'Boss', rights: ['owner'] });
  const boss = await signedIn('Boss');
  const asBoss = async (path: string, body: object) =>
    (await fetch(`${server.origin}/api/v1${path}`, { method: 'POST', headers: boss, body: JSON.stringify(body) }))
      .status;
  expect(await asBoss('/operators/Both/link', {})).toBe(403);
  expect(await asBoss('/operators', { name: 'Theirs', rights: ['people'] })).toBe(409);
  expect(await asBoss('/operators', { name: 'Own', rights: ['people'] })).toBe(201);
  expect(await asBoss('/operators/Own/link', {})).toBe(201);
  expect(await asBoss('/tenants', { name: 'made by boss' })).toBe(201);
  const { body } = await server.call('GET', '/operators', { tenant: 'made by boss' });
  expect(body['operators']).toMatchObject([{ name: 'Boss', rights: ['owner'] }]);
});

/** The headers of somebody who has chosen a password and signed in. */
async function signedIn(name: string): Promise<Record<string, string>> {
  const browser = openBrowser();
  const url = String((await acme('POST', `/operators/${name}/link`, {})).body['url']);
  await browser.get(url);
  const password = 'the tide is out today';
  const page = await browser.submit(new URL(url).pathname, { password, again: password });
  const { text } = await browser.follow(page);
  const cookie = [...(browser.cookies.get(new URL(url).host) ?? [])]
    .map(([key, value]) => `${key}=${value}`)
    .join('; ');
  const token = /name="csrf" value="([0-9a-f]+)"/.exec(text)?.[1] ?? '';
  return { cookie, 'x-csrf-token': token, 'content-type': 'application/json' };
}

test('the last owner of a tenant stays one', async () => {
  await server.call('POST', '/tenants', { body: { name: 'owned' } });
  const owned = (method: string, path: string, body?: object) => server.call(method, path, { tenant: 'owned', body });
  await owned('POST', '/operators', { name: 'First', rights: ['owner'] });
  expect((await owned('DELETE', '/operators/First')).status).toBe(403);
  expect((await owned('PUT', '/operators/First/role', { rights: ['audit'] })).status).toBe(403);
  await owned('POST', '/operators', { name: 'Second', rights: ['owner'] });
  const both = await Promise.all([owned('DELETE', '/operators/First'), owned('DELETE', '/operators/Second')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([204, 403]);
});

test('two-person rules tell principals apart: who asked for a plan cannot approve it', async () => {
  const connectionId = (await acme('POST', '/connections', { name: 'two-people' })).body.id;
  const one = await newKey(await technicalUser('asker', ['integrations']));
  const two = await newKey(await technicalUser('approver', ['integrations']));
  const change = { kind: 'policy', connectionId, policy: { guard: 'off' } };
  const { id, createdBy } = (await acme('POST', '/plans', { change }, one.key)).body;
  expect(createdBy).toBe('asker');
  const approve = (key: string, actor?: string) => acme('POST', `/plans/${id}/approve`, actor ? { actor } : {}, key);
  expect((await approve(one.key)).body['code']).toBe('needs_second_person');
  expect((await approve(one.key, 'approver')).body['code']).toBe('not_permitted');
  expect((await approve(two.key)).body).toMatchObject({ approvedBy: 'approver' });
});

test('everything about operators and keys is in the audit', async () => {
  const id = (await server.call('POST', '/tenants', { body: { name: 'audited' } })).body.tenantId;
  const audited = (method: string, path: string, body?: object) =>
    server.call(method, path, { tenant: 'audited', body });
  await audited('POST', '/operators', { name: 'Vera', rights: ['people'] });
  await audited('PUT', '/operators/Vera/role', { rights: ['audit'] });
  await audited('POST', '/operators/Vera/link', {});
  await audited('DELETE', '/operators/Vera/sessions');
  await audited('DELETE', '/operators/Vera');
  const user = (await audited('POST', '/technical-users', { name: 'script', rights: ['audit'] })).body.id;
  const key = (await audited('POST', `/technical-users/${user}/keys`, {})).body.id;
  await audited('DELETE', `/technical-users/${user}/keys/${key}`);
  await audited('DELETE', `/technical-users/${user}`);
  expect(await auditOf(server.db, id)).toEqual([
    'tenant.create',
    'operator.add',
    'operator.role',
    'operator.link',
    'operator.sign-out',
    'operator.remove',
    'technical-user.add',
    'key.create',
    'key.revoke',
    'technical-user.revoke',
  ]);
});
