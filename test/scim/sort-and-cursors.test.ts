import { afterAll, beforeAll, expect, test } from 'vitest';
import { CURSOR_SECONDS, createCursorSeal } from '../../src/scim/cursor.ts';
import { type Body, type Scim, startScim } from '../support/app.ts';
import { ENTERPRISE_URN } from '../support/people.ts';

let scim: Scim;
const PEOPLE = [
  {
    userName: 'c',
    title: 'Boss',
    emails: [{ value: 'z@example.com' }, { value: 'b@example.com', primary: true }],
    [ENTERPRISE_URN]: { department: 'Zoo' },
  },
  {
    userName: 'A',
    title: 'analyst',
    emails: [{ value: 'c@example.com' }],
    name: { familyName: 'Zimmer' },
    [ENTERPRISE_URN]: { department: 'art' },
  },
  { userName: 'b', name: { familyName: 'adams' } },
  {
    userName: 'D',
    title: 'Clerk',
    emails: [{ value: 'a@example.com' }],
    name: { familyName: 'Miller' },
    active: false,
  },
];
beforeAll(async () => {
  scim = await startScim();
  for (const person of PEOPLE) await scim.request('POST', '/Users', person);
});
afterAll(() => scim?.stop());

const names = (body: Body): string[] => body.Resources.map(({ userName }: Body) => userName);
const list = async (query: string) => (await scim.request('GET', `/Users?${query}`)).body;

test.for([
  { by: 'userName', order: 'ascending', expected: ['A', 'b', 'c', 'D'] },
  { by: 'userName', order: 'descending', expected: ['D', 'c', 'b', 'A'] },
  { by: 'USERNAME', order: 'Descending', expected: ['D', 'c', 'b', 'A'] },
  { by: 'title', order: 'ascending', expected: ['A', 'c', 'D', 'b'] },
  { by: 'title', order: 'descending', expected: ['b', 'D', 'c', 'A'] },
  { by: 'name.familyName', order: 'ascending', expected: ['b', 'D', 'A', 'c'] },
  { by: 'emails', order: 'ascending', expected: ['D', 'c', 'A', 'b'] },
  { by: 'emails.value', order: 'ascending', expected: ['D', 'c', 'A', 'b'] },
  { by: 'urn:ietf:params:scim:schemas:core:2.0:User:userName', order: 'ascending', expected: ['A', 'b', 'c', 'D'] },
  { by: `${ENTERPRISE_URN}:department`, order: 'ascending', expected: ['A', 'c', 'b', 'D'] },
  { by: 'active', order: 'ascending', expected: ['D', 'c', 'A', 'b'] },
  { by: 'meta.created', order: 'ascending', expected: ['c', 'A', 'b', 'D'] },
  { by: 'id', order: 'descending', expected: ['D', 'b', 'A', 'c'] },
])(
  'users sorted by $by, $order: absent values last when ascending (RFC 7644 §3.4.2.3)',
  async ({ by, order, expected }) => {
    expect(names(await list(`sortBy=${encodeURIComponent(by)}&sortOrder=${order}`))).toEqual(expected);
  },
);

test('what cannot be sorted by is left in its own order, and refused by the rfc profile', async () => {
  expect(names(await list('sortBy=nonsense'))).toEqual(['c', 'A', 'b', 'D']);
  expect((await scim.as.rfc.request('GET', '/Users?sortBy=nonsense')).status).toBe(400);
  expect((await scim.request('GET', '/Users?sortBy=userName&sortOrder=sideways')).status).toBe(400);
});

async function walk(query: string, count: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const body: Body = await list(`${query}&count=${count}&cursor=${cursor}`);
    expect(body.totalResults).toBe(4);
    expect(body.startIndex).toBeUndefined();
    pages.push(names(body));
    cursor = body.nextCursor;
  }
  return pages;
}

