import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listQuirks } from '../../src/directory/quirks.ts';
import { QUIRKS, type QuirkName, quirkNamed } from '../../src/model/quirk.ts';
import { type Client, startScim } from '../support/app.ts';
import { fixturesOf, play } from '../support/fixtures.ts';
import { aGroup, aPatch, aUser, createGroup, createUser, ENTERPRISE_URN, USER_URN } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());

type Sent = { method: string; path: string; body?: unknown; headers?: Record<string, string> };
/** One person, one who was suspended, and one group of a connection, to send requests about. */
type Ids = { user: string; left: string; group: string; token: string };

const patchUser =
  (...operations: unknown[]) =>
  ({ user }: Ids): Sent => ({ method: 'PATCH', path: `/Users/${user}`, body: aPatch(...operations) });
const patchGroup = (operation: (ids: Ids) => unknown) => (ids: Ids) => ({
  method: 'PATCH',
  path: `/Groups/${ids.group}`,
  body: aPatch(operation(ids)),
});
const post = (more: Record<string, unknown>) => () => ({ method: 'POST', path: '/Users', body: aUser(more) });
const list = (query: string) => () => ({ method: 'GET', path: `/Users?${encodeURI(query)}` });
const replace = (path: string, value: unknown) => patchUser({ op: 'replace', path, value });
const manager = (value: unknown) => post({ [ENTERPRISE_URN]: { manager: value } });
const dotted = `${ENTERPRISE_URN}.department`;

const ROWS: { quirk: QuirkName; as: string; send: (ids: Ids) => Sent }[] = [
  { quirk: 'string_boolean', as: 'in a resource', send: post({ active: 'True' }) },
  { quirk: 'string_boolean', as: 'in a PATCH', send: replace('active', 'False') },
  { quirk: 'string_boolean', as: 'in a filter', send: list('filter=active eq "True"') },
  { quirk: 'string_boolean', as: 'in the filter of a path', send: patchUser(role('roles[primary eq "True"].value')) },
  { quirk: 'number_for_text', as: 'in a resource', send: post({ title: 7 }) },
  { quirk: 'number_for_text', as: 'in a filter', send: list('filter=externalId eq 7') },
  { quirk: 'bare_member', as: 'in a group', send: ({ user }) => newGroup([user]) },
  { quirk: 'bare_member', as: 'in a PATCH', send: patchGroup(({ user }) => members('add', [user])) },
  { quirk: 'bare_value', as: 'as manager', send: manager('7') },
  { quirk: 'empty_text_for_object', as: 'as manager', send: manager('') },
  { quirk: 'single_not_array', as: 'in a resource', send: post({ emails: { value: 'a@b.org' } }) },
  { quirk: 'single_not_array', as: 'as members', send: patchGroup(({ user }) => members('replace', { value: user })) },
  { quirk: 'one_in_array', as: 'in a resource', send: post({ title: ['Dr'] }) },
  { quirk: 'no_schemas', as: 'in a resource', send: post({ schemas: undefined }) },
  { quirk: 'no_schemas', as: 'but another’s', send: post({ schemas: [ENTERPRISE_URN] }) },
  { quirk: 'no_schemas', as: 'in a PATCH', send: (ids) => without('schemas', replace('title', 'x')(ids)) },
  { quirk: 'no_schemas', as: 'in a bulk request', send: () => bulk({ Operations: [] }) },
  { quirk: 'unknown_schema_ignored', as: 'in schemas', send: post({ schemas: [USER_URN, 'urn:x'] }) },
  { quirk: 'unknown_schema_ignored', as: 'as a part', send: post({ 'urn:vendor:x': { a: 1 } }) },
  { quirk: 'unknown_schema_ignored', as: 'as a path', send: replace('urn:vendor:x:y', 1) },
  { quirk: 'unknown_attribute_ignored', as: 'in a resource', send: post({ colour: 'red' }) },
  { quirk: 'unknown_attribute_ignored', as: 'below another', send: post({ name: { colour: 'red' } }) },
  { quirk: 'unknown_attribute_ignored', as: 'as a path', send: replace('colour', 'red') },
  { quirk: 'unknown_attribute_ignored', as: 'as a key', send: patchUser({ op: 'add', value: { colour: 'red' } }) },
  { quirk: 'unknown_attribute_ignored', as: 'in an extension', send: replace(ENTERPRISE_URN, { colour: 'red' }) },
  { quirk: 'unknown_in_filter', as: 'in a list', send: list('filter=colour eq "red"') },
  { quirk: 'unsortable_ignored', as: 'by an unknown attribute', send: list('sortBy=colour') },
  { quirk: 'filter_after_brackets', as: 'in a list', send: list('filter=emails[type eq "work"].value eq "x"') },
  { quirk: 'capitalised_op', as: 'in a PATCH', send: patchUser({ op: 'Replace', path: 'title', value: 'x' }) },
  { quirk: 'value_in_remove', as: 'of members', send: patchGroup(({ user }) => members('remove', [{ value: user }])) },
  { quirk: 'value_in_remove', as: 'of anything', send: patchUser({ op: 'remove', path: 'title', value: 'x' }) },
  { quirk: 'dotted_key', as: 'of a name', send: patchUser({ op: 'replace', value: { 'name.givenName': 'Ada' } }) },
  {
    quirk: 'dotted_key',
    as: 'with brackets',
    send: patchUser({ op: 'add', value: { 'emails[type eq "work"].value': 'x' } }),
  },
  { quirk: 'urn_key', as: 'of a user', send: patchUser({ op: 'add', value: { [`${ENTERPRISE_URN}:division`]: 'x' } }) },
  { quirk: 'urn_key', as: 'of members', send: patchGroup(() => ({ op: 'add', value: { [GROUP_MEMBERS]: [] } })) },
  { quirk: 'urn_dot', as: 'in a path', send: replace(dotted, 'x') },
  { quirk: 'urn_dot', as: 'in a filter', send: list(`filter=${dotted} eq "x"`) },
  { quirk: 'replace_adds_element', as: 'of e-mails', send: replace('emails[type eq "other"].value', 'x@example.org') },
  { quirk: 'add_by_filter', as: 'of members', send: patchGroup(({ user }) => add(`members[value eq "${user}"]`)) },
  { quirk: 'rehire_by_post', as: 'alone', send: ({ left }) => post({ userName: left })() },
  { quirk: 'rehire_by_post', as: 'in a bulk request', send: ({ left }) => bulk(bulkOf(aUser({ userName: left }))) },
  { quirk: 'misspelt_endpoint', as: 'of users', send: () => ({ method: 'GET', path: '/users' }) },
  {
    quirk: 'base64_token',
    as: 'in the header',
    send: ({ token }) => ({ method: 'GET', path: '/Users', headers: encoded(token) }),
  },
];

