import type { Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { uuidv7 } from '../../src/database/uuid.ts';
import { claim, renew, type WorkItem } from '../../src/work/claim.ts';
import { done, failed } from '../../src/work/finish.ts';
import { LANE, type Lane, mark, markConnection } from '../../src/work/mark.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Knex;
const tenantId = uuidv7();
const connectionId = uuidv7();
const targetId = uuidv7();

beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
  const bindings = { tenantId, connectionId, targetId };
  await db.raw(`insert into tenants (tenant_id, name) values (:tenantId, 't')`, bindings);
  await db.raw(`insert into connections (tenant_id, id, name) values (:tenantId, :connectionId, 'c')`, bindings);
  await db.raw(
    `insert into targets (tenant_id, id, name, kind) values (:tenantId, :targetId, 'app', 'sandbox')`,
    bindings,
  );
  await db.raw(`insert into connection_targets values (:tenantId, :connectionId, :targetId)`, bindings);
});
beforeEach(() => db.raw('truncate work_item, people cascade'));
afterAll(() => database?.drop());

async function people(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, uuidv7);
  await db.raw(
    `insert into people (tenant_id, connection_id, id, user_name, user_name_key, active, document, search, created_at, modified_at)
     select :tenantId, :connectionId, i, i::text, i::text, true, '{}', '{}', now(), now() from unnest(:ids::uuid[]) i`,
    { tenantId, connectionId, ids },
  );
  return ids;
}
const markThem = (ids: string[], lane: Lane = LANE.change) => mark(db, { tenantId, connectionId, ids, lane });
const take = (limit = 100, more: { upToLane?: Lane; pausedTargets?: string[]; leaseSeconds?: number } = {}) =>
  claim(db, { limit, leaseSeconds: 10, upToLane: LANE.invite, pausedTargets: [], ...more });
const row = async (id: string) =>
  (await db.raw('select * from work_item where subject_id = ?', [id])).rows[0] as Record<string, unknown>;
const failure = { error: 'no', delaySeconds: 60, countAttempt: true, giveUp: false };

test('marking coalesces: a hundred changes are one item', async () => {
  const [id = ''] = await people(1);
  for (let n = 0; n < 100; n++) await markThem([id]);
  expect(await take()).toHaveLength(1);
  expect(await row(id)).toMatchObject({ wanted_rev: '1', claimed_rev: '1' }); // due already: nothing to mark
});

test('a claimed item is nobody else’s until its lease runs out', async () => {
  await markThem(await people(1));
  expect(await take(1, { leaseSeconds: 0.3 })).toHaveLength(1);
  expect(await take()).toHaveLength(0);
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(await take()).toMatchObject([{ attempts: 2 }]);
});

test('who lost the lease can neither renew nor finish nor fail the item', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [lost] = (await take(1, { leaseSeconds: 0 })) as [WorkItem];
  const [held] = (await take()) as [WorkItem];
  expect(await renew(db, lost, 10)).toBe(false);
  await done(db, lost);
  await failed(db, lost, failure);
  expect(await row(id)).toMatchObject({ state: 'ready', lease_token: held.lease });
  expect(await renew(db, held, 10)).toBe(true);
});

test('what is marked while it is worked on is due again at once', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await markThem([id]);
  expect(await done(db, item)).toBe(true);
  expect(await take()).toMatchObject([{ subjectId: id, attempts: 1 }]);
});

test('what is done rests until it is marked again', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  expect(await done(db, item)).toBe(false);
  expect(await take()).toEqual([]);
  await markThem([id]);
  expect(await take()).toHaveLength(1);
});

test('a failure waits for its delay, and a new mark cuts the wait short', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await failed(db, item, failure);
  expect(await take()).toEqual([]);
  await markThem([id]);
  expect(await take()).toMatchObject([{ attempts: 2 }]);
});

test('an outage uses up no attempt', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  for (let n = 0; n < 3; n++) {
    const [item] = (await take()) as [WorkItem];
    await failed(db, item, { ...failure, delaySeconds: 0, countAttempt: false });
  }
  expect(await row(id)).toMatchObject({ attempts: 0, state: 'ready' });
});

