import { afterAll, expect, test } from 'vitest';
import { forgetReceived, listReceived, noteReceived } from '../../src/sandbox/received.ts';
import { testDatabase } from '../support/database.ts';

const { db, drop } = await testDatabase();
afterAll(drop);

test('what arrived more than a week ago is forgotten, and nothing else', async () => {
  const call = { idempotencyKey: null, method: 'POST', status: 201 };
  await noteReceived(db, { ...call, path: '/old' });
  await db.raw(`update sandbox.received set at = now() - interval '8 days'`);
  await noteReceived(db, { ...call, path: '/new' });
  await forgetReceived(db);
  expect((await listReceived(db, null, 10)).map(({ path }) => path)).toEqual(['/new']);
});
