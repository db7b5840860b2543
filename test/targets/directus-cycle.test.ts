import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';
import { type Directus, startDirectus } from './support/directus.ts';
import { guardHoldsLeavers } from './support/guard.ts';
import { mailsTo } from './support/mails.ts';

const DESCRIPTION = readFileSync(new URL('../../examples/targets/directus.yaml', import.meta.url), 'utf8');

let directus: Directus;
let gangway: Gangway;
beforeAll(async () => {
  directus = await startDirectus();
  gangway = await startGangway({
    target: {
      kind: 'rest',
      settings: { ...directus.settings, description: DESCRIPTION },
      secrets: { token: directus.token },
    },
  });
}, 900_000);
afterAll(async () => {
  await gangway?.stop();
  await directus?.stop();
});

type DirectusUser = { id: string; status: string; first_name: string; title: string | null; policies: string[] };
/** What Directus itself says, asked over its own API. */
async function read(email: string): Promise<DirectusUser | null> {
  const fields = 'id,status,first_name,title,policies.policy.name';
  const url = `${directus.url}/users?filter[email][_eq]=${encodeURIComponent(email)}&fields=${fields}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${directus.token}` } });
  const { data } = (await answer.json()) as {
    data: (Omit<DirectusUser, 'policies'> & { policies: { policy: { name: string } }[] })[];
  };
  const [user, ...others] = data;
  expect(others).toEqual([]);
  return user ? { ...user, policies: user.policies.map(({ policy }) => policy.name) } : null;
}
const becomes = (email: string, what: string, check: (user: DirectusUser) => boolean) =>
  eventually(
    what,
    async () => {
      const user = await read(email);
      return user && check(user) ? user : null;
    },
    20_000,
  );

test('joiner, mover, leaver and rehire in a real Directus, with one invite mail', async () => {
  const email = 'grace@example.com';
  const { body } = await gangway.scim('POST', '/Users', scimUser('grace', { title: 'Engineer' }));
  const invited = await becomes(email, 'invited with a title', ({ title }) => title === 'Engineer');
  expect(invited).toMatchObject({ first_name: 'grace', status: 'invited' });
  await settled(gangway.db);
  expect(await mailsTo(directus.mailUrl, email)).toHaveLength(1);

  await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', value: { title: 'Rear Admiral' } }));
  const { body: group } = await gangway.scim('POST', '/Groups', {
    displayName: 'Navy',
    members: [{ value: body['id'] }],
  });
  await becomes(
    email,
    'updated and regrouped',
    ({ title, policies }) => title === 'Rear Admiral' && policies.join() === 'Navy',
  );

  const leave = patchOp({ op: 'remove', path: `members[value eq "${body['id']}"]` });
  await gangway.scim('PATCH', `/Groups/${group['id']}`, leave);
  await becomes(email, 'out of the group', ({ policies }) => policies.length === 0);

  await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value: 'False' }));
  await becomes(email, 'suspended', ({ status }) => status === 'suspended');

  await gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value: 'True' }));
  const back = await becomes(email, 'given back', ({ status }) => status === 'invited');
  expect(back.id).toBe(invited.id);
  await settled(gangway.db);
  expect(await mailsTo(directus.mailUrl, email)).toHaveLength(1);
}, 120_000);

test('who is deleted and made anew gets the same account back', async () => {
  const email = 'alan@example.com';
  const { body } = await gangway.scim('POST', '/Users', scimUser('alan'));
  const before = await becomes(email, 'invited', ({ status }) => status === 'invited');
  await gangway.scim('DELETE', `/Users/${body['id']}`);
  await becomes(email, 'suspended', ({ status }) => status === 'suspended');
  await gangway.scim('POST', '/Users', scimUser('alan'));
  const after = await becomes(email, 'given back', ({ status }) => status === 'invited');
  expect(after.id).toBe(before.id);
}, 120_000);

test('what is changed or removed in Directus itself is found by a run and made good', async () => {
  const email = 'emmy@example.com';
  await gangway.scim('POST', '/Users', scimUser('emmy', { title: 'Engineer' }));
  const { id } = await becomes(email, 'invited with a title', ({ title }) => title === 'Engineer');
  await settled(gangway.db);
  const write = (method: string, body?: object) =>
    fetch(`${directus.url}/users/${id}`, {
      method,
      headers: { authorization: `Bearer ${directus.token}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
  expect((await write('PATCH', { title: 'Edited there' })).status).toBe(200);
  expect(await reconcileNow(gangway)).toMatchObject({ state: 'done', counts: { missing: 0, differs: 1 } });
  expect(await read(email)).toMatchObject({ title: 'Engineer' });
  expect((await write('DELETE')).status).toBe(204);
  expect((await reconcileNow(gangway)).counts).toMatchObject({ missing: 1, differs: 0 });
  expect(await read(email)).toMatchObject({ status: 'invited', title: 'Engineer' });
}, 120_000);

test('leavers beyond the guard keep their access in Directus until a human releases them', async () => {
  const target = {
    kind: 'rest',
    settings: { ...directus.settings, description: DESCRIPTION },
    secrets: { token: directus.token },
  };
  await guardHoldsLeavers(target, 'directus', async (email) => (await read(email))?.status);
}, 120_000);

test('where the policy erases, the account is gone from Directus', async () => {
  const erasing = await startGangway({
    policy: { invite: 'automatic', onDelete: 'erase' },
    target: {
      kind: 'rest',
      settings: { ...directus.settings, description: DESCRIPTION },
      secrets: { token: directus.token },
    },
  });
  try {
    const { body } = await erasing.scim('POST', '/Users', scimUser('kurt'));
    await becomes('kurt@example.com', 'invited', ({ status }) => status === 'invited');
    await settled(erasing.db);
    await erasing.scim('DELETE', `/Users/${body['id']}`);
    await eventually('gone', async () => (await read('kurt@example.com')) === null, 20_000);
  } finally {
    await erasing.stop();
  }
}, 120_000);
