import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { sandboxConnector } from '../../src/connectors/sandbox.ts';
import { reconcileRun } from '../../src/deliver/reconcile-run.ts';
import { startWorker, type Worker } from '../../src/deliver/worker.ts';
import { createLog } from '../../src/log.ts';
import { claim, type WorkItem } from '../../src/work/claim.ts';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';

/*
 * Here the worker is started by hand, so that the sandbox's connector can be made slow, forgetful or endless in its list
 * alone; everything behind it is the real sandbox.
 */

const log = createLog('silent');
let gangway: Gangway;
let real: Connector;
let workers: Worker[];
beforeEach(async () => {
  gangway = await startGangway({ role: 'api' });
  workers = [];
  const { origin, vault } = gangway.running;
  real = sandboxConnector({ settings: {}, secrets: {} }, { url: `${origin}/sandbox`, key: vault.derive('sandbox') });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop(0)));
  await gangway.stop();
});

const work = (connector: Connector = real) => {
  workers.push(startWorker({ db: gangway.db, log, connectorOf: async () => connector, concurrency: 4, pollMs: 20 }));
};
const everybody = async (...names: string[]) => {
  for (const name of names) await gangway.scim('POST', '/Users', scimUser(name));
  await settled(gangway.db);
};
const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);
const rows = async (sql: string) => (await gangway.db.raw(sql)).rows as Record<string, unknown>[];

/** The real list, two accounts a page; `before` runs before each page. */
const inSmallPages = (before: (page: number, signal: AbortSignal) => Promise<void> = async () => {}): Connector => ({
  ...real,
  list: async (cursor, signal) => {
    const page = Number(cursor ?? 0);
    await before(page, signal);
    const { accounts } = await real.list(null, signal);
    const end = (page + 1) * 2;
    return { accounts: accounts.slice(page * 2, end), next: end < accounts.length ? String(page + 1) : null };
  },
});

async function claimRun(): Promise<WorkItem> {
  await adminOf(gangway)('POST', `/connections/${gangway.connection.id}/reconcile`, {});
  return takeWork();
}
async function takeWork(): Promise<WorkItem> {
  const [item] = await claim(gangway.db, { limit: 1, leaseSeconds: 60, upToLane: 2, pausedTargets: [] });
  if (!item) throw new Error('no work is due');
  return item;
}
const context = (connector: Connector) => ({
  db: gangway.db,
  log,
  connectorOf: async () => connector,
  leaseSeconds: 60,
  stop: new AbortController().signal,
  underWay: { runs: 0 },
});

test('a run that a dead worker left is begun anew by the next, and the first one, late, changes nothing', async () => {
  work();
  await everybody('ada', 'ben', 'cy', 'di', 'ed');
  for (const worker of workers.splice(0)) await worker.stop(1_000);
  await gangway.sandbox('DELETE', `/users/${(await accountOf('ada'))?.id}`);

  const halfway = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow = inSmallPages(async (page) => {
    if (page !== 1) return;
    halfway.resolve();
    await goOn.promise;
  });
  const first = reconcileRun(context(slow), await claimRun());
  await halfway.promise;
  expect(await rows('select 1 from seen_accounts')).toHaveLength(2);
  await gangway.db.raw(`update work_item set next_at = now() where kind = 'reconcile'`); // its lease has run out
  const second = await reconcileRun(context(inSmallPages()), await takeWork());
  expect(second).toMatchObject({ kind: 'settled' });
  const done = await rows('select id, state, counts from runs');
  expect(done).toMatchObject([{ state: 'done', counts: { accounts: 4, missing: 1, marked: 1 } }]);

  goOn.resolve();
  expect(await first).toEqual({ kind: 'lease_lost' });
  expect(await rows('select id, state, counts from runs')).toEqual(done);
  expect(await rows('select 1 from seen_accounts')).toEqual([]);
  work();
  await eventually('ada is invited again', () => accountOf('ada'));
});

test('a server that stops in the middle of a run leaves it to the next, which ends it', async () => {
  work();
  await everybody('ada', 'ben', 'cy');
  for (const worker of workers.splice(0)) await worker.stop(1_000);
  const halfway = Promise.withResolvers<void>();
  work(
    inSmallPages(async (page, signal) => {
      if (page !== 1) return;
      halfway.resolve();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }),
  );
  const { body } = await adminOf(gangway)('POST', `/connections/${gangway.connection.id}/reconcile`, {});
  const [{ id }] = body['runs'] as [{ id: string }];
  await halfway.promise;
  for (const worker of workers.splice(0)) await worker.stop(0);
  expect(await rows('select state from runs')).toEqual([{ state: 'running' }]);
  work(inSmallPages());
  await eventually('the run is done', async () => (await rows('select state from runs'))[0]?.['state'] === 'done');
  expect(await rows('select id, counts from runs')).toMatchObject([{ id, counts: { accounts: 3, missing: 0 } }]);
});

