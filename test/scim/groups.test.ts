import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { Profile } from '../../src/model/connection.ts';
import { type Client, startScim } from '../support/app.ts';
import { aGroup, aPatch, createGroup, createUser, ERROR_URN, GROUP_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request } = scim;

/** Leniency is the same in all profiles but rfc. */
const TWO = ['generic', 'rfc'] as const;
/** Six people of each connection. */
const people = new Map<Profile, string[]>();
for (const profile of TWO) {
  const six = Array.from({ length: 6 }, async (): Promise<string> => (await createUser(scim.as[profile])).id);
  people.set(profile, await Promise.all(six));
}
const ids = people.get('generic') ?? [];
const pick = (...indexes: number[]) => indexes.map((index) => ids[index] as string);
const valuesOf = (members: { value: string }[] = []) => members.map(({ value }) => value);
const membersOf = async (id: string, client: Pick<Client, 'request'> = scim) =>
  valuesOf((await client.request('GET', `/Groups/${id}`)).body.members);

test('a created group is answered as 201 with Location, ETag and its members', async () => {
  const { status, headers, body } = await request(
    'POST',
    '/Groups',
    aGroup({ displayName: 'Crew', members: pick(0, 1) }),
  );
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`${scim.base}/Groups/${body.id}`);
  expect(headers.get('etag')).toBe('W/"1"');
  expect(body).toMatchObject({
    schemas: [GROUP_URN],
    displayName: 'Crew',
    members: pick(0, 1).map((value) => ({ value, $ref: `${scim.base}/Users/${value}`, type: 'User' })),
    meta: { resourceType: 'Group', location: `${scim.base}/Groups/${body.id}`, version: 'W/"1"' },
  });
});

test('a group can be a member of a group', async () => {
  const inner = await createGroup(scim);
  const outer = await createGroup(scim, { members: [inner.id] });
  const $ref = `${scim.base}/Groups/${inner.id}`;
  expect(outer.members).toEqual([{ value: inner.id, $ref, type: 'Group' }]);
  const other = await createGroup(scim);
  await request('PATCH', `/Groups/${outer.id}`, aPatch({ op: 'add', path: 'members', value: [{ value: other.id }] }));
  expect(await membersOf(outer.id)).toEqual([inner.id, other.id].toSorted());
});

type Row = { name: string; operations: (id: (index: number) => string) => unknown[]; left: number[] };
const member = (value: string) => ({ value });

test.for<Row>([
  {
    name: 'adding one',
    operations: (id) => [{ op: 'add', path: 'members', value: [member(id(3))] }],
    left: [0, 1, 2, 3],
  },
  {
    name: 'adding one without an array',
    operations: (id) => [{ op: 'add', path: 'members', value: member(id(3)) }],
    left: [0, 1, 2, 3],
  },
  {
    name: 'adding without a path',
    operations: (id) => [{ op: 'add', value: { members: [member(id(3))] } }],
    left: [0, 1, 2, 3],
  },
  {
    name: 'adding one twice in a request',
    operations: (id) => [{ op: 'add', path: 'members', value: [member(id(3)), member(id(3))] }],
    left: [0, 1, 2, 3],
  },
  {
    name: 'adding who is in (C23)',
    operations: (id) => [{ op: 'add', path: 'members', value: [member(id(1))] }],
    left: [0, 1, 2],
  },
  {
    name: 'removing one by a filter (C8)',
    operations: (id) => [{ op: 'remove', path: `members[value eq "${id(1)}"]` }],
    left: [0, 2],
  },
  {
    name: 'removing two by a filter with or',
    operations: (id) => [{ op: 'remove', path: `members[value eq "${id(1)}" or value eq "${id(2)}"]` }],
    left: [0],
  },
  {
    name: 'removing who is not in',
    operations: (id) => [{ op: 'remove', path: `members[value eq "${id(5)}"]` }],
    left: [0, 1, 2],
  },
  { name: 'removing all', operations: () => [{ op: 'remove', path: 'members' }], left: [] },
  {
    name: 'replacing all',
    operations: (id) => [{ op: 'replace', path: 'members', value: [member(id(2)), member(id(4))] }],
    left: [2, 4],
  },
  { name: 'replacing all by nobody', operations: () => [{ op: 'replace', path: 'members', value: [] }], left: [] },
  {
    name: 'replacing without a path by nobody (C22)',
    operations: () => [{ op: 'replace', value: { members: [] } }],
    left: [],
  },
  {
    name: 'removing and adding in one request, in the order given (C23)',
    operations: (id) => [
      { op: 'remove', path: `members[value eq "${id(0)}"]` },
      { op: 'add', path: 'members', value: [member(id(0)), member(id(5))] },
      { op: 'remove', path: `members[value eq "${id(1)}"]` },
    ],
    left: [0, 2, 5],
  },
])('$name leaves the right members, in tolerant profiles and strictly', async ({ operations, left }) => {
  for (const profile of TWO) {
    const client = scim.as[profile];
    const id = (index: number) => people.get(profile)?.[index] ?? '';
    const group = await createGroup(client, { members: [0, 1, 2].map(id) });
    const { status, body } = await client.request('PATCH', `/Groups/${group.id}`, aPatch(...operations(id)));
    expect({ profile, status, body }).toEqual({ profile, status: 204, body: undefined });
    expect(await membersOf(group.id, client)).toEqual(left.map(id).toSorted());
  }
});

