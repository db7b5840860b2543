import { afterAll, expect, test } from 'vitest';
import { PROFILES, startScim } from '../support/app.ts';
import { aPatch, aUser, createGroup, createUser, ERROR_URN, USER_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request } = scim;
const user = await createUser(scim, { emails: [{ value: 'a@example.org', type: 'work' }] });
const group = await createGroup(scim);

const anError = (status: number, scimType: string) => ({
  schemas: [ERROR_URN],
  status: String(status),
  scimType,
  detail: expect.stringMatching(/\S/),
});

const long = 'x'.repeat(3_000);
const noise = Array.from({ length: 4_000 }, (_, index) => String.fromCharCode(0x4e00 + ((index * 7919) % 20_000))).join(
  '',
);

test.for([
  { name: 'no userName', sent: { userName: undefined } },
  { name: 'an empty userName', sent: { userName: '' } },
  { name: 'a userName of spaces', sent: { userName: '  ' } },
  { name: 'a very long userName', sent: { userName: long } },
  { name: 'a very long userName that does not compress', sent: { userName: noise } },
  { name: 'a very long externalId', sent: { externalId: noise } },
  { name: 'a very long displayName', sent: { displayName: noise } },
  { name: 'a very long e-mail address', sent: { emails: [{ value: `${noise}@example.org` }] } },
  { name: 'NUL in a value', sent: { title: 'a\u0000b' } },
  { name: 'a lone surrogate', sent: { title: '\ud800' } },
  { name: 'an object where text is due', sent: { title: { a: 1 } } },
  { name: 'an array where text is due', sent: { title: ['a', 'b'] } },
  { name: 'text where a list is due', sent: { addresses: 7 } },
  { name: 'a list in a list', sent: { emails: [[['x']]] } },
  { name: 'a word where true or false is due', sent: { active: 'perhaps' } },
  { name: 'a number where true or false is due', sent: { active: 0 } },
  {
    name: 'two primaries',
    sent: {
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
  },
])('a user with $name is 400 invalidValue', async ({ sent }) => {
  const answer = await request('POST', '/Users', { ...aUser(), ...sent });
  expect([answer.status, answer.body]).toEqual([400, anError(400, 'invalidValue')]);
  expect(answer.body.detail.length).toBeLessThan(500);
});

test.for([
  { name: 'an unknown attribute (C31)', sent: { favouriteColour: 'red' } },
  { name: 'an unknown schema (C12)', sent: { schemas: [USER_URN, 'urn:vendor:params:scim:custom'] } },
  { name: 'an unknown extension (C12)', sent: { 'urn:vendor:params:scim:custom': { a: 1 } } },
  { name: 'no schemas (C29)', sent: { schemas: undefined } },
  { name: 'a word for true or false (C2)', sent: { active: 'True' } },
  { name: 'a number for text', sent: { title: 7 } },
  {
    name: 'a bare manager (C10)',
    sent: { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: 'x' } },
  },
  { name: 'a key named __proto__', sent: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"a":1}}') },
])('a user with $name is taken by all profiles but rfc', async ({ sent }) => {
  for (const profile of PROFILES) {
    const body = JSON.stringify(aUser()).replace(/}$/, `,${JSON.stringify(sent).slice(1)}`);
    const whole = 'schemas' in sent ? JSON.stringify({ ...aUser(), ...sent }) : body;
    const answer = await scim.as[profile].request('POST', '/Users', whole);
    expect({ profile, status: answer.status }).toEqual({ profile, status: profile === 'rfc' ? 400 : 201 });
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a user with nulls and empty lists is taken by all: they say "unassigned" (C9, C29)', async () => {
  for (const profile of PROFILES) {
    const answer = await scim.as[profile].request('POST', '/Users', aUser({ title: null, emails: null, roles: [] }));
    expect(answer.status).toBe(201);
    for (const name of ['title', 'emails', 'roles']) expect(answer.body).not.toHaveProperty(name);
  }
});

const deep = (open: string, close: string, times: number) => open.repeat(times) + close.repeat(times);

test.for([
  {
    name: 'a list nested 100,000 deep',
    body: `{"schemas":["${USER_URN}"],"userName":"deep","emails":${deep('[', ']', 1e5)}}`,
  },
  { name: 'an object nested 100,000 deep', body: `{"userName":"deep2","x":${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}}` },
  { name: 'a number beyond all numbers', body: '{"userName":"huge","title":1e999}' },
  { name: 'the number of the beast, long', body: `{"userName":"huge2","title":${'6'.repeat(1_000)}}` },
  {
    name: 'twenty thousand keys',
    body: JSON.stringify({
      userName: 'keys',
      ...Object.fromEntries(Array.from({ length: 2e4 }, (_, i) => [`k${i}`, i])),
    }),
  },
  { name: 'a title of two megabytes', body: JSON.stringify(aUser({ title: 'x'.repeat(2_000_000) })) },
])('$name breaks nothing', async ({ body }) => {
  const answer = await request('POST', '/Users', body);
  expect(answer.status).toBeLessThan(500);
});

