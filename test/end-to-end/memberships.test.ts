import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';

let gangway: Gangway;
let ada: string;
let admin: ReturnType<typeof adminOf>;
beforeEach(async () => {
  gangway = await startGangway();
  admin = adminOf(gangway);
  ada = String((await gangway.scim('POST', '/Users', scimUser('ada'))).body['id']);
  await settled(gangway.db);
});
afterEach(() => gangway?.stop());

const groupsOf = async () => (await gangway.accounts())[0]?.groups ?? [];
const groupOf = async (displayName: string, members: string[] = [ada]) => {
  const body = { displayName, members: members.map((value) => ({ value })) };
  const id = String((await gangway.scim('POST', '/Groups', body)).body['id']);
  await settled(gangway.db);
  return id;
};
/** Somebody at the app puts ada into a group of this name, or takes her out. */
const byHand = async (method: 'PUT' | 'DELETE', name: string) => {
  const found = (await gangway.sandbox('GET', `/groups?name=${name}`)).body['groups'] as { id: string }[];
  const id = found[0]?.id ?? String((await gangway.sandbox('POST', '/groups', { name })).body['id']);
  const [account] = await gangway.accounts();
  await gangway.sandbox(method, `/groups/${id}/members/${account?.id}`);
};
const memberships = async () =>
  ((await admin('GET', `/people/${ada}/memberships`)).body['memberships'] as { group: string; owner: string }[]).map(
    ({ group, owner }) => `${group} ${owner}`,
  );

test('complaint 13: neither pushes nor runs take away a membership that somebody gave at the app (S78)', async () => {
  const navy = await groupOf('Navy');
  await byHand('PUT', 'Choir');
  await reconcileNow(gangway);
  await gangway.scim('PUT', `/Groups/${navy}`, { displayName: 'Navy', members: [] });
  await gangway.scim('PUT', `/Users/${ada}`, scimUser('ada', { title: 'Admiral' }));
  await eventually('she is out of the navy', async () => (await groupsOf()).join() === 'Choir');
  await reconcileNow(gangway);
  expect(await groupsOf()).toEqual(['Choir']);
});

test('S79: a managed membership that was taken away at the app is given again', async () => {
  await groupOf('Navy');
  await byHand('DELETE', 'Navy');
  expect(await groupsOf()).toEqual([]);
  expect((await reconcileNow(gangway)).counts).toMatchObject({ differs: 1 });
  expect(await groupsOf()).toEqual(['Navy']);
});

test('where the policy removes them, memberships that others gave go, of groups that the connection has', async () => {
  await groupOf('Navy', []);
  await byHand('PUT', 'Navy');
  await byHand('PUT', 'Choir');
  await reconcileNow(gangway);
  expect(await groupsOf()).toEqual(['Choir', 'Navy']);
  const policy = { invite: 'automatic', guard: 'off', manualMemberships: 'remove' };
  await admin('PUT', `/connections/${gangway.connection.id}/policy`, policy);
  await eventually('the navy is gone', async () => (await groupsOf()).join() === 'Choir');
});

test('S67, S75: a mover is in the new group before leaving the old one', async () => {
  const navy = await groupOf('Navy');
  const army = await groupOf('Army', []);
  const change = (op: string, path: string, value?: unknown) => patchOp({ op, path, ...(value ? { value } : {}) });
  await admin('POST', `/connections/${gangway.connection.id}/pause`);
  await gangway.scim('PATCH', `/Groups/${navy}`, change('remove', `members[value eq "${ada}"]`));
  await gangway.scim('PATCH', `/Groups/${army}`, change('add', 'members', [{ value: ada }]));
  await admin('POST', `/connections/${gangway.connection.id}/enable`);
  await eventually('she has moved', async () => (await groupsOf()).join() === 'Army');
  await settled(gangway.db);
  const { rows } = await gangway.db.raw(`select kind, detail->>'group' as name from actions order by id desc limit 2`);
  expect(rows).toEqual([
    { kind: 'revoke', name: 'Navy' },
    { kind: 'grant', name: 'Army' },
  ]);
});

test('S78: a membership that an operator gives is granted, survives the source, and can be taken back', async () => {
  const path = `/people/${ada}/memberships`;
  const made = await admin('POST', path, { group: 'Crew' });
  expect([made.status, made.body]).toMatchObject([201, { group: 'Crew', owner: 'manual', target: { name: 'app' } }]);
  await eventually('she is in', async () => (await groupsOf()).join() === 'Crew');
  const crew = await groupOf('Crew');
  expect(await memberships()).toEqual(['Crew source', 'Crew manual']);
  await gangway.scim('PUT', `/Groups/${crew}`, { displayName: 'Crew', members: [] });
  await settled(gangway.db);
  await reconcileNow(gangway);
  expect(await groupsOf()).toEqual(['Crew']);
  expect(await memberships()).toEqual(['Crew manual']);
  expect((await admin('DELETE', `${path}?group=Crew`)).status).toBe(204);
  await eventually('she is out', async () => (await groupsOf()).length === 0);
  const again = await admin('DELETE', `${path}?group=Crew`);
  expect([again.status, again.body['detail']]).toEqual([404, expect.stringContaining('by hand')]);
});

test('S79: what the source gives an operator cannot take: 409 names the connection and the rule', async () => {
  await groupOf('Navy');
  const refused = await admin('DELETE', `/people/${ada}/memberships?group=Navy`);
  expect([refused.status, refused.body['code']]).toEqual([409, 'managed_membership']);
  expect(refused.body['detail']).toMatch(/connection "idp".*group "Navy".*at "app"/);
  expect(await groupsOf()).toEqual(['Navy']);
});

test('S80: a membership by hand changes no attribute; the department is the source’s alone', async () => {
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  await gangway.scim('PUT', `/Users/${ada}`, scimUser('ada', { [enterprise]: { department: 'Navy' } }));
  await settled(gangway.db);
  await admin('POST', `/people/${ada}/memberships`, { group: 'Army' });
  await eventually('she is in', async () => (await groupsOf()).join() === 'Army');
  await settled(gangway.db);
  expect((await gangway.accounts())[0]?.department).toBe('Navy');
});

test('who comes back under another id keeps what operators gave', async () => {
  await admin('POST', `/people/${ada}/memberships`, { group: 'Crew' });
  await eventually('she is in', async () => (await groupsOf()).join() === 'Crew');
  await settled(gangway.db);
  await gangway.scim('DELETE', `/Users/${ada}`);
  await eventually('she is suspended', async () => (await gangway.accounts())[0]?.status === 'suspended');
  await settled(gangway.db);
  await gangway.scim('POST', '/Users', scimUser('ada'));
  await eventually('she is back', async () => (await gangway.accounts())[0]?.status === 'invited');
  await settled(gangway.db);
  expect(await groupsOf()).toEqual(['Crew']);
});

test('another tenant’s person, an unknown group and a target that does not follow are not found', async () => {
  const path = `/people/${ada}/memberships`;
  expect((await admin('GET', '/people/01890000-0000-7000-8000-000000000000/memberships')).status).toBe(404);
  expect((await admin('POST', path, { group: 'Crew', targetId: ada })).status).toBe(404);
  expect((await admin('POST', path, {})).status).toBe(422);
  expect((await admin('DELETE', `${path}?group=Nothing`)).status).toBe(404);
});