test.for<Row>([
  {
    name: 'removing those listed (C7)',
    operations: (id) => [{ op: 'Remove', path: 'members', value: [{ value: id(0), $ref: null }] }],
    left: [1, 2],
  },
  { name: 'removing without a value (C7)', operations: () => [{ op: 'Remove', path: 'members' }], left: [] },
  {
    name: 'adding by a filter (C8)',
    operations: (id) => [{ op: 'Add', path: `members[value eq "${id(4)}"]`, value: null }],
    left: [0, 1, 2, 4],
  },
  {
    name: 'adding bare ids (C30)',
    operations: (id) => [{ op: 'add', path: 'members', value: [id(3), id(4)] }],
    left: [0, 1, 2, 3, 4],
  },
  {
    name: 'adding a bare id (C30)',
    operations: (id) => [{ op: 'add', path: 'members', value: id(3) }],
    left: [0, 1, 2, 3],
  },
  {
    name: 'adding with nulls inside (C9)',
    operations: (id) => [{ op: 'Add', path: 'members', value: [{ value: id(3), $ref: null, display: null }] }],
    left: [0, 1, 2, 3],
  },
  {
    name: 'adding under the schema’s URN (C11)',
    operations: (id) => [{ op: 'add', value: { [`${GROUP_URN}:members`]: [member(id(3))] } }],
    left: [0, 1, 2, 3],
  },
])(
  '$name is what clients send; the rfc profile refuses what the RFC does not have',
  async ({ name, operations, left }) => {
    for (const profile of TWO) {
      const client = scim.as[profile];
      const id = (index: number) => people.get(profile)?.[index] ?? '';
      const group = await createGroup(client, { members: [0, 1, 2].map(id) });
      const { status } = await client.request('PATCH', `/Groups/${group.id}`, aPatch(...operations(id)));
      const refused = profile === 'rfc' && !name.includes('C9');
      const capital = profile === 'rfc' && name.includes('C9'); // only its operation is capitalised
      expect({ profile, status }).toEqual({ profile, status: refused || capital ? 400 : 204 });
      expect(await membersOf(group.id, client)).toEqual((status === 204 ? left : [0, 1, 2]).map(id).toSorted());
    }
  },
);

test('hundreds of single member operations in one request are all done (C8)', async () => {
  const crowd = await Promise.all(Array.from({ length: 100 }, async () => (await createUser(scim)).id as string));
  const { id } = await createGroup(scim);
  const adds = crowd.map((value) => ({ op: 'Add', path: 'members', value: [{ value }] }));
  expect((await request('PATCH', `/Groups/${id}`, aPatch(...adds))).status).toBe(204);
  expect(await membersOf(id)).toEqual(crowd.toSorted());
  const removes = crowd.map((value) => ({ op: 'Remove', path: `members[value eq "${value}"]` }));
  expect((await request('PATCH', `/Groups/${id}`, aPatch(...removes))).status).toBe(204);
  expect(await membersOf(id)).toEqual([]);
});

test('a rename leaves the members untouched (C21)', async () => {
  const { id } = await createGroup(scim, { members: pick(0, 1) });
  const patch = aPatch({ op: 'replace', value: { id, displayName: 'Renamed' } });
  expect((await request('PATCH', `/Groups/${id}`, patch)).status).toBe(204);
  const { body } = await request('GET', `/Groups/${id}`);
  expect(body.displayName).toBe('Renamed');
  expect(valuesOf(body.members)).toEqual(pick(0, 1).toSorted());
});

test('PUT replaces name and members in full (C22)', async () => {
  const { id } = await createGroup(scim, { members: pick(0, 1), externalId: 'x' });
  const { status, body } = await request('PUT', `/Groups/${id}`, aGroup({ displayName: 'New', members: pick(1, 2) }));
  expect(status).toBe(200);
  expect(body.displayName).toBe('New');
  expect(valuesOf(body.members)).toEqual(pick(1, 2).toSorted());
  expect(body).not.toHaveProperty('externalId');
});

test('PUT with display null and without types is understood (C24)', async () => {
  const { id } = await createGroup(scim);
  const members = [{ value: ids[0], display: null }];
  const { status, body } = await request('PUT', `/Groups/${id}`, { ...aGroup(), members });
  expect([status, valuesOf(body.members)]).toEqual([200, pick(0)]);
});

