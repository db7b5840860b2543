import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditOf } from '../admin/running.ts';
import { adminOf } from '../support/admin.ts';
import { type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';

let gangway: Gangway;
beforeEach(async () => {
  gangway = await startGangway();
});
afterEach(() => gangway?.stop());

const join = async (name: string, more = {}) =>
  String((await gangway.scim('POST', '/Users', scimUser(name, more))).body['id']);
const everybody = async (...names: string[]) => {
  const ids: string[] = [];
  for (const name of names) ids.push(await join(name, { title: 'Engineer' }));
  await settled(gangway.db);
  return ids;
};
const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);
const path = async (name: string) => `/users/${(await accountOf(name))?.id}`;
/** Writes that the app received since, by path. */
const received = async () =>
  ((await gangway.sandbox('GET', '/received?limit=500')).body['received'] as { path: string; method: string }[]).length;

describe('a run compares all accounts with the links', () => {
  test('S69: nobody is touched where everything is as it should be', async () => {
    await everybody('ada', 'ben', 'cy');
    const before = await received();
    const run = await reconcileNow(gangway);
    expect(run).toMatchObject({
      state: 'done',
      askedBy: 'operator',
      error: null,
      counts: { accounts: 3, links: 3, missing: 0, extra: 0, differs: 0, resurrected: 0, accepted: 0, marked: 0 },
    });
    expect(await received()).toBe(before);
  });

  test('S69: an account that is missing is invited again, one that differs is repaired, nobody else is looked at', async () => {
    const [, benId] = await everybody('ada', 'ben', 'cy');
    await gangway.sandbox('DELETE', await path('ada'));
    await gangway.sandbox('PATCH', await path('ben'), { title: 'King' });
    const before = await received();
    const { counts } = await reconcileNow(gangway);
    expect(counts).toMatchObject({ accounts: 2, links: 3, missing: 1, differs: 1, marked: 2 });
    expect(await accountOf('ada')).toMatchObject({ status: 'invited', title: 'Engineer' });
    expect(await accountOf('ben')).toMatchObject({ title: 'Engineer' });
    expect(await received()).toBe(before + 2);
    const { rows } = await gangway.db.raw(
      `select subject_id from work_item where kind = 'push' and wanted_rev > 1 and subject_id <> ?`,
      [benId ?? ''],
    );
    expect(rows).toHaveLength(1);
    expect((await reconcileNow(gangway)).counts).toMatchObject({ missing: 0, differs: 0, marked: 0 });
  });

  test('S56: an account that nobody here is linked to is counted and never touched', async () => {
    await everybody('ada');
    await gangway.sandbox('POST', '/invitations', { email: 'stranger@example.com', title: 'Own' });
    const before = await gangway.accounts();
    for (const _ of [1, 2]) expect((await reconcileNow(gangway)).counts).toMatchObject({ extra: 1, marked: 0 });
    expect(await gangway.accounts()).toEqual(before);
  });

  test('an account that was given back behind our back is suspended again, with an alarm', async () => {
    const [id] = await everybody('ada', 'ben');
    await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    await settled(gangway.db);
    await gangway.sandbox('POST', `${await path('ada')}/resume`);
    const { counts } = await reconcileNow(gangway);
    expect(counts).toMatchObject({ resurrected: 1, differs: 0, marked: 1 });
    expect(await accountOf('ada')).toMatchObject({ status: 'suspended' });
    expect(await auditOf(gangway.db, gangway.connection.tenantId)).toContain('account.resurrected');
    expect((await reconcileNow(gangway)).counts).toMatchObject({ resurrected: 0, marked: 0 });
  });

  test('who has accepted the invitation is no drift, and is known from then on', async () => {
    await everybody('ada');
    await gangway.db.raw(`update sandbox.accounts set status = 'active', accepted_at = now()`);
    expect((await reconcileNow(gangway)).counts).toMatchObject({ accepted: 1, differs: 0 });
    expect((await gangway.db.raw('select state from links')).rows).toEqual([{ state: 'active' }]);
    expect((await reconcileNow(gangway)).counts).toMatchObject({ accepted: 0, marked: 0 });
  });

  test('an account that was suspended in the app itself is looked at once, and left alone', async () => {
    await everybody('ada');
    await gangway.sandbox('POST', `${await path('ada')}/suspend`);
    expect((await reconcileNow(gangway)).counts).toMatchObject({ differs: 1 });
    expect(await accountOf('ada')).toMatchObject({ status: 'suspended' });
    expect((await reconcileNow(gangway)).counts).toMatchObject({ differs: 0, marked: 0 });
  });
});

