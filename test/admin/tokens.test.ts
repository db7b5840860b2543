import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from './running.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await runServer();
  await server.call('POST', '/tenants', { body: { name: 'only' } });
});
afterAll(() => server.stop());

const connect = async (name: string) => (await server.call('POST', '/connections', { body: { name } })).body.id;
const read = (token: string) =>
  fetch(`${server.origin}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } });

test('a token has an end and scopes, and the list shows both but never the token', async () => {
  const id = await connect('listed');
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const made = await server.call('POST', `/connections/${id}/tokens`, {
    body: { expiresAt, scopes: ['read', 'read'] },
  });
  expect(made.status).toBe(201);
  expect((await read(made.body.token)).status).toBe(200);
  const { body } = await server.call('GET', `/connections/${id}/tokens`);
  expect(body['tokens']).toEqual([
    {
      id: made.body.id,
      prefix: made.body.token.slice(26, 38),
      scopes: ['read'],
      createdAt: expect.any(String),
      expiresAt,
      lastUsedAt: expect.toBeOneOf([null, expect.any(String)]), // it is written behind the request's back,
    },
  ]);
  expect(JSON.stringify(body)).not.toContain(made.body.token.slice(26));
});

test('a third live token is refused until one is revoked', async () => {
  const id = await connect('rotated');
  const add = () => server.call('POST', `/connections/${id}/tokens`);
  const [first, second] = [await add(), await add()];
  const third = await add();
  expect([third.status, third.body['code']]).toEqual([409, 'limit_reached']);
  expect(third.body.detail).toContain(first.body.id);
  expect((await server.call('DELETE', `/tokens/${first.body.id}`)).status).toBe(204);
  expect((await add()).status).toBe(201);
  expect([(await read(first.body.token)).status, (await read(second.body.token)).status]).toEqual([401, 200]);
});

test.for([
  { expiresAt: '2020-01-01T00:00:00Z' },
  { expiresAt: 'tomorrow' },
  { scopes: [] },
  { scopes: ['admin'] },
  { scope: 'read' },
])('%o is not taken', async (body) => {
  const id = await connect(`refused ${JSON.stringify(body)}`);
  expect((await server.call('POST', `/connections/${id}/tokens`, { body })).status).toBe(422);
});
