import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { PRESET_NAMES } from '../../src/model/presets.ts';
import { gangway } from '../cli/gangway.ts';
import { auditOf, type RunningServer, runServer } from './running.ts';

let server: RunningServer;
let tenantId: string;
let targetId: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await runServer();
  env = { GANGWAY_DATA: server.dataDir, PORT: server.port };
  tenantId = (await server.call('POST', '/tenants', { body: { name: 'only' } })).body.tenantId;
  targetId = (await server.call('POST', '/targets', { body: { name: 'app', kind: 'sandbox' } })).body.id;
});
afterAll(() => server.stop());

async function connect(name: string, policy: object = {}, enabled = true) {
  const { id } = (await server.call('POST', '/connections', { body: { name, targets: [targetId], policy } })).body;
  const { token } = (await server.call('POST', `/connections/${id}/tokens`)).body;
  if (enabled) await server.call('POST', `/connections/${id}/enable`);
  const scim = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.origin}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: body ? JSON.stringify(body) : null,
    });
    expect(response.status).toBeLessThan(300);
    return (await response.json().catch(() => null)) as { id: string };
  };
  const user = (userName: string, active = true) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    active,
  });
  return { id, scim, user, path: `/connections/${id}/policy` };
}

async function atRest(): Promise<void> {
  const due = async () =>
    (await server.db.raw(`select 1 from work_item where state = 'ready' and next_at < now() + interval '1 minute'`))
      .rows.length;
  await expect.poll(due, { timeout: 15_000 }).toBe(0);
}

test('S85: what holds, and where each value comes from', async () => {
  const { path } = await connect('layers', { graceDays: 7 });
  // it ends accounts of other connections, so one person alone may not set it
  const change = { kind: 'tenant-policy', policy: { preset: 'frontline', erasureMode: 'anonymise' } };
  const { body: plan } = await server.call('POST', '/plans', { body: { actor: 'ada', change } });
  await server.call('POST', `/plans/${plan['id']}/approve`, { body: { actor: 'bob' } });
  expect((await server.call('POST', `/plans/${plan['id']}/apply`, { body: { actor: 'ada' } })).status).toBe(200);
  const { body } = await server.call('GET', path);
  expect(body['policy']).toMatchObject({ graceDays: 7, erasureMode: 'anonymise', onDelete: 'suspend-then-erase' });
  expect(body['from']).toMatchObject({
    graceDays: 'connection',
    erasureMode: 'tenant',
    onDelete: 'tenant preset',
    suspendScope: 'built-in',
  });
  expect(body).toMatchObject({ set: { graceDays: 7 }, tenant: { preset: 'frontline' } });
  const { body: list } = await server.call('GET', '/connections');
  expect(list['connections']).toContainEqual(expect.objectContaining({ name: 'layers', policy: body['policy'] }));
  await server.call('PUT', '/policy', { body: {} });
  expect((await server.call('GET', path)).body['from']).toMatchObject({ onDelete: 'built-in' });
  expect(await auditOf(server.db, tenantId)).toContain('tenant.policy');
});

test('a change is audited with what was before, and marks the connection’s people', async () => {
  const { id, path, scim, user } = await connect('marks', { invite: 'manual' });
  await scim('POST', '/Users', user('ada@example.com'));
  await atRest();
  const { status, body } = await server.call('PUT', path, {
    body: { invite: 'automatic', preset: 'spend-management' },
  });
  expect([status, body['policy']]).toMatchObject([200, { invite: 'automatic', adoptExisting: 'all' }]);
  await atRest();
  const { rows } = await server.db.raw('select state from links where connection_id = ?', [id]);
  expect(rows).toEqual([{ state: 'invited' }]);
  const audit = await server.db.raw(`select detail from audit where action = 'connection.policy' and subject = ?`, [
    id,
  ]);
  expect(audit.rows).toEqual([
    { detail: { before: { invite: 'manual' }, after: { invite: 'automatic', preset: 'spend-management' } } },
  ]);
});