const someFilters = {
  'a megabyte': `userName eq "${'x'.repeat(1_000_000)}"`,
  'hundreds of conditions': Array(300).fill('title pr').join(' or '),
  'a thousand parentheses': `${'('.repeat(1_000)}title pr${')'.repeat(1_000)}`,
  'not and not again': `${'not ('.repeat(44)}title pr${')'.repeat(44)}`,
  NUL: 'title eq "\\u0000"',
  'a raw NUL': 'title eq "\u0000"',
  'half a character': 'title eq "\\ud800"',
  'half a character in brackets': 'emails[value co "\\udc00"]',
  'a huge number': 'title eq 1e999',
  'a date that is none': 'meta.lastModified gt "yesterday"',
  'part of a date': 'meta.created sw "2026"',
  'part of an id': 'id co "zz"',
  'an id that is none': 'id eq "\'; drop table people; --"',
  'a regular expression': 'title ew ".*"',
  'a broken regular expression': 'emails.value ew "(((["',
  'a director of regular expressions': 'title ew "***:x"',
  'a very long end': `title ew "${'x'.repeat(7_000)}"`,
  'a very long part': `emails[value co "${'\\\\'.repeat(1_500)}"]`,
  'the end of a jsonpath': 'emails[value eq "\\" || 1 == 1 || \\""]',
  'the end of an SQL text': `userName eq "' or '1'='1"`,
  'a binding': 'title eq ":tenantId ? $1 ::text"',
  __proto__: '__proto__ eq "x"',
  constructor: 'constructor.prototype eq "x"',
  'an attribute of nothing': 'emails[constructor eq "x"]',
  'null by size': 'title gt null',
  'true by size': 'active gt true',
  'part of true': 'active co "t"',
  'the members’ references': 'groups.$ref eq "x"',
};

test.for(Object.entries(someFilters))('a filter with %s is answered or refused, never 5xx', async ([, filter]) => {
  for (const profile of ['generic', 'rfc'] as const) {
    const answer = await scim.as[profile].request('POST', '/Users/.search', { filter });
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) expect(answer.body).toEqual(anError(400, 'invalidFilter'));
    else expect(answer.body.Resources.filter(({ id }: { id: string }) => id === user.id)).toEqual([]);
  }
});

test.for([
  { name: 'an unclosed bracket', path: 'emails[type eq "work"' },
  { name: 'something after the sub-attribute', path: 'emails[type eq "work"].value.more' },
  { name: 'two brackets', path: 'emails[type eq "a"][type eq "b"]' },
  { name: 'brackets on a single value', path: 'title[value eq "x"]' },
  { name: 'an unknown attribute in brackets', path: 'emails[colour eq "x"].value' },
  { name: 'brackets in brackets', path: 'emails[value[a eq "b"]]' },
  { name: 'nothing but a dot', path: '.' },
  { name: '__proto__', path: '__proto__.polluted' },
  { name: 'a quote', path: '"title"' },
  { name: 'NUL', path: 'emails[type eq "\\u0000"].value' },
  { name: 'a megabyte', path: `emails[type eq "${'x'.repeat(1_000_000)}"].value` },
])('a PATCH path with $name is 400 and pollutes nothing', async ({ path, name }) => {
  for (const op of ['add', 'replace', 'remove']) {
    const answer = await request('PATCH', `/Users/${user.id}`, aPatch({ op, path, value: 'x' }));
    const known = name === 'nothing but a dot'; // an unknown attribute, which is ignored
    expect(answer.status).toBe(known ? 204 : 400);
    if (!known) expect(answer.body.scimType).toMatch(/^(invalidPath|invalidFilter)$/);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test.for([
  { name: 'no Operations', body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] } },
  { name: 'empty Operations (C17)', body: aPatch() },
  { name: 'Operations that are no list', body: { ...aPatch(), Operations: {} } },
  { name: 'an operation that is no object', body: aPatch(null) },
  { name: 'an unknown op', body: aPatch({ op: 'move', path: 'title', value: 'x' }) },
  { name: 'no op', body: aPatch({ path: 'title', value: 'x' }) },
  { name: 'a path that is no text', body: aPatch({ op: 'add', path: 7, value: 'x' }) },
  { name: 'another schema', body: { ...aPatch({ op: 'add', value: {} }), schemas: [USER_URN] } },
])('a PATCH with $name is 400 invalidSyntax', async ({ body }) => {
  for (const path of [`/Users/${user.id}`, `/Groups/${group.id}`]) {
    const answer = await request('PATCH', path, body);
    expect([answer.status, answer.body]).toEqual([400, anError(400, 'invalidSyntax')]);
  }
});

test('more operations than anybody sends are 413', async () => {
  const many = aPatch(...Array(10_001).fill({ op: 'remove', path: 'title' }));
  expect((await request('PATCH', `/Users/${user.id}`, many)).status).toBe(413);
});

test('thirty thousand members to remove, twice, are no reason to fail', async () => {
  const value = Array.from({ length: 30_000 }, (_, index) => ({
    value: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
  }));
  const half = { op: 'remove', path: 'members', value };
  expect((await request('PATCH', `/Groups/${group.id}`, aPatch(half, half))).status).toBe(204);
});
