import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  eventually,
  type Gangway,
  patchOp,
  type SandboxAccount,
  scimUser,
  settled,
  startGangway,
} from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterAll(() => gangway?.stop());

const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);
const follows = (name: string, check: (account: SandboxAccount) => boolean) =>
  eventually(`the account of ${name} follows`, async () => {
    const account = await accountOf(name);
    return account && check(account) ? account : null;
  });
const join = async (name: string, more = {}) => {
  const { status, body } = await gangway.scim('POST', '/Users', scimUser(name, more));
  expect(status).toBe(201);
  return String(body['id']);
};
const patch = (id: string, ...operations: unknown[]) => gangway.scim('PATCH', `/Users/${id}`, patchOp(...operations));

test('a joiner is invited, a mover updated, a leaver suspended, a rehire given the same account back', async () => {
  const id = await join('ada', { title: 'Analyst' });
  const invited = await follows('ada', ({ status }) => status === 'invited');
  expect(invited).toMatchObject({ displayName: 'ada Tester', title: 'Analyst' });

  await patch(id, { op: 'replace', path: 'title', value: 'Head' });
  await follows('ada', ({ title }) => title === 'Head');

  await patch(id, { op: 'Replace', path: 'active', value: 'False' });
  await follows('ada', ({ status }) => status === 'suspended');

  await patch(id, { op: 'replace', value: { active: true } });
  const back = await follows('ada', ({ status }) => status === 'invited');
  expect(back.id).toBe(invited.id);
});

test('who accepted stays active through changes and comes back as active', async () => {
  const id = await join('bo');
  const { id: accountId } = await follows('bo', () => true);
  await fetch(`${gangway.running.origin}/sandbox/accounts/${accountId}/accept`, { method: 'POST', redirect: 'manual' });
  await patch(id, { op: 'replace', path: 'name.familyName', value: 'Moved' });
  expect((await follows('bo', ({ displayName }) => displayName === 'bo Moved')).status).toBe('active');
  await patch(id, { op: 'replace', path: 'active', value: false });
  await follows('bo', ({ status }) => status === 'suspended');
  await patch(id, { op: 'replace', path: 'active', value: true });
  await follows('bo', ({ status }) => status === 'active');
});

test('DELETE suspends the account, frees the name, and a new POST of the same person takes the account back', async () => {
  const id = await join('cleo');
  const before = await follows('cleo', () => true);
  expect((await gangway.scim('DELETE', `/Users/${id}`)).status).toBe(204);
  expect((await gangway.scim('GET', `/Users/${id}`)).status).toBe(404);
  await follows('cleo', ({ status }) => status === 'suspended');
  const again = await join('cleo', { title: 'Back' });
  expect(again).not.toBe(id);
  const after = await follows('cleo', ({ status, title }) => status === 'invited' && title === 'Back');
  expect(after.id).toBe(before.id);
});

test('a person who comes back with another e-mail is recognised by externalId', async () => {
  const id = await join('dora');
  const before = await follows('dora', () => true);
  await gangway.scim('DELETE', `/Users/${id}`);
  await follows('dora', ({ status }) => status === 'suspended');
  await join('dora-new', { externalId: 'ext-dora' });
  const after = await follows('dora-new', ({ status }) => status === 'invited');
  expect(after.id).toBe(before.id);
});

test('groups follow, in both directions, and a group given by hand is kept', async () => {
  const id = await join('eve');
  const account = await follows('eve', () => true);
  const { body: editors } = await gangway.scim('POST', '/Groups', { displayName: 'Editors', members: [{ value: id }] });
  await follows('eve', ({ groups }) => groups.includes('Editors'));

  const { body: choir } = await gangway.sandbox('POST', '/groups', { name: 'Choir' });
  await gangway.sandbox('PUT', `/groups/${choir['id']}/members/${account.id}`);
  const { body: authors } = await gangway.scim('POST', '/Groups', { displayName: 'Authors', members: [{ value: id }] });
  await follows('eve', ({ groups }) => groups.length === 3);

  const removal = patchOp({ op: 'remove', path: `members[value eq "${id}"]` });
  expect((await gangway.scim('PATCH', `/Groups/${editors['id']}`, removal)).status).toBe(204);
  await follows('eve', ({ groups }) => groups.join() === 'Authors,Choir');

  await gangway.scim(
    'PATCH',
    `/Groups/${authors['id']}`,
    patchOp({ op: 'replace', value: { displayName: 'Writers' } }),
  );
  await follows('eve', ({ groups }) => groups.join() === 'Choir,Writers');

  await gangway.scim('DELETE', `/Groups/${authors['id']}`);
  await follows('eve', ({ groups }) => groups.join() === 'Choir');
});

test('an account that somebody else made is not touched while the policy asks', async () => {
  await gangway.sandbox('POST', '/invitations', { email: 'frida@example.com', title: 'Theirs' });
  const id = await join('frida', { title: 'Ours' });
  await settled(gangway.db);
  await patch(id, { op: 'replace', path: 'active', value: false });
  await settled(gangway.db);
  expect(await accountOf('frida')).toMatchObject({ status: 'invited', title: 'Theirs' });
});

test('an account that was suspended in the app itself is not given back by a change', async () => {
  const id = await join('gil');
  const { id: accountId } = await follows('gil', () => true);
  await settled(gangway.db);
  await gangway.sandbox('POST', `/users/${accountId}/suspend`);
  await patch(id, { op: 'replace', path: 'title', value: 'New' });
  await settled(gangway.db);
  expect(await accountOf('gil')).toMatchObject({ status: 'suspended', title: null });
});

test('a person without an e-mail is stored and waits', async () => {
  const { status, body } = await gangway.scim('POST', '/Users', { userName: 'no-mail', active: true });
  expect(status).toBe(201);
  await settled(gangway.db);
  await patch(String(body['id']), { op: 'add', path: 'emails[type eq "work"].value', value: 'hugo@example.com' });
  await follows('hugo', () => true);
});

test('every delivery is on record with its outcome', async () => {
  const id = await join('ida');
  await follows('ida', () => true);
  await settled(gangway.db);
  await patch(id, { op: 'replace', path: 'active', value: false });
  await follows('ida', ({ status }) => status === 'suspended');
  await settled(gangway.db);
  const { rows } = await gangway.db.raw('select kind, state, attempts from actions where person_id = ? order by id', [
    id,
  ]);
  expect(rows).toEqual([
    { kind: 'invite', state: 'done', attempts: 1 },
    { kind: 'suspend', state: 'done', attempts: 1 },
  ]);
});

test('an adopted account keeps what the source does not speak of', async () => {
  const adopting = await startGangway({ policy: { invite: 'automatic', adoptExisting: 'all' } });
  try {
    await adopting.sandbox('POST', '/invitations', { email: 'june@example.com', title: 'Entered by hand' });
    await adopting.scim('POST', '/Users', scimUser('june'));
    await settled(adopting.db);
    expect(await adopting.accounts()).toMatchObject([{ displayName: 'june Tester', title: 'Entered by hand' }]);
  } finally {
    await adopting.stop();
  }
});

test('a title that the source gave and dropped is emptied', async () => {
  const id = await join('kim', { title: 'Given' });
  await follows('kim', ({ title }) => title === 'Given');
  await patch(id, { op: 'remove', path: 'title' });
  await follows('kim', ({ title }) => title === null);
});
