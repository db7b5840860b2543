import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditOf, type RunningServer, runServer } from './running.ts';

const UNKNOWN = '01a20000-0000-7000-8000-000000000000';
const GUARD = { floor: 5, perHourPercent: 10, perDayPercent: 20, twoPeoplePercent: 50 };
const SECRET = 'a-secret-that-nobody-may-see';

let server: RunningServer;
/** Two customers with a target, a connection and a token each. */
type Customer = { tenantId: string; targetId: string; connectionId: string; tokenId: string; token: string };
let ours: Customer;
let theirs: Customer;

beforeAll(async () => {
  server = await runServer();
  ours = await customer('ours');
  theirs = await customer('theirs');
});
afterAll(() => server.stop());

async function customer(name: string): Promise<Customer> {
  const { call } = server;
  const { tenantId } = (await call('POST', '/tenants', { body: { name } })).body;
  const target = { name: 'app', kind: 'sandbox', secrets: { token: SECRET } };
  const targetId = (await call('POST', '/targets', { tenant: name, body: target })).body.id;
  const connection = { name: 'idp', targets: [targetId], policy: { invite: 'automatic' } };
  const connectionId = (await call('POST', '/connections', { tenant: name, body: connection })).body.id;
  const { id: tokenId, token } = (await call('POST', `/connections/${connectionId}/tokens`, { tenant: name })).body;
  return { tenantId, targetId, connectionId, tokenId, token };
}

describe('ids', () => {
  test.for([
    ['POST', (id: string) => `/targets/${id}/check`, 'targetId'],
    ['POST', (id: string) => `/connections/${id}/enable`, 'connectionId'],
    ['POST', (id: string) => `/connections/${id}/pause`, 'connectionId'],
    ['POST', (id: string) => `/connections/${id}/tokens`, 'connectionId'],
    ['GET', (id: string) => `/connections/${id}`, 'connectionId'],
    ['GET', (id: string) => `/connections/${id}/tokens`, 'connectionId'],
    ['GET', (id: string) => `/connections/${id}/feed`, 'connectionId'],
    ['PUT', (id: string) => `/connections/${id}/feed`, 'connectionId'],
    ['DELETE', (id: string) => `/connections/${id}/feed`, 'connectionId'],
    ['POST', (id: string) => `/connections/${id}/feed/test`, 'connectionId'],
    ['POST', (id: string) => `/connections/${id}/feed/fetch`, 'connectionId'],
    ['DELETE', (id: string) => `/tokens/${id}`, 'tokenId'],
    ['GET', (id: string) => `/people/${id}`, null],
    ['GET', (id: string) => `/people/${id}/plan`, null],
    ['GET', (id: string) => `/holds/${id}`, null],
    ['POST', (id: string) => `/holds/${id}/release`, null],
    ['POST', (id: string) => `/holds/${id}/discard`, null],
    ['GET', (id: string) => `/invites/${id}`, null],
    ['POST', (id: string) => `/invites/${id}/resend`, null],
    ['POST', (id: string) => `/invites/${id}/revoke`, null],
    ['POST', (id: string) => `/invites/${id}/accept`, null],
  ] as const)('%s %s: what is unknown, malformed or another tenant’s is not found', async ([method, path, foreign]) => {
    const before = await auditOf(server.db, ours.tenantId);
    const strangers = foreign ? [theirs[foreign]] : [];
    for (const id of [UNKNOWN, 'abc', '%00', "1'or'1", ...strangers]) {
      const { status, type } = await server.call(method, path(id), { tenant: 'ours' });
      expect([id, status, type]).toEqual([id, 404, 'application/problem+json; charset=utf-8']);
    }
    expect(await auditOf(server.db, ours.tenantId)).toEqual(before);
  });
});

