import { afterAll, expect, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { createGroup, createUser, LIST_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request } = scim;

const people: { id: string; userName: string }[] = [];
for (let index = 0; index < 7; index++) {
  people.push(
    await createUser(scim, { userName: `Person${index}@Example.com`, externalId: `Ext${index}`, title: 'T' }),
  );
}
const crew = await createGroup(scim, { displayName: 'Crew', members: [people[0]?.id ?? '', people[1]?.id ?? ''] });

const list = async (query: Record<string, string>, path = '/Users') =>
  (await request('GET', `${path}?${new URLSearchParams(query)}`)).body;
const idsOf = (body: { Resources: { id: string }[] }) => body.Resources.map(({ id }) => id);

test.for([
  { name: 'no parameters', query: {}, from: 0, to: 7, start: 1 },
  { name: 'a page', query: { startIndex: '3', count: '2' }, from: 2, to: 4, start: 3 },
  { name: 'the last page, not full', query: { startIndex: '6', count: '5' }, from: 5, to: 7, start: 6 },
  { name: 'a page that is just full', query: { startIndex: '6', count: '2' }, from: 5, to: 7, start: 6 },
  { name: 'a start past the end', query: { startIndex: '50' }, from: 7, to: 7, start: 50 },
  { name: 'a start far past the end', query: { startIndex: '99999999999999999999' }, from: 7, to: 7, start: 1e9 },
  { name: 'count 0: the total alone', query: { count: '0' }, from: 0, to: 0, start: 1 },
  { name: 'a negative count as 0', query: { count: '-5' }, from: 0, to: 0, start: 1 },
  { name: 'a start below 1 as 1', query: { startIndex: '-4' }, from: 0, to: 7, start: 1 },
  {
    name: 'empty parameters',
    query: { startIndex: '', count: '', filter: '', attributes: '' },
    from: 0,
    to: 7,
    start: 1,
  },
])('$name: the right page, and the same total', async ({ query, from, to, start }) => {
  expect(await list(query)).toMatchObject({
    schemas: [LIST_URN],
    totalResults: 7,
    startIndex: start,
    itemsPerPage: to - from,
    Resources: people.slice(from, to).map(({ id }) => ({ id })),
  });
});

test('every page size walks over everybody once, in one order (C25)', async () => {
  for (const size of [1, 2, 3, 5, 7, 200]) {
    const seen: string[] = [];
    for (let start = 1; start <= 7; start += size) {
      const page = await list({ startIndex: String(start), count: String(size) });
      for (const value of [page.startIndex, page.itemsPerPage, page.totalResults]) expect(value).toBeTypeOf('number');
      seen.push(...idsOf(page));
    }
    expect(seen).toEqual(people.map(({ id }) => id));
  }
});

test.for([
  { name: 'userName in another letter case (C26)', filter: 'userName eq "PERSON3@example.COM"', found: [3] },
  { name: 'externalId, exactly (C14)', filter: 'externalId eq "Ext2"', found: [2] },
  { name: 'externalId in another letter case', filter: 'externalId eq "ext2"', found: [] },
  { name: 'userName and active (C14)', filter: 'userName eq "person1@example.com" and active eq true', found: [1] },
  {
    name: 'the core schema’s URN (C11)',
    filter: `urn:ietf:params:scim:schemas:core:2.0:User:userName sw "person4"`,
    found: [4],
  },
  { name: 'somebody who is not there (C19)', filter: 'userName eq "5b61d4f0"', found: [] },
  { name: 'an unknown attribute: nothing', filter: 'favouriteColour eq "red"', found: [] },
  { name: 'an attribute named constructor: nothing', filter: 'constructor eq "x"', found: [] },
  { name: 'a group they are in', filter: `groups.value eq "${crew.id}"`, found: [0, 1] },
  { name: 'a group’s name', filter: 'groups.display eq "crew"', found: [0, 1] },
  { name: 'a group in brackets', filter: `groups[value eq "${crew.id}" and type eq "direct"]`, found: [0, 1] },
  { name: 'being in a group at all', filter: 'groups pr', found: [0, 1] },
  { name: 'being in none', filter: 'not (groups pr)', found: [2, 3, 4, 5, 6] },
])('users are found by $name', async ({ filter, found }) => {
  const body = await list({ filter });
  expect(idsOf(body)).toEqual(found.map((index) => people[index]?.id));
  expect(body).toMatchObject({ totalResults: found.length, itemsPerPage: found.length });
});

test.for([
  { name: 'id and member (C14)', filter: `id eq "${crew.id}" and members eq "${people[0]?.id}"`, found: true },
  { name: 'id and somebody else', filter: `id eq "${crew.id}" and members eq "${people[2]?.id}"`, found: false },
  { name: 'member in brackets', filter: `members[value eq "${people[1]?.id}"]`, found: true },
  { name: 'kind of member', filter: 'members.type eq "user"', found: true },
  { name: 'exact name (C26)', filter: 'displayName eq "Crew"', found: true },
])('groups are found by $name', async ({ filter, found }) => {
  expect(idsOf(await list({ filter }, '/Groups'))).toEqual(found ? [crew.id] : []);
});

test('a search by POST answers like the list', async () => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];
  const search = { schemas, filter: 'title eq "t"', startIndex: 2, count: 3, attributes: ['userName'] };
  const { status, body } = await request('POST', '/Users/.search', search);
  expect(status).toBe(200);
  expect(body).toMatchObject({ totalResults: 7, startIndex: 2, itemsPerPage: 3 });
  expect(body.Resources.map(Object.keys)).toEqual(Array(3).fill(['schemas', 'id', 'userName']));
});

test('pages hold a thousand at most', async () => {
  const { status, body } = await request('GET', '/Users?count=1000000');
  expect([status, body.itemsPerPage]).toEqual([200, 7]);
});

test.for(['startIndex=x', 'count=1.5', 'count=1&count=2', 'filter=a&filter=b'])('?%s is 400', async (query) => {
  expect((await request('GET', `/Users?${query}`)).status).toBe(400);
});

test('the rfc profile refuses a filter on an attribute that no schema has', async () => {
  const { status, body } = await scim.as.rfc.request('GET', '/Users?filter=favouriteColour+eq+%22red%22');
  expect([status, body.scimType]).toEqual([400, 'invalidFilter']);
});

test('a deleted person is in no list and no total', async () => {
  const client = scim.as.okta;
  const gone = await createUser(client);
  await createUser(client);
  await client.request('DELETE', `/Users/${gone.id}`);
  expect((await client.request('GET', '/Users')).body).toMatchObject({ totalResults: 1, itemsPerPage: 1 });
});