test('what is given up on rests as dead, and a new mark starts it afresh', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await failed(db, item, { ...failure, giveUp: true });
  expect(await row(id)).toMatchObject({ state: 'dead', last_error: 'no' });
  expect(await take()).toEqual([]);
  await markThem([id]);
  expect(await take()).toMatchObject([{ attempts: 1 }]);
});

test('giving up does not bury what was marked meanwhile', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await markThem([id]);
  await failed(db, item, { ...failure, giveUp: true });
  expect(await take()).toHaveLength(1);
});

test('the urgent lane goes first, and a mark can only make an item more urgent', async () => {
  const [joiner = '', mover = '', leaver = ''] = await people(3);
  await markThem([joiner], LANE.invite);
  await markThem([mover], LANE.change);
  await markThem([leaver], LANE.invite);
  await markThem([leaver], LANE.loss);
  await markThem([leaver], LANE.change);
  expect((await take(2)).map((item) => item.subjectId)).toEqual([leaver, mover]);
  expect(await take(5, { upToLane: LANE.loss })).toEqual([]);
  expect((await take()).map((item) => item.subjectId)).toEqual([joiner]);
});

test('the work of a paused target stays where it is', async () => {
  await markThem(await people(1));
  expect(await take(5, { pausedTargets: [targetId] })).toEqual([]);
  expect(await take(5, { pausedTargets: [uuidv7()] })).toHaveLength(1);
});

test('a mark of the whole connection puts leavers into the urgent lane', async () => {
  const [here = '', left = ''] = await people(2);
  await db.raw('update people set active = false where id = ?', [left]);
  expect(await markConnection(db, { tenantId, id: connectionId })).toBe(2);
  expect((await take()).map((item) => item.subjectId)).toEqual([left, here]);
});

test('racing writers and workers: never two at once on one person, never a change missed', async () => {
  const ids = await people(10);
  const version = new Map(ids.map((id) => [id, 0]));
  const handled = new Map<string, number>();
  const busy = new Set<string>();
  let overlaps = 0;
  let writing = true;
  const write = async () => {
    for (let n = 0; n < 30; n++) {
      const chosen = ids.toSorted(() => Math.random() - 0.5).slice(0, 3);
      for (const id of chosen) version.set(id, (version.get(id) ?? 0) + 1);
      await markThem(chosen);
    }
  };
  const work = async () => {
    for (;;) {
      const items = await take(3);
      if (items.length === 0 && !writing) return;
      for (const item of items) {
        if (busy.has(item.subjectId)) overlaps++;
        busy.add(item.subjectId);
        const seen = version.get(item.subjectId) ?? 0;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        busy.delete(item.subjectId);
        if (Math.random() < 0.1) await failed(db, item, { ...failure, delaySeconds: 0 });
        else {
          handled.set(item.subjectId, seen);
          await done(db, item);
        }
      }
    }
  };
  const workers = [work(), work(), work()];
  await Promise.all([write(), write(), write(), write()]);
  writing = false;
  await Promise.all(workers);
  expect(overlaps).toBe(0);
  expect(handled).toEqual(version);
});

test('S66, S77: an item that is to be looked at later is due then, and not before', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  const later = new Date(Date.now() + 86_400_000);
  expect(await done(db, item, later)).toBe(false);
  expect(await row(id)).toMatchObject({ state: 'ready', next_at: later, lease_token: null, attempts: 0 });
  expect(await take()).toEqual([]);
  await db.raw(`update work_item set next_at = now()`);
  expect(await take()).toHaveLength(1);
});

test('a change brings forward what is to be looked at later', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await done(db, item, new Date(Date.now() + 86_400_000));
  await markThem([id]);
  expect(await take()).toHaveLength(1);
});

test('what was marked meanwhile is due at once, whenever it was to be looked at', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await markThem([id]);
  expect(await done(db, item, new Date(Date.now() + 86_400_000))).toBe(true);
  expect(await take()).toHaveLength(1);
});

test('a look that is due already waits a second, so that two clocks which differ make no circle', async () => {
  const [id = ''] = await people(1);
  await markThem([id]);
  const [item] = (await take()) as [WorkItem];
  await done(db, item, new Date(0));
  expect(await take()).toEqual([]);
  expect(Number((await row(id))['next_at'])).toBeLessThan(Date.now() + 5_000);
});