test('a preview says who would change and how, and changes nothing', async () => {
  const { path, scim, user } = await connect('preview', { invite: 'automatic', protected: ['boss@example.com'] });
  for (const name of ['stays', 'leaves', 'boss']) {
    const { id } = await scim('POST', '/Users', user(`${name}@example.com`));
    await atRest();
    if (name !== 'stays') await scim('PUT', `/Users/${id}`, user(`${name}@example.com`, false));
  }
  await atRest();
  const ask = async (body: object) => (await server.call('POST', `${path}/preview`, { body })).body;
  const own = { invite: 'automatic', protected: ['boss@example.com'] };
  expect(await ask(own)).toMatchObject({ looked: 3, changed: 0, people: [] });
  const erasing = { ...own, onDeactivate: 'suspend-then-erase', erasureMode: 'erase' };
  expect(await ask({ ...erasing, graceDays: 0 })).toMatchObject({
    looked: 3,
    changed: 1,
    counts: { erase: 1 },
    people: [{ userName: 'leaves@example.com', before: 'nothing', after: 'erase the account' }],
  });
  expect(await ask(erasing)).toMatchObject({ counts: { grace: 1 } });
  expect(await ask({ invite: 'automatic', onDeactivate: 'erase' })).toMatchObject({ counts: { erase: 2 } });
  const { body } = await server.call('GET', path);
  expect(body['set']).toEqual(own);
  const states = await server.db.raw(
    `select l.state from links l join connections c on c.id = l.connection_id where c.name = 'preview' order by 1`,
  );
  expect(states.rows.map(({ state }: { state: string }) => state)).toEqual(['invited', 'invited', 'suspended']);
});

test.for([
  [{ graceDays: 366 }, '#/graceDays'],
  [{ graceDays: -1 }, '#/graceDays'],
  [{ erasureMode: 'forget' }, '#/erasureMode'],
  [{ onAbsence: 'never' }, '#/onAbsence'],
  [{ suspendScope: 'none' }, '#/suspendScope'],
  [{ protected: [''] }, '#/protected/0'],
  [{ preset: 'none' }, '#/preset'],
  [{ invite: { onDate: 'startDate', timeZone: 'Mars/Base' } }, '#/invite/timeZone'],
  [{ invite: { onDate: 'startDate', localTime: '24:00' } }, '#/invite/localTime'],
  [{ manualEdits: 'never' }, '#/manualEdits'],
  [{ manualEdits: { title: 'lock' } }, '#/manualEdits'],
  [{ manualMemberships: 'restore' }, '#/manualMemberships'],
  [{ reconcile: { everyHours: 0 } }, '#/reconcile/everyHours'],
  [{ erase: true }, '#/'],
] as const)('%j is refused', async ([body, pointer]) => {
  const { path } = await connect(`refused ${JSON.stringify(body)}`);
  for (const [method, where] of [
    ['PUT', path],
    ['POST', `${path}/preview`],
    ['PUT', '/policy'],
  ] as const) {
    const answer = await server.call(method, where, { body });
    expect(answer.status).toBe(422);
    expect((answer.body['errors'] as { pointer: string }[])[0]?.pointer).toBe(pointer);
  }
});

test('another tenant’s policy is not found', async () => {
  const { path } = await connect('private');
  await server.call('POST', '/tenants', { body: { name: 'stranger' } });
  const ask = (method: string, where: string) =>
    server.call(method, where, { tenant: 'stranger', body: method === 'GET' ? undefined : {} });
  expect((await ask('GET', path)).status).toBe(404);
  expect((await ask('PUT', path)).status).toBe(404);
  expect((await ask('POST', `${path}/preview`)).status).toBe(404);
  await server.db.raw(`delete from audit where tenant_id in (select tenant_id from tenants where name = 'stranger')`);
  await server.db.raw(`delete from tenants where name = 'stranger'`);
});

test('the command line shows, previews and sets', { timeout: 60_000 }, async () => {
  await connect('shell', { graceDays: 7 });
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await gangway(['policy', ...args], env);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await run('show', 'shell')).toMatch(/^graceDays +7 +connection +days between/m);
  expect(await run('preview', 'shell', '--preset', 'frontline')).toContain('nobody of 0');
  const set = await run(
    'set',
    'shell',
    '--preset',
    'card-issuer',
    '--set',
    'protected=[ceo@example.com]',
    '--unset',
    'graceDays',
  );
  expect(set).toContain('preset card-issuer');
  expect(set).toMatch(/^onDelete +ignore +connection preset/m);
  expect(set).toMatch(/^graceDays +30 +built-in/m);
  expect(set).toMatch(/^protected +\["ceo@example.com"\] +connection/m);
  expect(await run('show', 'shell', '--document')).toBe('preset: card-issuer\nprotected:\n  - ceo@example.com\n');
  const nothing = await gangway(['policy', 'set', 'shell'], env);
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('say what')]);
  const wrong = await gangway(['policy', 'set', 'shell', '--set', 'graceDays=999'], env);
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('#/graceDays')]);
});

test('docs/policy.md tells every field and every preset', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8');
  const told = [...Object.keys(RECOMMENDED_POLICY), ...PRESET_NAMES, 'onDate', 'offsetDays', 'localTime', 'timeZone'];
  expect(told.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
