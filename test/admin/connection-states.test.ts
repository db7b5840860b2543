import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, runServer } from './running.ts';

/** For a busy machine: delivery takes some 50 ms on an idle one. */
const PATIENT = { timeout: 15_000 };

let server: RunningServer;
let targetId: string;

beforeAll(async () => {
  server = await runServer();
  await server.call('POST', '/tenants', { body: { name: 'only' } });
  targetId = (await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } })).body.id;
});
afterAll(() => server.stop());

async function connect(name: string, invite = 'automatic') {
  const body = { name, targets: [targetId], policy: { invite } };
  const { id } = (await server.call('POST', '/connections', { body })).body;
  const { token } = (await server.call('POST', `/connections/${id}/tokens`)).body;
  const move = (change: string) => server.call('POST', `/connections/${id}/${change}`);
  const create = async (userName: string) => {
    const response = await fetch(`${server.origin}/scim/v2/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, title: 'Analyst' }),
    });
    expect(response.status).toBe(201);
    return ((await response.json()) as { id: string }).id;
  };
  return { id, move, create };
}

async function account(email: string): Promise<{ status: string } | undefined> {
  const url = `${server.origin}/sandbox/accounts?${new URLSearchParams({ email })}`;
  const list = await (await fetch(url, { headers: { accept: 'application/json' } })).json();
  return (list as { status: string }[])[0];
}

/** Ends when no work is due: what could be delivered has been. */
async function atRest(): Promise<void> {
  await expect
    .poll(
      async () => (await server.db.raw(`select 1 from work_item where state = 'ready' and kind = 'push'`)).rows.length,
      {
        timeout: 15_000,
      },
    )
    .toBe(0);
}

async function why(userName: string) {
  const { body } = await server.call('GET', `/people?${new URLSearchParams({ userName })}`);
  const people = body['people'] as { id: string; actions: { summary: string }[]; said: { title: string } }[];
  return Promise.all(
    people.map(async (person) => ({
      person,
      targets: (await server.call('GET', `/people/${person.id}/plan`)).body['targets'] as Record<string, unknown>[],
    })),
  );
}

test('nothing leaves before a connection is enabled, and all of it after', async () => {
  const { move, create } = await connect('new');
  await create('early@example.com');
  await atRest();
  expect(await account('early@example.com')).toBeUndefined();
  const [found] = await why('EARLY@example.com');
  expect(found?.targets).toMatchObject([{ name: 'app', actions: ['invite early@example.com'], waiting: null }]);
  expect((await move('enable')).body).toMatchObject({ state: 'enabled' });
  await expect.poll(() => account('early@example.com'), PATIENT).toMatchObject({ status: 'invited' });
});

test('a paused connection stores and does not deliver; enabled again it catches up', async () => {
  const { move, create } = await connect('paused');
  await move('enable');
  expect((await move('pause')).body).toMatchObject({ state: 'paused' });
  await create('late@example.com');
  await atRest();
  expect(await account('late@example.com')).toBeUndefined();
  await move('enable');
  await expect.poll(() => account('late@example.com'), PATIENT).toMatchObject({ status: 'invited' });
});

test.for([
  { from: 'connected', change: 'pause', status: 409, state: 'connected' },
  { from: 'connected', change: 'enable', status: 200, state: 'enabled' },
  { from: 'enabled', change: 'enable', status: 200, state: 'enabled' },
  { from: 'enabled', change: 'pause', status: 200, state: 'paused' },
  { from: 'paused', change: 'pause', status: 200, state: 'paused' },
  { from: 'paused', change: 'enable', status: 200, state: 'enabled' },
  { from: 'disconnected', change: 'enable', status: 409, state: 'disconnected' },
  { from: 'disconnected', change: 'pause', status: 409, state: 'disconnected' },
])('$change of a $from connection answers $status', async ({ from, change, status, state }) => {
  const { id, move } = await connect(`${from} ${change}`);
  await server.db.raw('update connections set state = ? where id = ?', [from, id]);
  expect((await move(change)).status).toBe(status);
  expect((await server.db.raw('select state from connections where id = ?', [id])).rows).toEqual([{ state }]);
});

test('a person who waits for an invitation is found with the reason', async () => {
  const { move, create } = await connect('by hand', 'manual');
  await move('enable');
  await create('staged@example.com');
  await atRest();
  const [found, ...others] = await why('staged@example.com');
  expect(others).toEqual([]);
  expect(found?.person.said.title).toBe('Analyst');
  expect(found?.targets).toMatchObject([{ link: null, actions: [], waiting: expect.stringContaining('not invited') }]);
});

test('a deleted person is found by the account that stayed; nobody is found by another name', async () => {
  const { move, create } = await connect('forgets');
  await move('enable');
  const id = await create('gone@example.com');
  await expect.poll(() => account('gone@example.com'), PATIENT).toMatchObject({ status: 'invited' });
  await atRest();
  await server.db.raw('update people set deleted_at = now() where id = ?', [id]);
  const [found] = await why('Gone@example.com');
  expect(found?.person).toMatchObject({ deleted: true, actions: [{ summary: 'invite gone@example.com' }] });
  expect(await why('gone')).toEqual([]);
  expect((await server.call('GET', '/people')).status).toBe(200);
  expect((await server.call('GET', '/people?userName=%00')).status).toBe(422);
});

test('another tenant’s person is not found', async () => {
  const { create } = await connect('private');
  const id = await create('ours@example.com');
  await server.call('POST', '/tenants', { body: { name: 'stranger' } });
  const ask = (path: string) => server.call('GET', path, { tenant: 'stranger' });
  expect((await ask('/people?userName=ours@example.com')).body).toEqual({ people: [] });
  expect((await ask(`/people/${id}`)).status).toBe(404);
  expect((await ask(`/people/${id}/plan`)).status).toBe(404);
  await server.db.raw(`delete from audit where tenant_id in (select tenant_id from tenants where name = 'stranger')`);
  await server.db.raw(`delete from tenants where name = 'stranger'`);
});
