import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
let admin: ReturnType<typeof adminOf>;
beforeEach(async () => {
  gangway = await startGangway();
  admin = adminOf(gangway);
});
afterEach(() => gangway?.stop());

const life = (change: string) => admin('POST', `/connections/${gangway.connection.id}/${change}`);
const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);
const linksOf = async (table = 'links') =>
  (await gangway.db.raw(`select person_id, remote_id, state from ${table} order by person_id`)).rows;
const known = async (id: string) =>
  (await gangway.db.raw('select deleted_at is null as known from people where id = ?', [id])).rows[0]?.known;

async function join(name: string, { accepts = false } = {}) {
  const { body } = await gangway.scim('POST', '/Users', scimUser(name));
  const account = await eventually(`${name} is invited`, () => accountOf(name));
  if (accepts) {
    const url = `${gangway.running.origin}/sandbox/accounts/${account.id}/accept`;
    await fetch(url, { method: 'POST', redirect: 'manual' });
  }
  return { id: String(body['id']), accountId: account.id };
}

/** Somebody whom the connection knows and never invited. */
async function stage(name: string) {
  const policy = (invite: string) =>
    gangway.db.raw(`update connections set policy = policy || ?::jsonb`, [JSON.stringify({ invite })]);
  await policy('manual');
  const { body } = await gangway.scim('POST', '/Users', scimUser(name));
  await settled(gangway.db);
  await policy('automatic');
  return String(body['id']);
}

test('S63–S65: accepted accounts stay and are let go, pending invites are revoked, the staged leave', async () => {
  const ada = await join('ada', { accepts: true });
  await join('ben');
  const staged = await stage('cay');
  const preview = await life('disconnect?preview=true');
  expect(preview.body).toMatchObject({
    neverInvited: 1,
    targets: [{ name: 'app', basis: 'list', keep: 1, pending: 1, revoke: 1, suspend: 0 }],
  });
  expect(await accountOf('ben')).toMatchObject({ status: 'invited' });

  expect((await life('disconnect')).body).toMatchObject({ state: 'disconnected' });
  await settled(gangway.db);
  expect(await gangway.accounts()).toMatchObject([{ email: 'ada@example.com', status: 'active' }]);
  expect(await linksOf()).toEqual([]);
  const released = (await linksOf('released_links')).find((link: { person_id: string }) => link.person_id === ada.id);
  expect(released).toMatchObject({ remote_id: ada.accountId });
  expect([await known(ada.id), await known(staged)]).toEqual([true, false]);
});

test('S2: a disconnected connection refuses its token, says why, and takes the same one when connected again', async () => {
  await life('disconnect');
  const { status, headers, body } = await gangway.scim('GET', '/Users');
  expect([status, body['detail']]).toEqual([401, expect.stringContaining('connection "idp" is disconnected')]);
  expect(headers.get('www-authenticate')).toContain('invalid_token');
  expect((await life('enable')).status).toBe(409);
  expect((await life('connect')).body).toMatchObject({ state: 'connected' });
  expect((await gangway.scim('GET', '/Users')).status).toBe(200);
});