const GROUP_MEMBERS = 'urn:ietf:params:scim:schemas:core:2.0:Group:members';

function role(path: string) {
  return { op: 'add', path, value: 'editor' };
}
function members(op: string, value: unknown) {
  return { op, path: 'members', value };
}
function add(path: string) {
  return { op: 'add', path, value: [{}] };
}
function newGroup(ids: string[]): Sent {
  return { method: 'POST', path: '/Groups', body: { ...aGroup(), members: ids } };
}
function without(name: string, sent: Sent): Sent {
  return { ...sent, body: { ...(sent.body as object), [name]: undefined } };
}
function bulk(body: object): Sent {
  return { method: 'POST', path: '/Bulk', body };
}
function bulkOf(data: unknown) {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
  return { schemas, Operations: [{ method: 'POST', path: '/Users', bulkId: 'a', data }] };
}
function encoded(token: string) {
  return { authorization: `Bearer ${Buffer.from(token).toString('base64')}` };
}

/** Everything that a connection's requests may be about. */
async function idsOf(client: Client): Promise<Ids> {
  const { id: user } = await createUser(client);
  const { userName: left } = await createUser(client, { active: false });
  const { id: group } = await createGroup(client);
  return { user, left, group, token: client.token };
}

async function countsOf({ connection }: Client): Promise<Record<string, number>> {
  await scim.quirks.flush();
  const rows = await listQuirks(scim.db, connection.tenantId, connection.id);
  return Object.fromEntries(rows.map(({ quirk, count }) => [quirk, count]));
}

/** Sends a request as a client and returns how it was answered, a bulk request's only operation too, and what was counted. */
async function counted(client: Client, send: (ids: Ids) => Sent) {
  const { method, path, body, headers } = send(await idsOf(client));
  const before = await countsOf(client);
  const answer = await client.request(method, path, body, headers);
  const after = Object.entries(await countsOf(client)).map(([name, count]) => [name, count - (before[name] ?? 0)]);
  const status = Number(path === '/Bulk' && answer.body.Operations?.[0]?.status) || answer.status;
  return { status, more: Object.fromEntries(after.filter(([, count]) => count !== 0)) };
}

test('each quirk of the list has its request', () => {
  const shown = new Set(ROWS.map(({ quirk }) => quirk));
  expect([...shown].toSorted()).toEqual(Object.keys(QUIRKS).toSorted());
});

