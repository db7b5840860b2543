import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPerson } from '../../src/directory/person.ts';
import { type Body, type Scim, startScim } from '../support/app.ts';
import { aPatch, createGroup, createUser } from '../support/people.ts';

let scim: Scim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim?.stop());

const groupsOf = async (id: string) =>
  ((await scim.request('GET', `/Users/${id}`)).body.groups ?? [])
    .map(({ display, type }: Body) => `${display} ${type}`)
    .toSorted();
const named = (displayName: string, members: string[]) => createGroup(scim, { displayName, members });
const settleAll = () => scim.db.raw(`update work_item set state = 'idle'`);
const marked = async () => {
  const { rows } = await scim.db.raw(`select subject_id as id, lane from work_item where state = 'ready'`);
  return new Map<string, number>(rows.map(({ id, lane }: { id: string; lane: number }) => [id, lane]));
};
const namesForDelivery = async (personId: string) => {
  const read = await readPerson(scim.db, { tenantId: scim.tenantId, personId, targetId: scim.targetId });
  return read?.person.groups.toSorted();
};

test('a member of a group is, through it, in every group that holds it (RFC 7643 §4.1.2)', async () => {
  const { id } = await createUser(scim);
  const team = await named('Team', [id]);
  const division = await named('Division', [team.id]);
  await named('Company', [division.id, id]);
  expect(await groupsOf(id)).toEqual(['Company direct', 'Division indirect', 'Team direct']);
  expect(await namesForDelivery(id)).toEqual(['Company', 'Division', 'Team']);
});

test('groups that hold each other end the search, not the server', async () => {
  const { id } = await createUser(scim);
  const first = await named('First', [id]);
  const second = await named('Second', [first.id]);
  await scim.request(
    'PATCH',
    `/Groups/${first.id}`,
    aPatch({ op: 'add', path: 'members', value: [{ value: second.id }] }),
  );
  expect(await groupsOf(id)).toEqual(['First direct', 'Second indirect']);
});

test.for([
  { name: 'adding a group', op: 'add', lane: 1 },
  { name: 'removing it', op: 'remove', lane: 0 },
])('$name marks everybody in it, at any depth, and nobody else', async ({ op, lane }) => {
  const [inner, outer, other] = [await createUser(scim), await createUser(scim), await createUser(scim)];
  const leaf = await named(`Leaf ${op}`, [inner.id]);
  const branch = await named(`Branch ${op}`, [leaf.id, outer.id]);
  const root = await named(`Root ${op}`, op === 'remove' ? [branch.id, other.id] : [other.id]);
  await settleAll();
  const change =
    op === 'add'
      ? { op, path: 'members', value: [{ value: branch.id }] }
      : { op, path: `members[value eq "${branch.id}"]` };
  expect((await scim.request('PATCH', `/Groups/${root.id}`, aPatch(change))).status).toBe(204);
  expect(await marked()).toEqual(
    new Map([
      [inner.id, lane],
      [outer.id, lane],
    ]),
  );
});

test('renaming or deleting a group marks the people of the groups in it', async () => {
  const { id } = await createUser(scim);
  const leaf = await named('Leaf', [id]);
  const root = await named('Root', [leaf.id]);
  await settleAll();
  await scim.request('PATCH', `/Groups/${root.id}`, aPatch({ op: 'replace', value: { displayName: 'Trunk' } }));
  expect(await marked()).toEqual(new Map([[id, 1]]));
  await settleAll();
  await scim.request('DELETE', `/Groups/${root.id}`);
  expect(await marked()).toEqual(new Map([[id, 0]]));
  expect(await groupsOf(id)).toEqual(['Leaf direct']);
});

test('where no group lies in another, a user shows direct groups alone', async () => {
  const stranger = await scim.stranger();
  const { id } = await createUser(stranger);
  await createGroup(stranger, { displayName: 'Flat', members: [id] });
  const { body } = await stranger.request('GET', `/Users/${id}`);
  expect(body.groups).toMatchObject([{ display: 'Flat', type: 'direct' }]);
});