test('two workers: however many ask, runs follow each other, and nobody is invited twice', async () => {
  work(inSmallPages());
  work(inSmallPages());
  await everybody('ada', 'ben', 'cy');
  await gangway.sandbox('DELETE', `/users/${(await accountOf('ben'))?.id}`);
  await Promise.all(Array.from({ length: 6 }, () => reconcileNow(gangway)));
  const states = await rows('select state, counts from runs order by id');
  expect(states.length).toBeLessThanOrEqual(6);
  expect(states.every(({ state }) => state === 'done')).toBe(true);
  const invites = await rows(`select 1 from sandbox.received where path like '%/invitations'`);
  expect(invites).toHaveLength(4);
});

test('where a list shows less than a look at one account, each is looked at once and not in every run', async () => {
  const groupless: Connector = {
    ...real,
    list: async (cursor, signal) => {
      const { accounts, next } = await real.list(cursor, signal);
      return { accounts: accounts.map((account) => ({ ...account, groups: [] })), next };
    },
  };
  work(groupless);
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada', { title: 'Engineer' }));
  await gangway.scim('POST', '/Groups', { displayName: 'Navy', members: [{ value: body['id'] }] });
  await settled(gangway.db);
  const differs = async () => (await reconcileNow(gangway)).counts['differs'];
  expect([await differs(), await differs()]).toEqual([1, 0]);
  for (const title of ['King', 'King']) {
    await gangway.sandbox('PATCH', `/users/${(await accountOf('ada'))?.id}`, { title });
    expect(await differs()).toBe(1);
    expect(await accountOf('ada')).toMatchObject({ title: 'Engineer', groups: ['Navy'] });
    await differs(); // what was repaired is looked at once more
  }
});

test('a list without an end is a failure, not a run for ever', async () => {
  work({ ...real, list: async () => ({ accounts: [], next: 'again' }) });
  const run = await reconcileNow(gangway);
  expect(run).toMatchObject({ state: 'failed', error: expect.stringContaining('does not end') });
});

test('where accounts cannot be listed, some of those who are linked are looked at', async () => {
  work({ ...real, capabilities: { ...real.capabilities, list: false } });
  await everybody('ada', 'ben');
  await gangway.sandbox('DELETE', `/users/${(await accountOf('ada'))?.id}`);
  expect((await reconcileNow(gangway)).counts).toEqual({ basis: 'sample', links: 2, marked: 2 });
  expect(await gangway.accounts()).toHaveLength(2);
});

test('who is being delivered to while the list is read is not judged by the list', async () => {
  work(
    inSmallPages(async () => {
      await gangway.db.raw(`update links set settled_at = null where match_keys && array['email:ada@example.com']`);
    }),
  );
  await everybody('ada', 'ben');
  await gangway.sandbox('DELETE', `/users/${(await accountOf('ada'))?.id}`);
  expect((await reconcileNow(gangway)).counts).toMatchObject({ links: 2, missing: 0, marked: 0 });
});

test('a run tidies up: old runs, and what the guard counted days ago', async () => {
  work();
  await everybody('ada');
  await reconcileNow(gangway);
  await gangway.db.raw(`update runs set started_at = now() - interval '91 days'`);
  const key = 'tenant_id, target_id';
  await gangway.db.raw(
    `insert into guard_losses (${key}, person_id, counter, counted_at, under_way)
     select ${key}, gen_random_uuid(), 'access', now() - interval '4 days', under_way from links,
            (values (true), (false)) as t (under_way)`,
  );
  await gangway.db.raw(
    `insert into guard_counts (${key}, connection_id, counter, slice, people)
     select ${key}, connection_id, 'access', now() - age, 1 from links,
            (values (interval '1 hour'), (interval '4 days')) as t (age)`,
  );
  await reconcileNow(gangway);
  await eventually('old runs are gone', async () => (await rows('select 1 from runs')).length === 1);
  await settled(gangway.db);
  expect(await rows('select under_way from guard_losses')).toEqual([{ under_way: true }]);
  expect(await rows('select 1 from guard_counts')).toHaveLength(1);
});