test.for(ROWS)('$quirk $as is taken and counted once', async ({ quirk, send }) => {
  const { status, more } = await counted(scim.as.generic, send);
  expect(status).toBeLessThan(300);
  expect(more).toEqual({ [quirk]: 1 });
});

// what a token looks like is ours to say (RFC 6750 §2.1 wants no more than its letters), so there is nothing to refuse
const TAKEN_BY_RFC: QuirkName[] = ['base64_token'];

test.for(ROWS)('$quirk $as is refused by the profile rfc, and nothing is counted', async ({ quirk, send }) => {
  const { status, more } = await counted(scim.as.rfc, send);
  if (TAKEN_BY_RFC.includes(quirk)) expect([status, more]).toEqual([200, { [quirk]: 1 }]);
  else {
    expect([400, 404, 409]).toContain(status);
    expect(more).toEqual({});
  }
});

const whole = {
  externalId: '7',
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [{ value: 'a@example.org', type: 'work', primary: true }],
  title: null,
  roles: [],
  id: 'mine',
  meta: {},
  groups: [],
  password: 'secret',
};
const PLAIN: { name: string; send: (ids: Ids) => Sent }[] = [
  { name: 'a whole user with nulls and what is read-only', send: post(whole) },
  { name: 'an extension', send: post({ schemas: [USER_URN, ENTERPRISE_URN], [ENTERPRISE_URN]: { division: 'x' } }) },
  { name: 'names in other letter case', send: post({ NickName: 'x' }) },
  { name: 'a group', send: ({ user }) => ({ method: 'POST', path: '/Groups', body: aGroup({ members: [user] }) }) },
  { name: 'a PATCH with paths', send: patchUser(role('roles[type eq "x"].value'), { op: 'remove', path: 'title' }) },
  { name: 'a PATCH with the URN of a path', send: replace(`${ENTERPRISE_URN}:department`, 'x') },
  { name: 'a PATCH without a path', send: patchUser({ op: 'replace', value: { title: 'x', id: 'mine' } }) },
  { name: 'one element added', send: patchUser({ op: 'add', path: 'emails', value: { value: 'x@y.org' } }) },
  { name: 'one member added', send: patchGroup(({ user }) => members('add', { value: user })) },
  { name: 'a member removed', send: patchGroup(({ user }) => ({ op: 'remove', path: `members[value eq "${user}"]` })) },
  { name: 'a filter', send: list('filter=active eq true and emails[type eq "work" and value co "@"]&sortBy=userName') },
  { name: 'a search over all types', send: () => searchAll('displayName eq "x" or members.value eq "y"') },
  { name: 'a bulk request', send: () => bulk(bulkOf(aUser())) },
  { name: 'a token as it is', send: () => ({ method: 'GET', path: '/ServiceProviderConfig' }) },
  { name: 'empty parameters', send: list('attributes=&filter=&sortBy=') },
];
function searchAll(filter: string): Sent {
  return { method: 'POST', path: '/.search', body: { filter } };
}

test.for(PLAIN)('$name is plain RFC: no profile counts anything', async ({ send }) => {
  for (const profile of ['generic', 'rfc'] as const) {
    const { status, more } = await counted(scim.as[profile], send);
    expect([profile, status < 300, more]).toEqual([profile, true, {}]);
  }
});

test('a quirk counts once a request, however often the request has it', async () => {
  const operations = Array.from({ length: 20 }, () => ({ op: 'Add', path: 'active', value: 'True' }));
  const { more } = await counted(scim.as.generic, patchUser(...operations));
  expect(more).toEqual({ capitalised_op: 1, string_boolean: 1 });
});

describe.each(['entra', 'okta'] as const)('the recorded requests of %s', (profile) => {
  test('have only those quirks that its profile expects', async () => {
    const client = scim.as[profile];
    for (const fixture of fixturesOf(profile)) await play(fixture, client);
    const seen = Object.keys(await countsOf(client));
    expect(seen.filter((name) => !(quirkNamed(name)?.expected ?? []).includes(profile))).toEqual([]);
    if (profile === 'entra') expect(seen).toContain('capitalised_op');
  });
});

test('docs/scim.md lists each quirk with its own words', () => {
  const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'scim.md'), 'utf8');
  const rows = Object.entries(QUIRKS).map(
    ([name, { what, whose, expected }]) => `| \`${name}\` | ${what} | ${whose} | ${expected.join(', ')} |`,
  );
  expect(docs.split('\n').filter((line) => /^\| `\w+_\w+` \|/.test(line))).toEqual(rows);
});
