import { afterAll, expect, test } from 'vitest';
import { eraseCarried } from '../../src/directory/extension-carriers.ts';
import { smallest, target } from '../connectors/rest-support.ts';
import { declare } from '../support/extensions.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

const URN = 'urn:example:params:scim:Store:1.0:User';
const { account, operations } = smallest;
const description = {
  ...smallest,
  extensionAttributes: ['storeId', 'floor'],
  account: { ...account, attributes: { storeId: 'item.store' } },
  operations: {
    ...operations,
    invite: { ...operations.invite, body: { mail: '{{ email }}', store: '{{ attributes.storeId }}' } },
    update: {
      ...operations.update,
      body: {
        mail: '{{ email }}',
        store: '{{ attributes.storeId }}',
        floor: '{{ attributes.floor == null ? dyn(null) : dyn(int(attributes.floor)) }}',
      },
    },
  },
};

let gangway: Gangway;
afterAll(() => gangway?.stop());

test('a target that names an attribute of an extension gets it, its changes and its end', async () => {
  // an app with one account, which keeps what it is sent
  let kept: Record<string, unknown> | null = null;
  const app = await target(({ method, url, body }) => {
    if (method === 'GET' && url.startsWith('/users?')) return { body: { users: kept ? [kept] : [] } };
    if (method === 'POST') kept = { id: '1', state: 'on', store: null, ...JSON.parse(body) };
    else if (method === 'PATCH') kept = { ...kept, ...JSON.parse(body) };
    return { body: kept };
  });
  const settings = { url: app.url, description };
  gangway = await startGangway({ target: { kind: 'rest', settings, secrets: { token: 'sesame-open-up' } } });
  const { db, connection } = gangway;
  const attributes = [{ name: 'storeId' }, { name: 'floor', type: 'integer' }];
  const extension = await declare(db, connection.tenantId, { urn: URN, name: 'Store', attributes });
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada', { [URN]: { storeId: 'S1', floor: 3 } }));
  await eventually('the invite and the floor arrive', async () => kept?.['store'] === 'S1' && kept?.['floor'] === 3);
  const change = patchOp({ op: 'replace', path: `${URN}:storeId`, value: 'S2' });
  expect((await gangway.scim('PATCH', `/Users/${body['id']}`, change)).status).toBe(204);
  await eventually('the change arrives', async () => kept?.['store'] === 'S2');
  await settled(db);
  await eraseCarried(db, connection.tenantId, extension);
  await eventually('what is erased here is emptied there', async () => kept?.['store'] === null);
});
