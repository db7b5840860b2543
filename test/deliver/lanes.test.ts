import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterAll(() => gangway?.stop());

test('a leaver does not wait behind a wave of joiners at a slow target', async () => {
  const { body } = await gangway.scim('POST', '/Users', scimUser('leaver'));
  await eventually('invited', async () => (await gangway.accounts()).length === 1);
  await settled(gangway.db);

  await gangway.setFault({ mode: 'slow', latencyMs: 300 });
  const joiners = Array.from({ length: 80 }, (_, index) => gangway.scim('POST', '/Users', scimUser(`joiner${index}`)));
  await Promise.all(joiners);
  await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value: false }));

  const invitedBefore = await eventually('the leaver is suspended', async () => {
    const accounts = await gangway.accounts();
    const leaver = accounts.find(({ email }) => email === 'leaver@example.com');
    return leaver?.status === 'suspended' ? accounts.length : null;
  });
  expect(invitedBefore).toBeLessThan(80);
  await gangway.setFault({ mode: 'none' });
  await eventually('everybody is invited', async () => (await gangway.accounts()).length === 81);
});