test.for([
  { name: 'an id that nobody has', value: randomUUID() },
  { name: 'an id that is no UUID', value: 'no-such-id' },
  { name: 'a number', value: 7 },
  { name: 'nothing', value: undefined },
])('adding $name is 400 and changes nothing', async ({ value }) => {
  const { id } = await createGroup(scim, { members: pick(0) });
  const members = [{ value: ids[1] }, { value, display: 'x' }];
  const answers = [
    await request('PATCH', `/Groups/${id}`, aPatch({ op: 'add', path: 'members', value: members })),
    await request('PUT', `/Groups/${id}`, { ...aGroup(), members }),
    await request('POST', '/Groups', { ...aGroup(), members }),
  ];
  for (const { status, body } of answers) {
    expect(status).toBe(400);
    expect(body).toMatchObject({ schemas: [ERROR_URN], status: '400', scimType: 'invalidValue' });
  }
  expect(await membersOf(id)).toEqual(pick(0));
});

test.for([
  { name: 'a member’s sub-attribute', operation: { op: 'replace', path: 'members.display', value: 'x' } },
  { name: 'a member in place', operation: { op: 'replace', path: 'members[value eq "x"]', value: { value: 'y' } } },
  { name: 'the name by removing it', operation: { op: 'remove', path: 'displayName' } },
  { name: 'the id', operation: { op: 'replace', path: 'id', value: 'x' } },
])('changing $name is 400 mutability', async ({ operation }) => {
  const { id } = await createGroup(scim);
  const { status, body } = await request('PATCH', `/Groups/${id}`, aPatch(operation));
  expect([status, body.scimType]).toEqual([400, 'mutability']);
});

test('a PATCH whose last operation fails changes neither name nor members', async () => {
  const group = await createGroup(scim, { members: pick(0) });
  const patch = aPatch(
    { op: 'replace', path: 'displayName', value: 'Half' },
    { op: 'add', path: 'members', value: [{ value: ids[1] }] },
    { op: 'remove', path: `members[value eq "${ids[0]}"]` },
    { op: 'add', path: 'members', value: [{ value: randomUUID() }] },
  );
  expect((await request('PATCH', `/Groups/${group.id}`, patch)).status).toBe(400);
  expect((await request('GET', `/Groups/${group.id}`)).body).toEqual(group);
});

test('excludedAttributes=members leaves the members out, in reads and lists (C13)', async () => {
  const { id } = await createGroup(scim, { members: pick(0) });
  const read = await request('GET', `/Groups/${id}?excludedAttributes=members`);
  expect(read.body).not.toHaveProperty('members');
  const listed = await request('GET', '/Groups?excludedAttributes=members&count=1000');
  for (const group of listed.body.Resources) expect(group).not.toHaveProperty('members');
});

test('a deleted group is gone for its members, too', async () => {
  const person = await createUser(scim);
  const { id } = await createGroup(scim, { members: [person.id] });
  expect((await request('DELETE', `/Groups/${id}`)).status).toBe(204);
  expect((await request('GET', `/Groups/${id}`)).status).toBe(404);
  expect((await request('GET', `/Users/${person.id}`)).body).not.toHaveProperty('groups');
});

test('a deleted user is gone from their groups, whose version moves', async () => {
  const person = await createUser(scim);
  const { id } = await createGroup(scim, { members: [...pick(0), person.id] });
  await request('DELETE', `/Users/${person.id}`);
  const { body, headers } = await request('GET', `/Groups/${id}`);
  expect(valuesOf(body.members)).toEqual(pick(0));
  expect(headers.get('etag')).toBe('W/"2"');
});

test('a group that is deleted while members are added ends as 204 or 404, with no member left behind', async () => {
  const { id } = await createGroup(scim);
  const adds = ids.map((value) =>
    request('PATCH', `/Groups/${id}`, aPatch({ op: 'add', path: 'members', value: [{ value }] })),
  );
  const [gone, ...added] = await Promise.all([request('DELETE', `/Groups/${id}`), ...adds]);
  expect(gone?.status).toBe(204);
  for (const { status } of added) expect([204, 404]).toContain(status);
  const { rows } = await scim.db.raw('select 1 from memberships where group_id = ?', [id]);
  expect(rows).toEqual([]);
});

test('users that are deleted while they are added are members of nothing afterwards', async () => {
  const leavers = await Promise.all(Array.from({ length: 8 }, async () => (await createUser(scim)).id as string));
  const { id } = await createGroup(scim);
  const answers = await Promise.all(
    leavers.flatMap((value) => [
      request('PATCH', `/Groups/${id}`, aPatch({ op: 'add', path: 'members', value: [{ value }] })),
      request('DELETE', `/Users/${value}`),
    ]),
  );
  for (const { status } of answers) expect([204, 400]).toContain(status);
  expect(await membersOf(id)).toEqual([]);
});

test('groups are told apart by id: two may have one name', async () => {
  const [a, b] = [await createGroup(scim, { displayName: 'Twin' }), await createGroup(scim, { displayName: 'Twin' })];
  const found = await request('GET', `/Groups?filter=${encodeURIComponent('displayName eq "twin"')}`);
  expect(found.body.Resources.map(({ id }: { id: string }) => id)).toEqual([a.id, b.id]);
});