describe('bodies', () => {
  const target = { name: 'new', kind: 'sandbox' };
  test.for([
    ['/tenants', 'no name', {}, 422],
    ['/tenants', 'an empty name', { name: ' ' }, 422],
    ['/tenants', 'a name like an id', { name: UNKNOWN }, 422],
    ['/tenants', 'a zero byte', { name: 'a\0b' }, 422],
    ['/tenants', 'a taken name', { name: 'ours' }, 409],
    ['/targets', 'an unknown field', { ...target, secret: SECRET }, 422],
    ['/targets', 'an unknown kind', { ...target, kind: 'fax' }, 422],
    ['/targets', 'a kind from the prototype', { ...target, kind: '__proto__' }, 422],
    ['/targets', 'a secret that is no text', { ...target, secrets: { token: [SECRET] } }, 422],
    ['/targets', 'a zero byte in a setting', { ...target, settings: { deep: ['\0'] } }, 422],
    ['/targets', 'half a letter in a setting’s name', { ...target, settings: { '\ud800': 1 } }, 422],
    ['/targets', 'rest without a description', { ...target, kind: 'rest', secrets: { token: SECRET } }, 422],
    ['/targets', 'rest with a broken one', { ...target, kind: 'rest', settings: { description: 'a: [' } }, 422],
    ['/targets', 'a taken name', { ...target, name: 'app', secrets: { token: SECRET } }, 409],
    ['/connections', 'no name', {}, 422],
    ['/connections', 'an unknown profile', { name: 'new', profile: 'ldap' }, 422],
    ['/connections', 'an unknown policy', { name: 'new', policy: { erase: true } }, 422],
    ['/connections', 'a guard with an unknown limit', { name: 'new', policy: { guard: { roof: 3 } } }, 422],
    ['/connections', 'a guard beyond all', { name: 'new', policy: { guard: { ...GUARD, perHourPercent: 101 } } }, 422],
    ['/connections', 'a target that is no id', { name: 'new', targets: ['app'] }, 422],
    ['/connections', 'an unknown target', { name: 'new', targets: [UNKNOWN] }, 404],
    ['/connections', 'a taken name', { name: 'idp' }, 409],
    ['/connections', 'a list', [], 422],
  ] as const)('POST %s with %s changes nothing', async ([path, _, body, expected]) => {
    const before = await auditOf(server.db, ours.tenantId);
    const { status, type, body: answer } = await server.call('POST', path, { tenant: 'ours', body });
    expect([status, type]).toEqual([expected, 'application/problem+json; charset=utf-8']);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    expect(await auditOf(server.db, ours.tenantId)).toEqual(before);
  });

  test('a connection with another tenant’s target is not made', async () => {
    const body = { name: 'sly', targets: [ours.targetId, theirs.targetId] };
    expect((await server.call('POST', '/connections', { tenant: 'ours', body })).status).toBe(404);
    const { body: list } = await server.call('GET', '/connections', { tenant: 'ours' });
    expect(list['connections']).toHaveLength(1);
  });

  test('a body that is no JSON is 400, one that is too big 413, none at all 422', async () => {
    expect((await server.call('POST', '/targets', { tenant: 'ours', text: '{' })).status).toBe(400);
    const big = JSON.stringify({ name: 'x'.repeat(1_100_000) });
    expect((await server.call('POST', '/targets', { tenant: 'ours', text: big })).status).toBe(413);
    expect((await server.call('POST', '/targets', { tenant: 'ours' })).status).toBe(422);
  });
});

describe('who may ask', () => {
  test('the wrong key and none are 401, and learn nothing', async () => {
    for (const key of ['wrong', '', `${server.adminKey}x`]) {
      expect((await server.call('GET', '/tenants', { key })).status).toBe(401);
      expect((await server.call('GET', '/nothing', { key })).status).toBe(401);
    }
    expect((await server.call('GET', '/tenants', { key: ours.token })).status).toBe(401);
  });

  test('with several tenants one must be named, by name or id', async () => {
    expect((await server.call('GET', '/targets')).status).toBe(404);
    expect((await server.call('GET', '/targets', { tenant: 'nobody' })).status).toBe(404);
    const byId = await server.call('GET', '/targets', { tenant: ours.tenantId });
    expect(byId.body['targets']).toMatchObject([{ id: ours.targetId }]);
  });

  test('a tenant made twice at the same time is made once', async () => {
    const both = await Promise.all([1, 2, 3].map(() => server.call('POST', '/tenants', { body: { name: 'rush' } })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  });
});

test('every change is in the audit, and no secret is in it or in a list', async () => {
  const { tenantId, connectionId } = await customer('audited');
  await server.call('POST', `/connections/${connectionId}/enable`, { tenant: 'audited' });
  await server.call('POST', `/connections/${connectionId}/enable`, { tenant: 'audited' });
  await server.call('POST', `/connections/${connectionId}/pause`, { tenant: 'audited' });
  expect(await auditOf(server.db, tenantId)).toEqual([
    'tenant.create',
    'target.create',
    'connection.create',
    'token.create',
    'connection.enable',
    'connection.pause',
  ]);
  const { rows } = await server.db.raw('select detail from audit');
  const { body: targets } = await server.call('GET', '/targets', { tenant: 'audited' });
  const { body: connections } = await server.call('GET', '/connections', { tenant: 'audited' });
  const shown = JSON.stringify([rows, targets, connections]);
  expect(shown).not.toContain(SECRET);
  expect(shown).not.toMatch(/gw_/);
});

test('a revoked token is revoked once', async () => {
  const { tokenId, token } = await customer('revoked');
  const scim = () => fetch(`${server.origin}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } });
  expect((await server.call('DELETE', `/tokens/${tokenId}`, { tenant: 'revoked' })).status).toBe(204);
  expect((await scim()).status).toBe(401);
  expect((await server.call('DELETE', `/tokens/${tokenId}`, { tenant: 'revoked' })).status).toBe(404);
});
