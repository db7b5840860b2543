import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, type RunningServer, runServer } from './running.ts';

const UNKNOWN = '01a20000-0000-7000-8000-000000000000';
let server: RunningServer;
let ours: { tenantId: string; id: string };
let theirs: { tenantId: string; id: string };

beforeAll(async () => {
  server = await runServer();
  ours = await customer('ours');
  theirs = await customer('theirs');
});
afterAll(() => server.stop());

async function customer(name: string) {
  const { tenantId } = (await server.call('POST', '/tenants', { body: { name } })).body;
  const { id } = (await server.call('POST', '/connections', { tenant: name, body: { name: 'idp' } })).body;
  return { tenantId, id };
}

const add = (body?: unknown, { id } = ours, tenant = 'ours') =>
  server.call('POST', `/connections/${id}/clients`, { tenant, body });
const clientsOf = async ({ id }: { id: string }, tenant: string) =>
  (await server.call('GET', `/connections/${id}/clients`, { tenant })).body['clients'] as { id: string }[];

async function token(clientId: unknown, clientSecret: unknown) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: String(clientId),
    client_secret: String(clientSecret),
  });
  const response = await fetch(`${server.origin}/oauth/token`, { method: 'POST', body });
  return { status: response.status, token: ((await response.json()) as Record<string, string>)['access_token'] };
}
const read = async (bearer: string | undefined) =>
  (await fetch(`${server.origin}/scim/v2/Users`, { headers: { authorization: `Bearer ${bearer}` } })).status;

test('a client is made, listed without its secret, and revoked with its tokens at once', async () => {
  const { status, body } = await add();
  expect(status).toBe(201);
  const fetched = await token(body['clientId'], body['clientSecret']);
  expect(await read(fetched.token)).toBe(200);
  const list = async () => clientsOf(ours, 'ours');
  await expect.poll(list).toContainEqual({
    id: body.id,
    clientId: body['clientId'],
    authentication: 'client_secret',
    createdAt: expect.any(String),
    lastUsedAt: expect.any(String), // noted beside the request, so a moment later
  });
  expect(JSON.stringify(await list())).not.toContain(body['clientSecret']);
  expect((await server.call('DELETE', `/clients/${body.id}`, { tenant: 'ours' })).status).toBe(204);
  expect((await server.call('DELETE', `/clients/${body.id}`, { tenant: 'ours' })).status).toBe(404);
  expect(await read(fetched.token)).toBe(401);
  expect((await token(body['clientId'], body['clientSecret'])).status).toBe(401);
  expect(await auditOf(server.db, ours.tenantId)).toEqual(expect.arrayContaining(['client.create', 'client.revoke']));
});

test('another tenant’s clients are invisible', async () => {
  const { id } = (await add(undefined, theirs, 'theirs')).body;
  const attempts = [
    server.call('DELETE', `/clients/${id}`, { tenant: 'ours' }),
    server.call('GET', `/connections/${theirs.id}/clients`, { tenant: 'ours' }),
    server.call('GET', `/connections/${UNKNOWN}/clients`, { tenant: 'ours' }),
    add({}, theirs),
  ];
  expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  expect((await clientsOf(ours, 'ours')).map((client) => client.id)).not.toContain(id);
  expect((await clientsOf(theirs, 'theirs')).map((client) => client.id)).toContain(id);
});

const pair = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const jwk = (key: ReturnType<typeof pair>['publicKey']) => key.export({ format: 'jwk' });

test('a client with a public key has no secret', async () => {
  const { status, body } = await add({ jwks: { keys: [jwk(pair(2048).publicKey)] } });
  expect([status, body['clientSecret']]).toEqual([201, null]);
  expect((await token(body['clientId'], 'null')).status).toBe(401);
});

test.for([
  { name: 'a private key', keys: () => [jwk(pair(2048).privateKey)], words: 'private key' },
  { name: 'a shared key', keys: () => [{ kty: 'oct', k: 'c2VjcmV0' }], words: 'private key' },
  { name: 'a short key', keys: () => [jwk(pair(1024).publicKey)], words: 'no public key that can be used' },
  { name: 'half a key', keys: () => [{ kty: 'EC', crv: 'P-256', x: 'AAAA' }], words: 'no public key' },
  { name: 'no key', keys: () => [], words: 'Too small' },
])('$name is not taken', async ({ keys, words }) => {
  const answer = await add({ jwks: { keys: keys() } });
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body)).toContain(words);
});
