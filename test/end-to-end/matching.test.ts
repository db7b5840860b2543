import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway({ policy: { invite: 'automatic', match: 'any', adoptExisting: 'all' } });
});
afterAll(() => gangway?.stop());

const account = async (email: string) => {
  const { body } = await gangway.sandbox('POST', '/invitations', { email });
  return String(body['id']);
};
const withEmails = (name: string, ...values: string[]) =>
  scimUser(name, { emails: values.map((value, index) => ({ value, type: index === 0 ? 'work' : 'home' })) });

test('S22: an account is found under any address, and gets the one that stands for the person', async () => {
  const id = await account('ada@home.example.com');
  await gangway.scim('POST', '/Users', withEmails('ada', 'ada@work.example.com', 'ada@home.example.com'));
  await eventually('the account is hers', async () =>
    (await gangway.accounts()).some((one) => one.id === id && one.email === 'ada@work.example.com'),
  );
});

test('S22: two accounts are a question for a human, and wait in a list', async () => {
  const ids = [await account('bea@work.example.com'), await account('bea@home.example.com')];
  const { body } = await gangway.scim(
    'POST',
    '/Users',
    withEmails('bea', 'bea@work.example.com', 'bea@home.example.com'),
  );
  await settled(gangway.db);
  const api = adminOf(gangway);
  const waiting = async () => (await api('GET', '/people?state=waiting&reason=ambiguous')).body['people'];
  expect(await waiting()).toMatchObject([{ id: body['id'], reason: 'ambiguous' }]);
  expect((await api('POST', `/people/${body['id']}/adopt`, { remoteId: ids[0] })).status).toBe(202);
  await settled(gangway.db);
  expect(await waiting()).toEqual([]);
});
