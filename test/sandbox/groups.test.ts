import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSandbox } from './running.ts';

let sandbox: Awaited<ReturnType<typeof runSandbox>>;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.stop());

const createGroup = async (name: string) => (await sandbox.call('POST', '/groups', { name })).body;
const invite = async (email: string) => (await sandbox.call('POST', '/invitations', { email })).body;

test('a group is made once and found by its exact name', async () => {
  const made = await sandbox.call('POST', '/groups', { name: 'Nurses' });
  expect(made).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^grp_/), name: 'Nurses' } });
  const again = await sandbox.call('POST', '/groups', { name: 'Nurses' });
  expect([again.status, again.body.error.code]).toEqual([409, 'name_taken']);
  expect((await sandbox.call('GET', '/groups?name=Nurses')).body).toEqual({ groups: [made.body] });
  expect((await sandbox.call('GET', '/groups?name=nurses')).body).toEqual({ groups: [] });
  expect((await sandbox.call('POST', '/groups', { name: '' })).status).toBe(422);
});

test('adding and removing a member twice is the same as once', async () => {
  const [zebra, alpha] = [await createGroup('Zebra'), await createGroup('Alpha')];
  const { id } = await invite('member@example.org');
  const groupsAfter = async (method: string, group: string | undefined) => {
    expect(await sandbox.call(method, `/groups/${group}/members/${id}`)).toMatchObject({ status: 204, body: null });
    return (await sandbox.call('GET', `/users/${id}`)).body.groups;
  };
  expect(await groupsAfter('PUT', zebra.id)).toEqual(['Zebra']);
  expect(await groupsAfter('PUT', zebra.id)).toEqual(['Zebra']);
  expect(await groupsAfter('PUT', alpha.id)).toEqual(['Alpha', 'Zebra']);
  expect(await groupsAfter('DELETE', zebra.id)).toEqual(['Alpha']);
  expect(await groupsAfter('DELETE', zebra.id)).toEqual(['Alpha']);
});

test('a member must exist, and so must the group', async () => {
  const group = await createGroup('Real');
  const { id } = await invite('real@example.org');
  const noUser = await sandbox.call('PUT', `/groups/${group.id}/members/acc_x`);
  expect([noUser.status, noUser.body.error.code]).toEqual([404, 'user_not_found']);
  const noGroup = await sandbox.call('PUT', `/groups/grp_x/members/${id}`);
  expect([noGroup.status, noGroup.body.error.code]).toEqual([404, 'group_not_found']);
});

test('an erased account leaves its groups', async () => {
  const group = await createGroup('Left');
  const { id } = await invite('left@example.org');
  await sandbox.call('PUT', `/groups/${group.id}/members/${id}`);
  expect((await sandbox.call('DELETE', `/users/${id}`)).status).toBe(204);
  expect((await invite('left@example.org')).groups).toEqual([]);
});
