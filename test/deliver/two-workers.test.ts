import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
  await gangway.another('worker');
});
afterAll(() => gangway?.stop());

test('two workers on one database deliver everything, and nothing twice', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const ids = await Promise.all(
    names.map(async (name) => String((await gangway.scim('POST', '/Users', scimUser(name))).body['id'])),
  );
  // changes come in while the invites are still going out
  for (const title of ['one', 'two', 'three']) {
    await Promise.all(
      ids.map((id) => gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'title', value: title }))),
    );
  }
  await Promise.all(
    ids
      .slice(0, 20)
      .map((id) => gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }))),
  );
  await eventually('accounts are as desired', async () => {
    const accounts = await gangway.accounts();
    const suspended = accounts.filter(({ status }) => status === 'suspended').length;
    return accounts.length === 40 && suspended === 20;
  });
  await settled(gangway.db);

  const calls = (await gangway.sandbox('GET', '/received?limit=500')).body['received'] as {
    path: string;
    repeats: number;
  }[];
  expect(calls.filter(({ path }) => path.endsWith('/invitations')).length).toBe(40);
  expect(calls.every(({ repeats }) => repeats === 0)).toBe(true);
  const { rows } = await gangway.db.raw(`select count(*)::int as open from actions where state <> 'done'`);
  expect(rows[0].open).toBe(0);
});
