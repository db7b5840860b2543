import { afterEach, describe, expect, test } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';

let gangway: Gangway | undefined;
afterEach(() => gangway?.stop());

const started = () => {
  if (!gangway) throw new Error('not started');
  return gangway;
};
async function begin(policy: Partial<Policy>): Promise<string> {
  gangway = await startGangway({ policy: { invite: 'automatic', ...policy } });
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada', { title: 'Engineer' }));
  await settled(gangway.db);
  return String(body['id']);
}
const account = async () => (await started().accounts())[0];
const edit = async (change: object) => started().sandbox('PATCH', `/users/${(await account())?.id}`, change);
const say = (id: string, path: string, value: unknown) =>
  started().scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path, value }));

describe('S16: a title that somebody changed at the app', () => {
  test.for([
    ['override', 'Engineer'],
    ['lock', 'Engineer'],
    ['preserve', 'Countess'],
    ['ask', 'Countess'],
  ] as const)('%s: is %s after a run, and the source wins once it says something new', async ([mode, after]) => {
    const id = await begin({ manualEdits: mode });
    await edit({ title: 'Countess' });
    expect((await reconcileNow(started())).counts).toMatchObject({ differs: 1 });
    expect((await account())?.title).toBe(after);
    // what was left alone is as it should be from then on
    expect((await reconcileNow(started())).counts).toMatchObject({ differs: 0, marked: 0 });
    await say(id, 'displayName', 'Ada L.');
    await eventually('the name follows', async () => (await account())?.displayName === 'Ada L.');
    await settled(started().db);
    expect((await account())?.title).toBe(after);
    await say(id, 'title', 'Analyst');
    await eventually('the title follows', async () => (await account())?.title === 'Analyst');
  });
});

test('S16: an e-mail address that was changed there stays while other attributes follow', async () => {
  const id = await begin({ manualEdits: { email: 'preserve', default: 'override' } });
  await edit({ email: 'countess@example.com' });
  await reconcileNow(started());
  await say(id, 'title', 'Analyst');
  await eventually('the title follows', async () => (await account())?.title === 'Analyst');
  await settled(started().db);
  expect((await account())?.email).toBe('countess@example.com');
  await say(id, 'emails', [{ value: 'new@example.com', type: 'work' }]);
  await eventually('the address follows', async () => (await account())?.email === 'new@example.com');
});

test('an adopted account keeps what it had, and gets what it lacked, where edits are preserved', async () => {
  gangway = await startGangway({ policy: { invite: 'automatic', adoptExisting: 'all', manualEdits: 'preserve' } });
  await gangway.sandbox('POST', '/invitations', { email: 'ada@example.com', title: 'Countess' });
  await gangway.scim('POST', '/Users', scimUser('ada', { title: 'Engineer', displayName: 'Ada' }));
  await settled(gangway.db);
  expect(await account()).toMatchObject({ title: 'Countess', displayName: 'Ada' });
});

test('S16: where the policy asks, why and a list name what was changed', async () => {
  const id = await begin({ manualEdits: { title: 'ask', default: 'override' } });
  const admin = adminOf(started());
  expect((await admin('GET', '/people?state=edited')).body).toEqual({ people: [] });
  await edit({ title: 'Countess' });
  await reconcileNow(started());
  const { body: plan } = await admin('GET', `/people/${id}/plan`);
  expect(plan['targets']).toMatchObject([{ actions: [], waiting: expect.stringContaining('changed the account') }]);
  const { body: list } = await admin('GET', '/people?state=edited');
  expect(list['people']).toMatchObject([{ id, userName: 'ada@example.com', attributes: ['title'] }]);
  await edit({ title: 'Engineer' });
  await reconcileNow(started());
  expect((await admin('GET', '/people?state=edited')).body).toEqual({ people: [] });
});

test('S30, S31: the API says which attributes are managed, by whom, and which are locked', async () => {
  const id = await begin({ manualEdits: { title: 'lock', default: 'preserve' } });
  const { body } = await adminOf(started())('GET', `/people/${id}/managed`);
  expect(body['targets']).toMatchObject([
    {
      target: { name: 'app' },
      connection: { name: 'idp' },
      attributes: expect.arrayContaining([
        { name: 'title', manualEdits: 'lock', locked: true },
        { name: 'email', manualEdits: 'preserve', locked: false },
      ]),
    },
  ]);
});
