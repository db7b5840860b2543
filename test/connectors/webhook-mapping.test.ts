import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';
import { newSecret, type Receiver, startReceiver } from './webhook-receiver.ts';

let gangway: Gangway;
let app: Receiver;
beforeAll(async () => {
  const secret = newSecret();
  app = await startReceiver(secret);
  gangway = await startGangway({ target: { kind: 'webhook', settings: { url: app.url }, secrets: { secret } } });
});
afterAll(async () => {
  await gangway?.stop();
  await app?.stop();
});

test('a grant without answer is repeated under the name that the mapping gives to the group', async () => {
  const mapping = { groups: { table: { Staff: 'Everybody' }, otherwise: 'drop' } };
  await adminOf(gangway)('PUT', `/connections/${gangway.connection.id}/mapping`, mapping);
  let refused = 0;
  app.answer(({ type }) =>
    type === 'group.grant' && refused++ === 0 ? { status: 503, headers: { 'retry-after': '1' } } : undefined,
  );
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada'));
  await gangway.scim('POST', '/Groups', { displayName: 'Staff', members: [{ value: body['id'] }] });
  const [account] = await eventually('ada is there', async () => {
    const found = await app.view.search('ada@example.com', AbortSignal.timeout(1000));
    return found[0]?.groups.length ? found : null;
  });
  expect([refused, account?.groups]).toEqual([2, ['Everybody']]);
  await settled(gangway.db);
});