test.for([
  { query: '', count: 3, pages: [['c', 'A', 'b'], ['D']] },
  { query: '', count: 4, pages: [['c', 'A', 'b', 'D']] },
  { query: 'sortBy=userName', count: 1, pages: [['A'], ['b'], ['c'], ['D']] },
  {
    query: 'sortBy=title',
    count: 2,
    pages: [
      ['A', 'c'],
      ['D', 'b'],
    ],
  },
  { query: 'sortBy=title&sortOrder=descending', count: 1, pages: [['b'], ['D'], ['c'], ['A']] },
  { query: 'sortBy=emails', count: 3, pages: [['D', 'c', 'A'], ['b']] },
  {
    query: 'sortBy=meta.created&sortOrder=descending',
    count: 2,
    pages: [
      ['D', 'b'],
      ['A', 'c'],
    ],
  },
  { query: 'sortBy=active', count: 1, pages: [['D'], ['c'], ['A'], ['b']] },
])('cursors walk "$query" in pages of $count (RFC 9865 §2)', async ({ query, count, pages }) => {
  expect(await walk(query, count)).toEqual(pages);
});

test('previousCursor leads back over the same pages', async () => {
  const first = await list('sortBy=title&count=2&cursor=');
  expect(first.previousCursor).toBeUndefined();
  const second = await list(`sortBy=title&count=2&cursor=${first.nextCursor}`);
  expect(names(second)).toEqual(['D', 'b']);
  expect(second.nextCursor).toBeUndefined();
  const back = await list(`sortBy=title&count=2&cursor=${second.previousCursor}`);
  expect(names(back)).toEqual(names(first));
  expect(back.previousCursor).toBeUndefined();
  expect(names(await list(`sortBy=title&count=2&cursor=${back.nextCursor}`))).toEqual(names(second));
});

test('pages stay stable while rows come and go: nobody twice, nobody who stays is missed', async () => {
  const stranger = await scim.stranger();
  for (let n = 0; n < 10; n++) await stranger.request('POST', '/Users', { userName: `s${n}` });
  const seen: string[] = [];
  let cursor: string | undefined = '';
  for (let page = 0; cursor !== undefined; page++) {
    const { body } = await stranger.request('GET', `/Users?sortBy=userName&count=3&cursor=${cursor}`);
    seen.push(...names(body));
    cursor = body.nextCursor;
    if (page === 0) await stranger.request('POST', '/Users', { userName: 's00' }); // before the second page: passed already
    if (page === 1) await stranger.request('DELETE', `/Users/${body.Resources[0].id}`);
  }
  expect(seen).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9']);
});

test('a cursor is good for its own query, its own connection and its own time', async () => {
  const { nextCursor } = await list('count=1&cursor=');
  const refused = async (query: string, client = scim.as.generic) =>
    (await client.request('GET', `/Users?${query}`)).body;
  expect(await refused(`count=1&cursor=${nextCursor}&sortBy=title`)).toMatchObject({
    status: '400',
    scimType: 'invalidCursor',
  });
  expect(await refused(`count=1&cursor=${nextCursor}`, scim.as.okta)).toMatchObject({ scimType: 'invalidCursor' });
  expect(await refused('count=1&cursor=nonsense')).toMatchObject({ scimType: 'invalidCursor' });
  expect(await refused(`count=1&cursor=${nextCursor?.slice(0, -2)}AA`)).toMatchObject({ scimType: 'invalidCursor' });
  expect((await scim.request('GET', `/Users?count=3&cursor=${nextCursor}`)).status).toBe(200); // count may change

  let now = 0;
  const seal = createCursorSeal('secret', () => now);
  const text = seal.write({ position: { id: 'x', value: null }, backwards: false }, 'q');
  expect(seal.read(text, 'q')).toEqual({ position: { id: 'x', value: null }, backwards: false });
  now = (CURSOR_SECONDS + 1) * 1000;
  expect(() => seal.read(text, 'q')).toThrow(/expired/);
});

test('a search takes sorting and cursors in its body, and the root searches all types (RFC 7644 §3.4.3)', async () => {
  await scim.request('POST', '/Groups', { displayName: 'Crew' });
  const search = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    sortBy: 'userName',
    count: 1,
    cursor: '',
  };
  const { body } = await scim.request('POST', '/Users/.search', search);
  expect(names(body)).toEqual(['A']);
  expect(body.nextCursor).toBeDefined();

  const all = await scim.request('POST', '/.search', { schemas: search.schemas, count: 10 });
  expect(all.body).toMatchObject({ totalResults: 5, itemsPerPage: 5, startIndex: 1 });
  const last = await scim.request('POST', '/.search', { schemas: search.schemas, startIndex: 4, count: 2 });
  expect(last.body.Resources.map((resource: Body) => resource.meta.resourceType)).toEqual(['User', 'Group']);
});
