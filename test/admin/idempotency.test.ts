import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from './running.ts';

let server: RunningServer;
let connectionId: string;
beforeAll(async () => {
  server = await runServer();
  await post('/tenants', { name: 'one' });
  connectionId = ((await (await post('/connections', { name: 'idp' })).json()) as { id: string }).id;
});
afterAll(() => server.stop());

function post(path: string, body: unknown, key?: string): Promise<Response> {
  const headers = new Headers({
    authorization: `Bearer ${server.adminKey}`,
    'content-type': 'application/json',
    'gangway-tenant': 'one',
  });
  if (key !== undefined) headers.set('idempotency-key', key);
  return fetch(`${server.origin}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('the same request again is answered alike, and makes nothing', async () => {
  const first = await post('/targets', { name: 'app', kind: 'sandbox' }, 'k1');
  const again = await post('/targets', { name: 'app', kind: 'sandbox' }, 'k1');
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(await again.json()).toEqual(await first.json());
  expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
});

test('another body under the same key is refused', async () => {
  expect((await post('/connections', { name: 'a' }, 'k2')).status).toBe(201);
  expect((await post('/connections', { name: 'b' }, 'k2')).status).toBe(422);
});

test('a tenant is made once, too', async () => {
  const both = [await post('/tenants', { name: 'two' }, 'k3'), await post('/tenants', { name: 'two' }, 'k3')];
  expect(both.map(({ status }) => status)).toEqual([201, 201]);
});

test('what failed may be tried again under its key', async () => {
  expect((await post('/connections', {}, 'k4')).status).toBe(422);
  expect((await post('/connections', { name: 'mended' }, 'k4')).status).toBe(201);
});

test('the same key at another route is another request', async () => {
  expect((await post('/targets', { name: 'k5', kind: 'sandbox' }, 'k5')).status).toBe(201);
  expect((await post('/connections', { name: 'k5' }, 'k5')).status).toBe(201);
});

test('many at once make one', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => post('/connections', { name: 'rush' }, 'k6')));
  const made = all.filter(({ status }) => status === 201);
  expect(made.length).toBeGreaterThan(0);
  expect(all.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(new Set(await Promise.all(made.map((one) => one.text()))).size).toBe(1);
});

test('a token that is shown once is kept for the same request, and lies nowhere readable', async () => {
  const first = (await (await post(`/connections/${connectionId}/tokens`, {}, 'k7')).json()) as { token: string };
  const again = (await (await post(`/connections/${connectionId}/tokens`, {}, 'k7')).json()) as { token: string };
  expect(again.token).toBe(first.token);
  const { rows } = await server.db.raw<{ rows: object[] }>('select k::text as row from idempotency_keys k');
  expect(JSON.stringify(rows)).not.toContain(Buffer.from(first.token).toString('hex'));
  expect(JSON.stringify(rows)).not.toContain(first.token);
});

test('a key that is none is refused', async () => {
  expect((await post('/connections', { name: 'x' }, 'k'.repeat(256))).status).toBe(422);
});
