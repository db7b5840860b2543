import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

const PATIENT = { timeout: 30_000 };
let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway({ policy: { invite: 'automatic' } });
});
afterAll(() => gangway?.stop());

const api = (method: string, path: string, body?: object) => adminOf(gangway)(method, path, body);
const setActive = (id: string, active: boolean) =>
  gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: active }));
const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);
const becomes = (name: string, status: string) =>
  eventually(`${name} is ${status}`, async () => (await accountOf(name))?.status === status);

async function join(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const { body } = await gangway.scim('POST', '/Users', scimUser(name, more));
  await becomes(name, 'invited');
  await settled(gangway.db);
  return String(body['id']);
}

async function planned(change: object, actor = 'ada') {
  const { status, body } = await api('POST', '/plans', { actor, change });
  expect(status).toBe(201);
  return body as { id: string; counts: Record<string, number>; items: { before: string; after: string }[] };
}

describe('S77: recovering somebody', { shuffle: false }, () => {
  test('gives the account of a deleted person back by one click, and keeps it', PATIENT, async () => {
    const id = await join('ada');
    const before = await accountOf('ada');
    await gangway.scim('DELETE', `/Users/${id}`);
    await becomes('ada', 'suspended');
    await settled(gangway.db);
    expect((await api('POST', `/people/${id}/recover`)).status).toBe(202);
    await becomes('ada', 'invited');
    await settled(gangway.db);
    expect((await accountOf('ada'))?.id).toBe(before?.id);
    const { body } = await api('GET', `/people/${id}/plan`);
    expect(body['targets']).toMatchObject([{ actions: [], waiting: expect.stringContaining('as a human decided') }]);
  });

  test('a second time there is nothing to give back', PATIENT, async () => {
    const { rows } = await gangway.db.raw(`select id from people where deleted_at is not null`);
    expect((await api('POST', `/people/${rows[0].id}/recover`)).body).toMatchObject({ code: 'not_decidable' });
    expect((await api('POST', `/people/${rows[0].id}/follow`)).status).toBe(202);
    await becomes('ada', 'suspended');
  });

  test('it lapses with the next word of the source', PATIENT, async () => {
    const id = await join('bea');
    await setActive(id, false);
    await becomes('bea', 'suspended');
    await settled(gangway.db);
    await api('POST', `/people/${id}/recover`);
    await becomes('bea', 'invited');
    await settled(gangway.db);
    const title = patchOp({ op: 'replace', path: 'title', value: 'Gone' });
    await gangway.scim('PATCH', `/Users/${id}`, title);
    await becomes('bea', 'suspended');
  });
});

describe('undoing', { shuffle: false }, () => {
  test('a move gives one person the former attributes and groups back', PATIENT, async () => {
    const id = await join('cid', { title: 'Clerk' });
    const group = await gangway.scim('POST', '/Groups', { displayName: 'sales', members: [{ value: id }] });
    await eventually('cid is in sales', async () => (await accountOf('cid'))?.groups.includes('sales'));
    await settled(gangway.db);
    await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'title', value: 'Head' }));
    await eventually('cid is head', async () => (await accountOf('cid'))?.title === 'Head');
    await gangway.scim('DELETE', `/Groups/${group.body['id']}`);
    await eventually('cid is in no group', async () => (await accountOf('cid'))?.groups.length === 0);
    await settled(gangway.db);
    const plan = await planned({ kind: 'undo', personId: id });
    expect(plan.counts).toEqual({ account: 1 });
    expect(plan.items).toMatchObject([{ before: 'update title of cid@example.com; remove from group sales' }]);
    expect((await api('POST', `/plans/${plan.id}/apply`, { actor: 'ada' })).status).toBe(200);
    await eventually('cid is as before', async () => {
      const account = await accountOf('cid');
      return account?.title === 'Clerk' && account.groups.includes('sales');
    });
  });

  test('everything since noon brings back all who left, as a run that can be undone itself', PATIENT, async () => {
    const ids = [await join('dot'), await join('eve'), await join('fay')];
    const { rows } = await gangway.db.raw('select clock_timestamp() as noon');
    await Promise.all(ids.map((id) => setActive(id, false)));
    for (const name of ['dot', 'eve', 'fay']) await becomes(name, 'suspended');
    await settled(gangway.db);
    const change = { kind: 'undo', connectionId: gangway.connection.id, since: rows[0].noon.toISOString() };
    const plan = await planned(change);
    expect(plan.counts).toEqual({ account: 3 });
    await api('POST', `/plans/${plan.id}/apply`, { actor: 'ada' });
    for (const name of ['dot', 'eve', 'fay']) await becomes(name, 'invited');
    await settled(gangway.db);
    const runs = await gangway.db.raw(`select id, counts from runs where kind = 'undo' order by id desc`);
    expect(runs.rows[0].counts).toEqual({ restored: 3 });
    const again = await planned({ kind: 'undo', runId: runs.rows[0].id });
    expect(again.counts).toEqual({ nobody: 3 });
    await api('POST', `/plans/${again.id}/apply`, { actor: 'ada' });
    for (const name of ['dot', 'eve', 'fay']) await becomes(name, 'suspended');
  });

  test('what was erased cannot be undone, and says so', PATIENT, async () => {
    const id = await join('gus');
    await gangway.db.raw(
      `update connections set policy = policy || '{"onDeactivate": "erase", "erasureMode": "erase"}'`,
    );
    await setActive(id, false);
    await eventually('gus is gone', async () => (await accountOf('gus')) === undefined);
    await settled(gangway.db);
    const plan = await planned({ kind: 'undo', personId: id });
    expect(plan.items).toMatchObject([{ after: expect.stringContaining('was erased') }]);
    expect(plan.counts).toEqual({ cannot: 1 });
  });
});
