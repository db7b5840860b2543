import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { isOutage } from '../../src/database/outage.ts';
import { openPool } from '../../src/database/pool.ts';
import { testDatabase } from '../support/database.ts';

const { db, url, drop } = await testDatabase();
afterAll(drop);

test.for([
  { name: 'nobody listens', error: withCode('ECONNREFUSED'), outage: true },
  { name: 'the connection was cut', error: withCode('ECONNRESET'), outage: true },
  { name: 'the name server is away', error: withCode('EAI_AGAIN'), outage: true },
  { name: 'the server is shutting down', error: withCode('57P01'), outage: true },
  { name: 'the server is starting', error: withCode('57P03'), outage: true },
  { name: 'the connection failed', error: withCode('08006'), outage: true },
  { name: 'too many connections', error: withCode('53300'), outage: true },
  { name: 'the primary became a replica', error: withCode('25006'), outage: true },
  { name: 'the socket closed in a query', error: new Error('Connection terminated unexpectedly'), outage: true },
  { name: 'it is wrapped', error: new Error('x', { cause: withCode('ECONNREFUSED') }), outage: true },
  { name: 'each address refused', error: new AggregateError([withCode('ECONNREFUSED')]), outage: true },
  { name: 'a unique key exists', error: withCode('23505'), outage: false },
  { name: 'a deadlock', error: withCode('40P01'), outage: false },
  { name: 'a statement that is too slow', error: withCode('57014'), outage: false },
  { name: 'a bug', error: new TypeError('x is undefined'), outage: false },
  { name: 'no error', error: undefined, outage: false },
])('outage: $name: $outage', ({ error, outage }) => {
  expect(isOutage(error)).toBe(outage);
});

test('a server that is not there is an outage at once', async () => {
  const away = openPool({ url: 'postgres://gangway@127.0.0.1:1/postgres' });
  const begin = Date.now();
  await expect(away.raw('select 1')).rejects.toSatisfy(isOutage);
  await expect(away.transaction(async () => {})).rejects.toSatisfy(isOutage);
  expect(Date.now() - begin).toBeLessThan(2_000);
  await away.destroy();
});

test('a pool without a free connection is an outage, not an endless wait', async () => {
  const narrow = openPool({ url, max: 1 });
  const holder = await narrow.transaction();
  await expect(narrow.raw('select 1')).rejects.toSatisfy(isOutage);
  await holder.rollback();
  expect((await narrow.raw('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await narrow.destroy();
});

test('a session that the operator ended is an outage, and the pool goes on', async () => {
  const ended = db.raw('select pg_terminate_backend(pg_backend_pid(), 0), pg_sleep(5)');
  await expect(ended).rejects.toSatisfy(isOutage);
  await sleep(100); // until the pool has seen the socket close
  expect((await db.raw('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a wrong statement is no outage', async () => {
  await expect(db.raw('select * from no_such_table')).rejects.not.toSatisfy(isOutage);
});

test('sessions are named after the program', async () => {
  const { rows } = await db.raw("select current_setting('application_name') as name");
  expect(rows).toEqual([{ name: 'gangway' }]);
});

function withCode(code: string): Error {
  return Object.assign(new Error('as told by the code'), { code });
}
