import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settle } from '../../src/deliver/links.ts';
import { finishAction, startAction } from '../../src/deliver/record.ts';
import type { Action } from '../../src/model/action.ts';
import { claim, type WorkItem } from '../../src/work/claim.ts';
import { done } from '../../src/work/finish.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aScope, person } from '../support/directory.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

const INVITE: Action = { kind: 'invite', account: { email: 'ada@example.com', attributes: {}, groups: [] } };

/** Whether the commit of what `run` does would wait for the disk. */
async function waits<T>(run: (trx: Knex) => Promise<T>): Promise<{ result: T; waits: boolean }> {
  return database.db.transaction(async (trx) => {
    await trx.raw('set local synchronous_commit = on');
    const result = await run(trx);
    const { rows } = await trx.raw(`select current_setting('synchronous_commit') = 'on' as waits`);
    return { result, waits: rows[0].waits };
  });
}

const start = (item: WorkItem) => ({ item, leaseSeconds: 60, pending: [], before: null });

test('of one delivery only the announcement waits for the disk: what is lost of the rest is found out again', async () => {
  const scope = await aScope(database.db);
  const personId = await person(database.db, scope);
  const claimed = await waits((trx) => claim(trx, { limit: 1, leaseSeconds: 60, upToLane: 2, pausedTargets: [] }));
  const [item] = claimed.result;
  if (!item) throw new Error('there is nothing to do');
  const key = { ...scope, targetId: item.targetId, personId, matchKeys: [] };
  const announced = await waits((trx) => startAction(trx, key, INVITE, start(item)));
  if (!announced.result) throw new Error('the lease was lost');
  const started = announced.result;
  const answered = await waits((trx) => finishAction(trx, key, started, INVITE, 'r1', item));
  const settled = await waits((trx) =>
    settle(trx, key, {}, { status: 'active', fingerprint: null, source: null, edited: [] }, item),
  );
  const finished = await waits((trx) => done(trx, item));
  const all = { claimed, announced, answered, settled, finished };
  expect(Object.fromEntries(Object.entries(all).map(([name, one]) => [name, one.waits]))).toEqual({
    claimed: false,
    announced: true,
    answered: false,
    settled: false,
    finished: false,
  });
});

test('the receipt of what ended for good waits for the disk', async () => {
  const scope = await aScope(database.db);
  const personId = await person(database.db, scope);
  const [item] = await claim(database.db, { limit: 1, leaseSeconds: 60, upToLane: 2, pausedTargets: [] });
  if (!item) throw new Error('there is nothing to do');
  const key = { ...scope, targetId: item.targetId, personId, matchKeys: [] };
  const invited = await startAction(database.db, key, INVITE, start(item));
  if (invited) await finishAction(database.db, key, invited, INVITE, 'r2', item);
  const erase: Action = { kind: 'erase', remoteId: 'r2' };
  const started = await startAction(database.db, key, erase, start(item));
  if (!started) throw new Error('the lease was lost');
  expect((await waits((trx) => finishAction(trx, key, started, erase, 'r2', item))).waits).toBe(true);
});