test('complaint 6: disconnect and connect again makes no duplicates, no second invites, and loses no links', async () => {
  const ada = await join('ada', { accepts: true });
  const staged = await stage('cay');
  await life('disconnect');
  await settled(gangway.db);
  await life('connect');
  expect(await known(staged)).toBe(true);
  const found = await gangway.scim('GET', `/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
  expect(found.body['Resources']).toMatchObject([{ id: ada.id }]);
  const { body: plan } = await admin('GET', `/connections/${gangway.connection.id}/first-plan`);
  expect(plan['targets']).toMatchObject([{ both: { count: 1, first: [{ fate: 'linked', label: 'added via idp' }] } }]);

  await life('enable');
  await settled(gangway.db);
  expect((await gangway.accounts()).map(({ email }) => email).toSorted()).toEqual([
    'ada@example.com',
    'cay@example.com',
  ]);
  expect(await linksOf()).toContainEqual({ person_id: ada.id, remote_id: ada.accountId, state: 'active' });
  expect(await linksOf('released_links')).toEqual([]);
  await gangway.scim('PATCH', `/Users/${ada.id}`, patchOp({ op: 'replace', path: 'title', value: 'Head' }));
  await eventually('ada follows again', async () => (await accountOf('ada'))?.title === 'Head');
  const { rows } = await gangway.db.raw(`select count(*)::int as invites from actions where kind = 'invite'`);
  expect(rows).toEqual([{ invites: 2 }]); // ada's first one, and cay's
});

test('S63: an account that was let go may be linked by another connection, and is not taken back from it', async () => {
  await join('ada', { accepts: true });
  await life('disconnect');
  await settled(gangway.db);
  const body = { name: 'next', targets: [gangway.targetId], policy: { invite: 'automatic', adoptExisting: 'all' } };
  const { body: next } = await admin('POST', '/connections', body);
  const { body: issued } = await admin('POST', `/connections/${next['id']}/tokens`);
  await admin('POST', `/connections/${next['id']}/enable`);
  await gangway.scim('POST', '/Users', scimUser('ada'), { authorization: `Bearer ${issued['token']}` });
  await settled(gangway.db);
  const linked = await linksOf();
  expect(linked).toHaveLength(1);
  await life('connect');
  await life('enable');
  await settled(gangway.db);
  expect(await linksOf()).toEqual(linked);
  expect(await gangway.accounts()).toHaveLength(1);
});

test('S65: a revocation that the target could not take is made up for when it is back', async () => {
  await join('ben');
  await gangway.setFault({ mode: 'unavailable', remaining: 2 });
  await life('disconnect');
  await eventually('revoked', async () => (await accountOf('ben')) === undefined, 20_000);
  await settled(gangway.db);
  expect(await linksOf()).toEqual([]);
});

test('S65: an invitation whose answer was lost is found and revoked, too', async () => {
  await gangway.setFault({ mode: 'lost_answer', hits: 'writes', remaining: 1 });
  await gangway.scim('POST', '/Users', scimUser('dot'));
  await eventually('the invitation has arrived', () => accountOf('dot'));
  await life('disconnect');
  await settled(gangway.db);
  expect(await gangway.accounts()).toEqual([]);
  expect(await linksOf()).toEqual([]);
});

test('S64: with neverInvited keep, and accepted suspend, the staged stay and the accounts are suspended', async () => {
  await join('ada', { accepts: true });
  const staged = await stage('cay');
  const onDisconnect = { accepted: 'suspend', pending: 'keep', neverInvited: 'keep' };
  await gangway.db.raw('update connections set policy = policy || ?::jsonb', [JSON.stringify({ onDisconnect })]);
  await life('disconnect');
  await settled(gangway.db);
  expect(await accountOf('ada')).toMatchObject({ status: 'suspended' });
  expect(await known(staged)).toBe(true);
  await life('connect');
  await life('enable');
  await eventually('ada is given the account back', async () => (await accountOf('ada'))?.status === 'active');
});

test('S77: the grace of a leaver goes on where it was after disconnecting and connecting again', async () => {
  const grace = { onDeactivate: 'suspend-then-erase', erasureMode: 'erase', graceDays: 30 };
  await gangway.db.raw(`update connections set policy = policy || ?::jsonb`, [JSON.stringify(grace)]);
  const ada = await join('ada', { accepts: true });
  await gangway.scim('PATCH', `/Users/${ada.id}`, patchOp({ op: 'replace', path: 'active', value: false }));
  await eventually('suspended', async () => (await accountOf('ada'))?.status === 'suspended');
  await settled(gangway.db);
  const since = async () => (await gangway.db.raw('select suspended_at from links')).rows[0]?.suspended_at;
  await gangway.db.raw(`update links set suspended_at = suspended_at - interval '10 days'`);
  const before = await since();
  await life('disconnect');
  await settled(gangway.db);
  await life('connect');

  const plan = await admin('GET', `/connections/${gangway.connection.id}/first-plan`);
  expect([plan.status, plan.body['targets']]).toMatchObject([200, [{ both: { count: 1 } }]]);
  const { body: person } = await admin('GET', `/people/${ada.id}/plan`);
  expect(JSON.stringify(person)).toContain('lookAgainAt');
  await life('enable');
  await settled(gangway.db);
  expect(await accountOf('ada')).toMatchObject({ id: ada.accountId, status: 'suspended' });
  expect(await since()).toEqual(before);
  const { rows } = await gangway.db.raw(`select last_error from work_item where kind = 'push'`);
  expect(rows).toEqual([{ last_error: null }]);
});
