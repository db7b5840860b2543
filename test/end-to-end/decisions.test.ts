import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditOf, type RunningServer, runServer } from '../admin/running.ts';
import { gangway } from '../cli/gangway.ts';

/** For a busy machine: delivery takes some 50 ms on an idle one. */
const PATIENT = { timeout: 15_000 };
const EXTENSION = 'urn:example:scim:Work';

let server: RunningServer;
let tenantId: string;
let targetId: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  tenantId = (await server.call('POST', '/tenants', { body: { name: 'only' } })).body.tenantId;
  targetId = (await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } })).body.id;
  const attributes = [{ name: 'startDate', type: 'string', multiValued: false }];
  const declared = await server.call('PUT', `/extensions/${encodeURIComponent(EXTENSION)}`, {
    body: { id: EXTENSION, name: 'Work', resourceType: 'User', attributes },
  });
  expect(declared.status).toBeLessThan(300);
});
afterAll(() => server.stop());

async function connect(name: string, policy: object, enabled = true) {
  const { id } = (await server.call('POST', '/connections', { body: { name, targets: [targetId], policy } })).body;
  const { token } = (await server.call('POST', `/connections/${id}/tokens`)).body;
  if (enabled) await server.call('POST', `/connections/${id}/enable`);
  const scim = async (method: string, path: string, body: object) => {
    const response = await fetch(`${server.origin}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBeLessThan(300);
    return (await response.json()) as { id: string };
  };
  const create = async (userName: string, more: object = {}) => (await scim('POST', '/Users', user(userName, more))).id;
  return { id, create, scim };
}

const user = (userName: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', EXTENSION],
  userName,
  ...more,
});

async function accounts(email: string): Promise<{ id: string; status: string }[]> {
  const url = `${server.origin}/sandbox/accounts?${new URLSearchParams({ email })}`;
  return (await (await fetch(url, { headers: { accept: 'application/json' } })).json()) as never;
}

const statusOf = async (email: string) => (await accounts(email))[0]?.status ?? 'none';

/** Ends when no work is due now. */
async function atRest(): Promise<void> {
  const due = async () =>
    (await server.db.raw(`select 1 from work_item where state = 'ready' and next_at < now() + interval '1 minute'`))
      .rows.length;
  await expect.poll(due, PATIENT).toBe(0);
}

const staged = async (connection: string) =>
  (await server.call('GET', `/people?${new URLSearchParams({ state: 'staged', connection })}`)).body['people'] as {
    id: string;
    email: string;
    dueAt: string | null;
  }[];
const waiting = async (id: string) =>
  ((await server.call('GET', `/people/${id}/plan`)).body['targets'] as { waiting: string; lookAgainAt: string }[])[0];

/** An account that somebody else made in the app. */
async function existing(email: string): Promise<void> {
  await server.db.raw(`insert into sandbox.accounts (id, email, email_key, status) values (?, ?, ?, 'active')`, [
    `acc_${email}`,
    email,
    email,
  ]);
}

test('S58, S59: who is staged is listed, invited by one call, and then in the list no more', async () => {
  const { id: connection, create } = await connect('by hand', { invite: 'manual' });
  const id = await create('ada@example.com', { displayName: 'Ada' });
  await atRest();
  expect(await statusOf('ada@example.com')).toBe('none');
  expect(await staged(connection)).toMatchObject([
    { id, email: 'ada@example.com', displayName: 'Ada', targetIds: [targetId], dueAt: null },
  ]);
  const { status, body } = await server.call('POST', `/people/${id}/invite`);
  expect([status, body]).toEqual([202, { id, userName: 'ada@example.com', targetIds: [targetId] }]);
  await expect.poll(() => statusOf('ada@example.com'), PATIENT).toBe('invited');
  await atRest();
  expect(await staged(connection)).toEqual([]);
  expect((await server.db.raw('select 1 from decisions')).rows).toEqual([]);
  expect((await server.call('POST', `/people/${id}/invite`)).body).toMatchObject({ targetIds: [] });
  expect(await auditOf(server.db, tenantId)).toContain('person.invite');
});

test('S15: a connection that is not enabled invites and adopts nobody', async () => {
  const { create } = await connect('not yet', { invite: 'manual' }, false);
  const id = await create('early@example.com');
  for (const decision of ['invite', 'adopt']) {
    const { status, body } = await server.call('POST', `/people/${id}/${decision}`);
    expect([status, body['code']]).toEqual([409, 'connection_not_enabled']);
  }
});

test('nobody is invited who has left or has no address', async () => {
  const { create, scim } = await connect('leavers', { invite: 'manual' });
  const id = await create('gone@example.com');
  await scim('PUT', `/Users/${id}`, user('gone@example.com', { active: false }));
  const nameless = await create('no-mail');
  for (const person of [id, nameless]) {
    const { status, body } = await server.call('POST', `/people/${person}/invite`);
    expect([status, body['code']]).toEqual([409, 'not_decidable']);
  }
});

test('S4: the account that the policy asks about is adopted by one call, and updated', async () => {
  const { create } = await connect('asks', { invite: 'automatic', adoptExisting: 'ask' });
  await existing('bea@example.com');
  const id = await create('bea@example.com');
  await atRest();
  expect(await waiting(id)).toMatchObject({ waiting: expect.stringContaining('asks before adopting') });
  const [account] = await accounts('bea@example.com');
  expect((await server.call('POST', `/people/${id}/adopt`, { body: { remoteId: 'another' } })).status).toBe(409);
  const { status, body } = await server.call('POST', `/people/${id}/adopt`);
  expect([status, body['remoteId']]).toEqual([202, account?.id]);
  await atRest();
  const { rows } = await server.db.raw('select remote_id, origin from links where person_id = ?', [id]);
  expect(rows).toEqual([{ remote_id: account?.id, origin: 'adopted' }]);
  const again = await server.call('POST', `/people/${id}/adopt`);
  expect([again.status, again.body['code']]).toEqual([409, 'not_decidable']);
});

test('S66: who starts later is staged until then, and the work is due at that instant', async () => {
  const invite = { onDate: 'startDate', localTime: '08:00', timeZone: 'Europe/Berlin' };
  const { id: connection, create } = await connect('first day', { invite });
  const year = new Date().getUTCFullYear() + 1;
  const id = await create('fay@example.com', { [EXTENSION]: { startDate: `${year}-07-01` } });
  await atRest();
  const due = `${year}-07-01T06:00:00.000Z`;
  expect(await waiting(id)).toMatchObject({ waiting: expect.stringContaining('first day'), lookAgainAt: due });
  expect(await staged(connection)).toMatchObject([{ id, dueAt: due }]);
  const { rows } = await server.db.raw('select state, next_at from work_item where subject_id = ?', [id]);
  expect(rows).toEqual([{ state: 'ready', next_at: new Date(due) }]);

  const started = await create('gil@example.com', { [EXTENSION]: { startDate: '2020-01-01' } });
  await expect.poll(() => statusOf('gil@example.com'), PATIENT).toBe('invited');
  const nameless = await create('hal@example.com');
  await atRest();
  expect(await waiting(nameless)).toMatchObject({ waiting: expect.stringContaining('no first day') });
  expect((await staged(connection)).map((person) => person.id)).not.toContain(started);
  expect(await statusOf('fay@example.com')).toBe('none');
});

test('another tenant’s person cannot be decided about', async () => {
  const { create } = await connect('private', { invite: 'manual' });
  const id = await create('ours@example.com');
  await server.call('POST', '/tenants', { body: { name: 'stranger' } });
  for (const decision of ['invite', 'adopt']) {
    expect((await server.call('POST', `/people/${id}/${decision}`, { tenant: 'stranger' })).status).toBe(404);
  }
  expect((await server.call('GET', '/people?state=staged', { tenant: 'stranger' })).body).toEqual({ people: [] });
  expect((await server.call('GET', '/people?email=ours@example.com', { tenant: 'stranger' })).body).toEqual({
    people: [],
  });
  await server.db.raw(`delete from audit where tenant_id in (select tenant_id from tenants where name = 'stranger')`);
  await server.db.raw(`delete from tenants where name = 'stranger'`);
});

test('S58, S59: the command line lists, invites by e-mail or all, and adopts', { timeout: 60_000 }, async () => {
  const { create } = await connect('shell', { invite: 'manual' });
  for (const name of ['ian', 'joy', 'kai']) await create(`${name}@example.com`);
  await existing('lea@example.com');
  await create('lea@example.com');
  await atRest();
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await gangway(['person', ...args], env);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  const list = await run('list', '--state', 'staged', '--connection', 'shell');
  expect(list).toMatch(/^E-MAIL +NAME +CONNECTION +INVITED +USERNAME\n/);
  expect(list).toMatch(/^ian@example.com +- +shell +when you say so +ian@example.com$/m);
  expect(await run('invite', 'IAN@example.com')).toBe('ian@example.com is being invited\n');
  expect(await run('adopt', 'lea@example.com')).toMatch(/^lea@example.com gets account \S+\n$/);
  expect(await run('invite', '--all-staged', '--connection', 'shell')).toBe(
    'joy@example.com is being invited\nkai@example.com is being invited\n',
  );
  await atRest();
  for (const name of ['ian', 'joy', 'kai']) expect(await statusOf(`${name}@example.com`)).toBe('invited');
  expect(await run('list', '--connection', 'shell')).toBe('nobody waits to be invited\n');
  expect((await gangway(['connection', 'list'], env)).stdout).toMatch(/^first day .* on startDate /m);
  const nobody = await gangway(['person', 'invite'], env);
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('--all-staged')]);
});
