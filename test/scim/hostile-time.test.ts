import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { aGroup, aPatch, aUser, createGroup, createUser, USER_URN } from '../support/people.ts';
import { startWatched } from '../support/watched.ts';

/** How long one request may keep all others waiting, in processor time of the server's thread. */
const MAX_BLOCKED_MS = 50;
const ROUNDS = 4;

const server = await startWatched();
afterAll(() => server.stop());
const client = await server.client();
const user = await createUser(client);
const group = await createGroup(client);
const SECRET = `secret-${randomUUID()}`;
const foreign = await createUser(await server.client(), { title: SECRET, userName: SECRET });
const rich = await createUser(client, { emails: many(1_000, (index) => ({ value: `a${index}`, type: 'other' })) });
for (let index = 0; index < 100; index++) await createUser(client, { title: `t${index}` });

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
const member = (index: number) => ({ value: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}` });
const BULK = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
const MB = 1024 * 1024;
const post = (data: unknown, index: number) => ({ method: 'POST', path: '/Users', bulkId: `b${index}`, data });
const emails = (count: number) => many(count, (index) => ({ value: `${index}@example.org`, type: 'work' }));

const nested = (before: string, times: number, after: string) =>
  `${before}${'['.repeat(times)}${']'.repeat(times)}${after}`;

type Row = { name: string; method?: string; path: string; body: () => unknown };
const ROWS: Row[] = [
  { name: 'a title of 10 MB', path: '/Users', body: () => aUser({ title: 'x'.repeat(9.9 * MB) }) },
  { name: 'a title of 5 MB of é', path: '/Users', body: () => aUser({ title: 'é'.repeat(4.9 * MB) }) },
  { name: '200,000 e-mails', path: '/Users', body: () => aUser({ emails: emails(200_000) }) },
  { name: '10,000 e-mails', path: '/Users', body: () => aUser({ emails: emails(10_000) }) },
  { name: '600,000 keys', path: '/Users', body: () => aUser(Object.fromEntries(many(600_000, (i) => [`k${i}`, 1]))) },
  {
    name: '5 million brackets',
    path: '/Users',
    body: () => `{"userName":"d","x":${'['.repeat(5e6)}${']'.repeat(5e6)}}`,
  },
  {
    name: '5 million brackets in schemas',
    path: '/Users',
    body: () => `{"userName":"d","schemas":${'['.repeat(5e6)}${']'.repeat(5e6)}}`,
  },
  { name: '10 MB of no JSON', path: '/Users', body: () => 'x'.repeat(9.9 * MB) },
  { name: '10 MB of numbers', path: '/Users', body: () => `{"userName":"n","x":[${'1,'.repeat(4.9e6)}1]}` },
  { name: '10 MB of schemas', path: '/Users', body: () => aUser({ schemas: many(1_000_000, () => 'urn:x:y') }) },
  { name: 'a filter of 1 MB', path: '/Users/.search', body: () => ({ filter: `userName eq "${'x'.repeat(MB)}"` }) },
  {
    name: 'a filter of 300 conditions',
    path: '/Users/.search',
    body: () => ({ filter: many(300, (i) => `title co "t${i}"`).join(' or ') }),
  },
  { name: 'attributes of 1 MB', path: '/Users/.search', body: () => ({ attributes: 'title,'.repeat(MB / 6) }) },
  {
    name: 'attributes of 1 MB as a list',
    path: '/Users/.search',
    body: () => ({ attributes: many(150_000, () => 'title') }),
  },
  {
    name: 'unknown attributes of 10 MB',
    path: '/Users/.search',
    body: () => ({ excludedAttributes: many(1_000_000, () => 'titles') }),
  },
  {
    name: '100,000 bulk operations',
    path: '/Bulk',
    body: () => ({ schemas: BULK, Operations: many(100_000, (i) => ({ method: 'DELETE', path: `/Users/${i}` })) }),
  },
  {
    name: '1,000 bulk operations of 10 KB',
    path: '/Bulk',
    body: () => ({ schemas: BULK, Operations: many(1_000, (i) => post(aUser({ emails: emails(190) }), i)) }),
  },
  {
    name: '1,000 bulk PATCHes',
    path: '/Bulk',
    body: () => ({
      schemas: BULK,
      Operations: many(1_000, () => ({
        method: 'PATCH',
        path: `/Users/${user.id}`,
        data: aPatch({ op: 'replace', path: 'title', value: randomUUID() }),
      })),
    }),
  },
  {
    name: 'a bulk operation nested deep',
    path: '/Bulk',
    body: () =>
      `{"schemas":["${BULK[0]}"],"Operations":[{"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["${USER_URN}"],"userName":"deep","x":${'['.repeat(1e6)}${']'.repeat(1e6)}}}]}`,
  },
  {
    name: 'a bulk chain backwards',
    path: '/Bulk',
    body: () => ({
      schemas: BULK,
      Operations: many(1_000, (i) =>
        post(aUser({ nickName: 'x'.repeat(100), emails: emails(100), manager: `bulkId:b${i + 1}` }), i),
      ),
    }),
  },
  {
    name: '10,000 PATCH operations',
    method: 'PATCH',
    path: `/Users/${user.id}`,
    body: () => aPatch(...many(10_000, (i) => ({ op: 'replace', path: 'title', value: `t${i}` }))),
  },
  {
    name: '10,000 PATCH operations on 1,000 e-mails',
    method: 'PATCH',
    path: `/Users/${rich.id}`,
    body: () =>
      aPatch(
        ...many(10_000, (i) => ({ op: 'replace', path: `emails[value eq "a${i % 1000}"].display`, value: `t${i}` })),
      ),
  },
  {
    name: '100,000 PATCH operations',
    method: 'PATCH',
    path: `/Users/${user.id}`,
    body: () => aPatch(...many(100_000, (i) => ({ op: 'replace', path: 'title', value: `t${i}` }))),
  },
  {
    name: 'one PATCH operation of 400,000 keys',
    method: 'PATCH',
    path: `/Users/${user.id}`,
    body: () => aPatch({ op: 'add', value: Object.fromEntries(many(400_000, (i) => [`emails[value eq "${i}"]`, 1])) }),
  },
  {
    name: '5,000 added e-mails',
    method: 'PATCH',
    path: `/Users/${user.id}`,
    body: () => aPatch({ op: 'add', path: 'emails', value: emails(5_000) }),
  },
  {
    name: '5,000 removed of 1,000',
    method: 'PATCH',
    path: `/Users/${rich.id}`,
    body: () => aPatch({ op: 'remove', path: 'emails', value: emails(5_000) }),
  },
  {
    name: '100,000 members added',
    method: 'PATCH',
    path: `/Groups/${group.id}`,
    body: () => aPatch({ op: 'add', path: 'members', value: many(100_000, member) }),
  },
  {
    name: '100,000 members removed',
    method: 'PATCH',
    path: `/Groups/${group.id}`,
    body: () => aPatch({ op: 'remove', path: 'members', value: many(100_000, member) }),
  },
  {
    name: '10,000 members removed one by one',
    method: 'PATCH',
    path: `/Groups/${group.id}`,
    body: () => aPatch(...many(10_000, (i) => ({ op: 'remove', path: `members[value eq "${member(i).value}"]` }))),
  },
  {
    name: '100,000 members PUT',
    method: 'PUT',
    path: `/Groups/${group.id}`,
    body: () => aGroup({ members: many(100_000, (i) => member(i).value) }),
  },
  {
    name: 'a page of 1,000 with a projection',
    path: '/Users/.search',
    body: () => ({ count: 1000, attributes: 'title,name.givenName,emails.value' }),
  },
  // just below the limit of one person
  { name: 'a title of 1 MB', path: '/Users', body: () => aUser({ title: 'x'.repeat(0.99 * MB) }) },
  { name: '1 MB of keys', path: '/Users', body: () => aUser(Object.fromEntries(many(80_000, (i) => [`k${i}`, 1]))) },
  { name: '1 MB of brackets', path: '/Users', body: () => nested(`{"userName":"d","x":`, 5e5, '}') },
  { name: '1 MB of brackets as schemas', path: '/Users', body: () => nested(`{"userName":"d","schemas":`, 5e5, '}') },
  { name: '1 MB of numbers', path: '/Users', body: () => `{"userName":"n","x":[${'1,'.repeat(5e5)}1]}` },
  { name: '1 MB of huge numbers', path: '/Users', body: () => `{"userName":"n","x":[${'1e999,'.repeat(1.6e5)}1]}` },
  { name: '1 MB of equal keys', path: '/Users', body: () => `{"userName":"n"${',"title":"x"'.repeat(9e4)}}` },
  { name: '1 MB of __proto__', path: '/Users', body: () => `{"userName":"n"${',"__proto__":{}'.repeat(6e4)}}` },
  { name: '1 MB of quotes', path: '/Users', body: () => `{"userName":"n","x":"${'\\"'.repeat(5e5)}"}` },
  {
    name: '1 MB of pathless keys',
    method: 'PATCH',
    path: `/Users/${rich.id}`,
    body: () =>
      aPatch({ op: 'add', value: Object.fromEntries(many(20_000, (i) => [`emails[value eq "${i}"].display`, 'x'])) }),
  },
  {
    name: '1,000 e-mails added to 1,000',
    method: 'PATCH',
    path: `/Users/${rich.id}`,
    body: () => aPatch({ op: 'add', path: 'emails', value: emails(1_000) }),
  },
  {
    name: 'attributes as many as go',
    path: '/Users/.search',
    body: () => ({ count: 1_000, attributes: 'name.givenName,'.repeat(1_000) }),
  },
  {
    name: 'a filter as long as goes',
    path: '/Users/.search',
    body: () => ({ filter: `${'title pr or '.repeat(660)}title pr` }),
  },
  // just below the limit of groups and bulk requests
  { name: '10 MB of brackets', path: '/Groups', body: () => nested('{"displayName":"d","x":', 5e6, '}') },
  {
    name: '10 MB of numbers in a group',
    path: '/Groups',
    body: () => `{"displayName":"n","x":[${'1,'.repeat(4.9e6)}1]}`,
  },
  {
    name: '10 MB of keys in a bulk request',
    path: '/Bulk',
    body: () => Object.fromEntries(many(600_000, (i) => [`k${i}`, 1])),
  },
  {
    name: '10 MB of NUL',
    path: '/Bulk',
    body: () => ({ schemas: BULK, Operations: [post(aUser({ title: '\u0000'.repeat(1.5 * MB) }), 1)] }),
  },
  {
    name: '10 MB of members',
    method: 'PUT',
    path: `/Groups/${group.id}`,
    body: () => aGroup({ members: many(190_000, (i) => member(i).value) }),
  },
  {
    name: 'one bulk operation of 10 MB',
    path: '/Bulk',
    body: () => ({ schemas: BULK, Operations: [post(aUser({ title: 'x'.repeat(9.9 * MB) }), 1)] }),
  },
  {
    name: 'one bulk operation of 100,000 e-mails',
    path: '/Bulk',
    body: () => ({ schemas: BULK, Operations: [post(aUser({ emails: emails(200_000) }), 1)] }),
  },
  {
    name: 'one bulk operation of 500,000 keys',
    path: '/Bulk',
    body: () => ({
      schemas: BULK,
      Operations: [post(aUser(Object.fromEntries(many(500_000, (i) => [`k${i}`, 1]))), 1)],
    }),
  },
];

test.for(ROWS)('$name keep nobody waiting', { timeout: 60_000 }, async ({ method = 'POST', path, body }) => {
  const sent = body();
  const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
  let least = Infinity;
  // a pause for the garbage of the request before may fall into this one: the least of some rounds is its own
  for (let round = 0; round < ROUNDS && least >= MAX_BLOCKED_MS; round++) {
    const { answer, blockedMs } = await server.blockedBy(() => client.request(method, path, text));
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain(SECRET);
    least = Math.min(least, blockedMs);
  }
  if (process.env.SHOW_BLOCKED)
    process.stderr.write(`BLOCKED ${least.toFixed(0)} ms by ${path} ${text.slice(0, 60)}\n`);
  expect(least).toBeLessThan(MAX_BLOCKED_MS);
});

const PATHS = [
  '/Users',
  '/Groups',
  '/Bulk',
  '/.search',
  '/Users/.search',
  '/Groups/.search',
  '/Schemas',
  '/Me',
  '/nope',
];
const KEYS = ['schemas', 'userName', 'emails', 'members', 'Operations', 'op', 'path', 'value', 'filter', 'attributes'];
const MORE = ['__proto__', 'constructor', 'cursor', 'sortBy', 'count', 'name', 'active', 'data', 'method', 'bulkId'];
const WORDS = [
  '',
  'add',
  'replace',
  'remove',
  'POST',
  '/Users',
  'bulkId:a',
  'emails[value eq "x"].value',
  '\u0000',
  '\ud800',
];

test('whatever is sent to whatever endpoint, nothing breaks and nobody sees what is another tenant’s', async () => {
  const ids = [user.id, group.id, foreign.id, '%', '%00', '..', '__proto__', '💥', 'x'.repeat(2_000)];
  const path = fc.oneof(
    fc.constantFrom(...PATHS),
    fc.tuple(fc.constantFrom('/Users/', '/Groups/'), fc.constantFrom(...ids)).map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom(...PATHS), fc.constantFrom(...KEYS, ...MORE), fc.string({ unit: 'binary' }))
      .map(([start, key, value]) => `${start}?${key}=${encodeURIComponent(value.toWellFormed())}`),
  );
  const key = fc.constantFrom(...KEYS, ...MORE);
  const body = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(...WORDS, user.id, foreign.id, 1e308, -0, 2 ** 53, true, null, [], {}),
      fc.string({ unit: 'binary' }),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('any')), { maxLength: 5 }).map((entries) => objectOf(entries)),
    ),
  })).any;
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE');
  await fc.assert(
    fc.asyncProperty(method, path, body, fc.boolean(), async (verb, to, sent, twice) => {
      if (verb === 'DELETE' && to.length > 40) return; // these are still needed
      // equal keys in one object: the last one counts, as in every JSON of JavaScript
      const text = JSON.stringify(sent)
        .replace(/^\{/, twice ? '{"schemas":[],"userName":null,' : '{')
        .replace(',}', '}');
      const answer = await client.request(verb, to, verb === 'GET' || verb === 'DELETE' ? undefined : text);
      if (answer.status >= 500 && answer.status !== 501) throw new Error(`${verb} ${to} ${text}: ${answer.text}`);
      expect(answer.text).not.toContain(SECRET);
    }),
    { numRuns: 1_000 },
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}, 60_000);

/** An object that may have a key of its own named __proto__. */
function objectOf(entries: [string, unknown][]): unknown {
  return JSON.parse(
    `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  );
}

test('of equal keys the last one counts, in whatever letter case', async () => {
  const body = `{"schemas":["${USER_URN}"],"userName":"first","active":true,"USERNAME":"${randomUUID()}","Active":false}`;
  const { status, body: made } = await client.request('POST', '/Users', body);
  expect([status, made.active, made.userName]).toEqual([201, false, expect.stringMatching(/^[-\w]{36}$/)]);
});