describe('a list that cannot be believed', () => {
  test('a page that cannot be read ends the run in the target’s words, and nobody is marked', async () => {
    await everybody('ada', 'ben');
    await gangway.sandbox('DELETE', await path('ada'));
    await gangway.setFault({ mode: 'unavailable', hits: 'reads', remaining: 1 });
    const run = await reconcileNow(gangway);
    expect(run).toMatchObject({ state: 'failed', error: expect.stringContaining('out of order') });
    expect(await accountOf('ada')).toBeUndefined();
    expect((await gangway.db.raw('select 1 from seen_accounts')).rows).toEqual([]);
    expect(await reconcileNow(gangway)).toMatchObject({ state: 'done', counts: { missing: 1 } });
    expect(await accountOf('ada')).toBeDefined();
  });

  test('a list that has shrunk is held: nobody is invited again until a human says so', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
    await everybody(...names);
    await gangway.db.raw(`delete from sandbox.accounts where email < 'p6'`);
    const before = await received();
    for (const _ of [1, 2]) {
      const run = await reconcileNow(gangway);
      expect(run).toMatchObject({ state: 'held', counts: { missing: 6, links: 8, marked: 0 } });
      expect(run.error).toContain('6 of 8');
    }
    expect(await received()).toBe(before);
    expect(await reconcileNow(gangway, { force: true })).toMatchObject({ state: 'done', counts: { marked: 6 } });
    expect(await gangway.accounts()).toHaveLength(8);
  });

  test('held accounts that show again need no human', async () => {
    await everybody(...Array.from({ length: 7 }, (_, index) => `p${index}`));
    await gangway.db.raw('alter table sandbox.accounts rename to away');
    await gangway.db.raw('create table sandbox.accounts (like sandbox.away including all)');
    expect(await reconcileNow(gangway)).toMatchObject({ state: 'held', counts: { missing: 7 } });
    await gangway.db.raw('drop table sandbox.accounts');
    await gangway.db.raw('alter table sandbox.away rename to accounts');
    expect(await reconcileNow(gangway)).toMatchObject({ state: 'done', counts: { missing: 0, marked: 0 } });
  });
});

test('S5: runs come by the clock, and the API says when the last was and when the next will be', async () => {
  await everybody('ada');
  const admin = adminOf(gangway);
  const where = `/connections/${gangway.connection.id}/reconcile`;
  type Rhythm = {
    reconcile: unknown;
    targets: { nextAt: string; lastRun: { askedBy: string; state: string } | null }[];
  };
  const rhythm = async () => (await admin('GET', where)).body as Rhythm;
  const first = await rhythm();
  expect(first).toMatchObject({ reconcile: { everyHours: 4 }, targets: [{ lastRun: null }] });
  expect(Date.parse(first.targets[0]?.nextAt ?? '')).toBeGreaterThan(Date.now());

  const due = () => gangway.db.raw(`update work_item set next_at = now() where kind = 'reconcile'`);
  const ended = async () => (await gangway.db.raw(`select state from runs where finished_at is not null`)).rows.length;
  await due();
  await expect.poll(ended).toBe(1);
  await settled(gangway.db);
  const then = await rhythm();
  expect(then.targets).toMatchObject([{ lastRun: { askedBy: 'schedule', state: 'done' } }]);
  expect(Date.parse(then.targets[0]?.nextAt ?? '')).toBeGreaterThan(Date.now() + 3.9 * 3_600_000);

  await due(); // too early: nothing happens
  await settled(gangway.db);
  expect(await ended()).toBe(1);
  await gangway.db.raw(`update runs set started_at = now() - interval '5 hours'`);
  await due();
  await expect.poll(ended).toBe(2);

  await settled(gangway.db);
  await admin('PUT', `/connections/${gangway.connection.id}/policy`, { reconcile: 'off', invite: 'automatic' });
  await gangway.db.raw(`update runs set started_at = now() - interval '5 hours'`);
  await due();
  await settled(gangway.db);
  expect(await ended()).toBe(2);
  expect((await rhythm()).targets).toMatchObject([{ nextAt: null }]);
  expect((await reconcileNow(gangway)).state).toBe('done'); // a human may ask all the same
});

test('nothing is compared before a connection is enabled, nor while it is paused', async () => {
  const admin = adminOf(gangway);
  const where = `/connections/${gangway.connection.id}`;
  await admin('POST', `${where}/pause`);
  const refused = await admin('POST', `${where}/reconcile`, {});
  expect([refused.status, refused.body['code']]).toEqual([409, 'connection_not_enabled']);
  await gangway.db.raw(`update work_item set next_at = now() where kind = 'reconcile'`);
  await settled(gangway.db);
  const { rows } = await gangway.db.raw(`select state from work_item where kind = 'reconcile'`);
  expect(rows).toEqual([{ state: 'idle' }]);
  await admin('POST', `${where}/enable`);
  expect((await gangway.db.raw(`select state from work_item where kind = 'reconcile'`)).rows).toEqual([
    { state: 'ready' },
  ]);
  expect((await gangway.db.raw('select 1 from runs')).rows).toEqual([]);
});
