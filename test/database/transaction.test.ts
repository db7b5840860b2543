import type { Knex } from 'knex';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/transaction.ts';
import { testDatabase } from '../support/database.ts';

const { db, drop } = await testDatabase();
afterAll(drop);
await db.raw('create table counter (name text primary key, value int not null)');
beforeEach(() => db.raw("truncate counter; insert into counter values ('a', 0), ('b', 0)"));

test('a transaction that lost against another one runs again on what that one wrote', async () => {
  let runs = 0;
  const answer = await inTransaction(
    db,
    async (trx) => {
      runs += 1;
      const before = await countOf(trx, 'a');
      if (runs === 1) await add(db, 'a'); // somebody else, between our read and our write
      await trx.raw("update counter set value = :value where name = 'a'", { value: before + 10 });
      return 'done';
    },
    { isolationLevel: 'repeatable read' },
  );
  expect({ answer, runs, value: await countOf(db, 'a') }).toEqual({ answer: 'done', runs: 2, value: 11 });
});

test('both sides of a deadlock finish', async () => {
  const bothHoldOne = Promise.withResolvers<void>();
  let holding = 0;
  let runs = 0;
  const addInOrder = (first: string, second: string) =>
    inTransaction(db, async (trx) => {
      runs += 1;
      await add(trx, first);
      holding += 1;
      if (holding === 2) bothHoldOne.resolve();
      await bothHoldOne.promise;
      await add(trx, second);
    });
  await Promise.all([addInOrder('a', 'b'), addInOrder('b', 'a')]);
  expect({ runs, a: await countOf(db, 'a'), b: await countOf(db, 'b') }).toEqual({ runs: 3, a: 2, b: 2 });
});

test('a transaction that loses every time gives up with the database’s own error', async () => {
  let runs = 0;
  const lose = inTransaction(db, async (trx) => {
    runs += 1;
    await trx.raw("do $$ begin raise exception 'lost' using errcode = '40001'; end $$");
  });
  await expect(lose).rejects.toMatchObject({ code: '40001' });
  expect(runs).toBe(5);
});

test('any other error rolls back and is thrown at once', async () => {
  let runs = 0;
  const fail = inTransaction(db, async (trx) => {
    runs += 1;
    await add(trx, 'a');
    throw new Error('no');
  });
  await expect(fail).rejects.toThrow('no');
  expect({ runs, value: await countOf(db, 'a') }).toEqual({ runs: 1, value: 0 });
});

async function add(on: Knex, name: string): Promise<void> {
  await on.raw('update counter set value = value + 1 where name = :name', { name });
}

async function countOf(on: Knex, name: string): Promise<number> {
  const { rows } = await on.raw<{ rows: { value: number }[] }>('select value from counter where name = :name', {
    name,
  });
  return rows[0]?.value ?? Number.NaN;
}
