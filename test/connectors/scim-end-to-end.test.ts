import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scim, startScim } from '../support/app.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { createGroup } from '../support/people.ts';

// one Gangway follows an identity provider, and another one, as any SCIM server, is the app that it drives
let app: Scim;
let gangway: Gangway;
beforeAll(async () => {
  app = await startScim({ profile: 'rfc' });
  gangway = await startGangway({
    policy: { invite: 'automatic', onDelete: 'erase' },
    target: { kind: 'scim', settings: { url: app.base }, secrets: { token: app.token } },
  });
});
afterAll(async () => {
  await gangway?.stop();
  await app?.stop();
});

const join = async (name: string, more = {}) =>
  String((await gangway.scim('POST', '/Users', scimUser(name, more))).body['id']);
const patch = (path: string, ...operations: unknown[]) => gangway.scim('PATCH', path, patchOp(...operations));
const userOf = async (name: string) => {
  const filter = encodeURIComponent(`userName eq "${name}@example.com"`);
  const { body } = await app.request('GET', `/Users?filter=${filter}`);
  return body.Resources[0];
};
const becomes = (name: string, what: string, check: (user: Awaited<ReturnType<typeof userOf>>) => boolean) =>
  eventually(`${name} is ${what}`, async () => {
    const user = await userOf(name);
    return user && check(user) ? user : null;
  });

test('a joiner is made with all attributes, a mover updated, a leaver suspended, a rehire given back', async () => {
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  const id = await join('ada', { title: 'Analyst', [enterprise]: { department: 'Engines' }, preferredLanguage: 'en' });
  const joined = await becomes('ada', 'there', () => true);
  expect(joined).toMatchObject({
    externalId: 'ext-ada',
    active: true,
    title: 'Analyst',
    preferredLanguage: 'en',
    name: { givenName: 'ada', familyName: 'Tester' },
    emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
    [enterprise]: { department: 'Engines' },
  });
  await patch(
    `/Users/${id}`,
    { op: 'remove', path: 'title' },
    { op: 'replace', path: 'name.familyName', value: 'New' },
  );
  await becomes('ada', 'updated', (user) => user.title === undefined && user.name.familyName === 'New');
  await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
  await becomes('ada', 'suspended', ({ active }) => active === false);
  await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true });
  const back = await becomes('ada', 'back', ({ active }) => active === true);
  expect(back.id).toBe(joined.id);
});

test('groups are made and follow; a group given by hand is kept', async () => {
  const id = await join('eve');
  const { id: userId } = await becomes('eve', 'there', () => true);
  await createGroup(app, { displayName: 'Choir', members: [userId] });
  const { body: group } = await gangway.scim('POST', '/Groups', { displayName: 'Ops', members: [{ value: id }] });
  const names = (user: { groups?: { display: string }[] }) =>
    (user.groups ?? []).map(({ display }) => display).toSorted();
  await becomes('eve', 'in both', (user) => names(user).join() === 'Choir,Ops');
  await patch(`/Groups/${group['id']}`, { op: 'remove', path: `members[value eq "${id}"]` });
  await becomes('eve', 'out of ours', (user) => names(user).join() === 'Choir');
});

test('thirty joiners of one group are all in it', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => join(`crowd-${index}`)));
  const members = ids.map((value) => ({ value }));
  await gangway.scim('POST', '/Groups', { displayName: 'Crowd', members });
  const filter = encodeURIComponent('displayName eq "Crowd"');
  await eventually(
    'all thirty',
    async () => {
      const { Resources } = (await app.request('GET', `/Groups?filter=${filter}`)).body;
      const { body } = await app.request('GET', `/Groups/${Resources[0]?.id}`);
      return body.members?.length === 30;
    },
    30_000,
  );
  await settled(gangway.db);
}, 40_000);

test('an account that somebody else made is left alone while the policy asks', async () => {
  const made = await app.request('POST', '/Users', scimUser('frida', { title: 'Theirs', externalId: 'other' }));
  expect(made.status).toBe(201);
  const id = await join('frida', { title: 'Ours' });
  await settled(gangway.db);
  await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
  await settled(gangway.db);
  expect(await userOf('frida')).toMatchObject({ title: 'Theirs', active: true });
});

test('where the policy erases, the user is deleted', async () => {
  const id = await join('ida');
  await becomes('ida', 'there', () => true);
  await settled(gangway.db);
  await gangway.scim('DELETE', `/Users/${id}`);
  await eventually('gone', async () => (await userOf('ida')) === undefined);
});
