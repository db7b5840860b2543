import { afterAll, expect, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { aGroup, aPatch, aUser, createGroup, createUser } from '../support/people.ts';

const scim = await startScim();
afterAll(() => scim.stop());
const { request } = scim;
const KINDS = [
  { kind: 'Users', create: createUser, whole: aUser, attribute: 'nickName' },
  { kind: 'Groups', create: createGroup, whole: aGroup, attribute: 'displayName' },
] as const;

test.for(KINDS)('$kind: each verb obeys If-Match', async ({ kind, create, whole, attribute }) => {
  const { id, userName } = await create(scim);
  const body = userName ? whole({ userName, nickName: 'x' }) : whole();
  const patch = aPatch({ op: 'replace', path: attribute, value: 'patched' });
  const send = (method: string, tag: string, sent?: unknown) =>
    request(method, `/${kind}/${id}`, sent, { 'if-match': tag }).then(({ status }) => status);

  for (const stale of [
    'W/"7"',
    '"7"',
    'W/"7", W/"8"',
    'W/"7" W/"1"',
    'W/"7",, "1"',
    '"x1", W/"01x"',
    'W/"99999999999999"',
    'foreign',
    '"1"junk',
  ]) {
    expect([stale, await send('PUT', stale, body)]).toEqual([stale, 412]);
    expect([stale, await send('PATCH', stale, patch)]).toEqual([stale, 412]);
    expect([stale, await send('DELETE', stale)]).toEqual([stale, 412]);
  }
  // one of a list is enough (RFC 9110 §13.1.1)
  expect(await send('PATCH', 'W/"7", W/"1"', patch)).toBe(204);
  expect(await send('PUT', '"a,b", "2","9"', body)).toBe(200);
  expect(await send('PUT', '*', body)).toBe(200);
  expect(await send('DELETE', 'W/"1", W/"2"')).toBe(412);
  expect(await send('DELETE', 'W/"3", W/"1"')).toBe(204);
});

test.for(KINDS)('$kind: If-Match on what is gone is 404, not 412', async ({ kind, create, whole, attribute }) => {
  const { id } = await create(scim);
  await request('DELETE', `/${kind}/${id}`);
  const header = { 'if-match': 'W/"1"' };
  const patch = aPatch({ op: 'replace', path: attribute, value: 'x' });
  expect((await request('PUT', `/${kind}/${id}`, whole(), header)).status).toBe(404);
  expect((await request('PATCH', `/${kind}/${id}`, patch, header)).status).toBe(404);
  expect((await request('DELETE', `/${kind}/${id}`, undefined, header)).status).toBe(404);
});

test.for([
  { name: 'the version', tag: 'W/"1"', status: 304 },
  { name: 'the version as a strong tag', tag: '"1"', status: 304 },
  { name: 'the version in a list', tag: 'W/"8", W/"1"', status: 304 },
  { name: 'any', tag: '*', status: 304 },
  { name: 'another version', tag: 'W/"2"', status: 200 },
  { name: 'another version that begins alike', tag: 'W/"11"', status: 200 },
])('If-None-Match with $name answers $status', async ({ tag, status }) => {
  for (const { kind, create } of KINDS) {
    const { id } = await create(scim);
    const answer = await request('GET', `/${kind}/${id}`, undefined, { 'if-none-match': tag });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('etag')).toBe('W/"1"');
    if (status === 304) expect(answer.text).toBe('');
  }
});

test('a group’s version moves with its members, and only when they change', async () => {
  const { id: person } = await createUser(scim);
  const { id } = await createGroup(scim);
  const versions: (string | null)[] = [];
  const member = [{ value: person }];
  for (const operation of [
    { op: 'add', path: 'members', value: member },
    { op: 'add', path: 'members', value: member },
    { op: 'remove', path: `members[value eq "${person}"]` },
    { op: 'remove', path: `members[value eq "${person}"]` },
  ]) {
    await request('PATCH', `/Groups/${id}`, aPatch(operation));
    versions.push((await request('GET', `/Groups/${id}`)).headers.get('etag'));
  }
  expect(versions).toEqual(['W/"2"', 'W/"2"', 'W/"3"', 'W/"3"']);
});

test('twenty PATCHes of one user at once lose nothing', async () => {
  const { id } = await createUser(scim);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      request('PATCH', `/Users/${id}`, aPatch({ op: 'add', path: 'roles', value: [{ value: `r${index}` }] })),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
  const { body, headers } = await request('GET', `/Users/${id}`);
  const roles = body.roles.map(({ value }: { value: string }) => value);
  expect(roles.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `r${index}`).toSorted());
  expect(headers.get('etag')).toBe('W/"21"');
});

test('twenty PATCHes of one group at once lose nothing: names, ids and members', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, async () => (await createUser(scim)).id as string));
  const { id } = await createGroup(scim);
  const answers = await Promise.all(
    people.flatMap((value, index) => [
      request('PATCH', `/Groups/${id}`, aPatch({ op: 'add', path: 'members', value: [{ value }] })),
      request('PATCH', `/Groups/${id}`, aPatch({ op: 'replace', path: 'displayName', value: `Name ${index}` })),
    ]),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
  const { body, headers } = await request('GET', `/Groups/${id}`);
  expect(body.members.map(({ value }: { value: string }) => value)).toEqual(people.toSorted());
  expect(headers.get('etag')).toBe('W/"21"');
});

test('of many who demand the same version exactly one wins', async () => {
  for (const { kind, create, attribute } of KINDS) {
    const { id } = await create(scim);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const patch = aPatch({ op: 'replace', path: attribute, value: `n${index}` });
        return request('PATCH', `/${kind}/${id}`, patch, { 'if-match': 'W/"1"' });
      }),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array(9).fill(412)]);
  }
});
