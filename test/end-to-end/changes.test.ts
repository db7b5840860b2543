import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditOf } from '../admin/running.ts';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
let admin: ReturnType<typeof adminOf>;
let connectionPath: string;
let targetPath: string;
beforeEach(async () => {
  gangway = await startGangway();
  admin = adminOf(gangway);
  connectionPath = `/connections/${gangway.connection.id}`;
  targetPath = `/targets/${gangway.targetId}`;
});
afterEach(() => gangway?.stop());

const audit = () => auditOf(gangway.db, gangway.connection.tenantId);
const count = async (table: string) =>
  (await gangway.db.raw(`select count(*)::int as count from ${table}`)).rows[0].count as number;
const titleOf = async () => (await gangway.accounts())[0]?.title;

test('S63: detaching a target keeps its accounts and lets them go; attaching takes them back', async () => {
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada'));
  await settled(gangway.db);
  expect((await admin('DELETE', `${connectionPath}${targetPath}`)).status).toBe(204);
  await settled(gangway.db);
  expect([await count('links'), await count('released_links')]).toEqual([0, 1]);
  const setTitle = (value: string) =>
    gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'title', value }));
  await setTitle('Unseen');
  await gangway.scim('POST', '/Users', scimUser('ben'));
  await settled(gangway.db);
  expect(await gangway.accounts()).toMatchObject([{ email: 'ada@example.com', status: 'invited', title: null }]);

  expect((await admin('PUT', `${connectionPath}${targetPath}`)).status).toBe(204);
  await settled(gangway.db);
  expect([await count('links'), await count('released_links')]).toEqual([2, 0]);
  expect(await gangway.accounts()).toHaveLength(2);
  await setTitle('Seen');
  await eventually('ada follows', async () => (await gangway.accounts()).some(({ title }) => title === 'Seen'));
  expect(await audit()).toEqual(['connection.detach', 'connection.attach']);
});

test('a connection gets another name and profile; a name that is taken is refused', async () => {
  await admin('POST', '/connections', { name: 'other' });
  expect((await admin('PATCH', connectionPath, { name: 'other' })).status).toBe(409);
  const { body } = await admin('PATCH', connectionPath, { name: 'okta', profile: 'okta' });
  expect(body).toMatchObject({ name: 'okta', profile: 'okta', state: 'enabled' });
  expect((await admin('PATCH', connectionPath, { state: 'paused' })).status).toBe(422);
  expect(await audit()).toEqual(['connection.create', 'connection.change']);
});

test('a target’s settings and secrets are changed one by one, checked first, and secrets never shown', async () => {
  const secret = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0';
  const hook = { name: 'hook', kind: 'webhook', settings: { url: 'http://127.0.0.1:9/a' }, secrets: { secret } };
  const { body: made } = await admin('POST', '/targets', hook);
  const path = `/targets/${made['id']}`;
  const unreachable = await admin('PATCH', path, { settings: { url: 'http://127.0.0.1:9/b' } });
  expect([unreachable.status, unreachable.body['code']]).toEqual([502, 'target_down']);
  const change = { name: 'hooks', settings: { url: 'http://127.0.0.1:9/c', groups: false }, check: false };
  const changed = await admin('PATCH', path, { ...change, secrets: { formerSecret: secret } });
  expect(changed.body).toMatchObject({ name: 'hooks', settings: { url: 'http://127.0.0.1:9/c', groups: false } });
  const { body: reset } = await admin('PATCH', path, { settings: { groups: null }, check: false });
  expect(reset['settings']).toEqual({ url: 'http://127.0.0.1:9/c' });
  // the secret that was not named is still there: without it the settings would not fit
  expect((await admin('PATCH', path, { secrets: { secret: null }, check: false })).status).toBe(422);
  expect((await admin('PATCH', path, { settings: { nonsense: true }, check: false })).status).toBe(422);
  expect((await admin('PATCH', path, { name: 'app', check: false })).status).toBe(409);
  const { rows } = await gangway.db.raw('select detail::text from audit');
  expect(JSON.stringify([changed.body, reset, rows])).not.toContain(secret);
  expect(await audit()).toEqual(['target.create', 'target.change', 'target.change']);
});

test('whoever follows a target is looked at again after it was changed', async () => {
  await gangway.scim('POST', '/Users', scimUser('ada'));
  await settled(gangway.db);
  const [account] = await gangway.accounts();
  await gangway.sandbox('PATCH', `/users/${account?.id}`, { title: 'By hand' });
  expect(await titleOf()).toBe('By hand');
  await gangway.db.raw(`update people set document = (document::jsonb || '{"title": "Head"}')::json`);
  expect((await admin('PATCH', targetPath, {})).status).toBe(200);
  await eventually('ada is looked at', async () => (await titleOf()) === 'Head');
});

test('a target is removed once nobody uses it, and not before', async () => {
  await gangway.scim('POST', '/Users', scimUser('ada'));
  await settled(gangway.db);
  const refused = await admin('DELETE', targetPath);
  expect([refused.status, refused.body['code']]).toEqual([409, 'target_in_use']);
  expect(refused.body['detail']).toContain('follows idp');
  await admin('DELETE', `${connectionPath}${targetPath}`);
  await settled(gangway.db);
  expect((await admin('DELETE', targetPath)).status).toBe(204);
  expect((await admin('DELETE', targetPath)).status).toBe(404);
  expect([await count('released_links'), await count(`work_item where kind = 'push'`)]).toEqual([0, 0]);
  expect(await gangway.accounts()).toHaveLength(1);
  expect(await audit()).toEqual(['connection.detach', 'target.remove']);
});
