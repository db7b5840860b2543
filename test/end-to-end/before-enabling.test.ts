import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '../../src/database/transaction.ts';
import { setState } from '../../src/directory/connections.ts';
import { eventually, type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway({ enabled: false });
});
afterAll(() => gangway?.stop());

const move = (state: 'enabled' | 'paused') =>
  inTransaction(gangway.db, (trx) => setState(trx, gangway.connection.tenantId, gangway.connection.id, state));

test('nothing leaves before enabling or while paused, and all of it leaves afterwards', async () => {
  for (const name of ['ann', 'ben']) {
    expect((await gangway.scim('POST', '/Users', scimUser(name))).status).toBe(201);
  }
  await settled(gangway.db);
  expect(await gangway.accounts()).toEqual([]);
  expect((await gangway.sandbox('GET', '/received')).body).toEqual({ received: [] });

  await move('enabled');
  await eventually('both are invited', async () => (await gangway.accounts()).length === 2);

  await move('paused');
  await gangway.scim('POST', '/Users', scimUser('cay'));
  await settled(gangway.db);
  expect(await gangway.accounts()).toHaveLength(2);

  await move('enabled');
  await eventually('the third is invited', async () => (await gangway.accounts()).length === 3);
});

test('where invites are sent by hand, a joiner is staged', async () => {
  const manual = await startGangway({ policy: {} });
  try {
    await manual.scim('POST', '/Users', scimUser('dan'));
    await settled(manual.db);
    expect(await manual.accounts()).toEqual([]);
  } finally {
    await manual.stop();
  }
});
