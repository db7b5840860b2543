import { expect, test } from 'vitest';
import { KEPT_CHARACTERS, redactRequest, redactText } from '../../src/scim/redact.ts';

const SECRET = 'correct-horse-9';
const TOKEN = `gw_${'a'.repeat(22)}_${'b'.repeat(43)}`;
const JWT = 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const redactBodies = (body: unknown, answer: string | undefined) => redactRequest({ url: '/Users', body, answer });
const op = (path: string | undefined, value: unknown, more = {}) => ({
  Operations: [{ op: 'replace', path, value, ...more }],
});

test.for([
  { name: 'a password in a resource', body: { userName: 'ada', password: SECRET } },
  { name: 'a password in other letters', body: { PassWord: SECRET } },
  { name: 'a password with its URN', body: { [`${CORE}:password`]: SECRET } },
  { name: 'a password in a PATCH with a path', body: op('password', SECRET) },
  { name: 'one with the URN in its path', body: op(`${CORE}:password`, SECRET) },
  { name: 'one in a PATCH without a path', body: op(undefined, { password: SECRET, active: true }) },
  { name: 'capitalised keys of an operation', body: { Operations: [{ Op: 'Add', Path: 'password', Value: SECRET }] } },
  { name: 'a secret of an extension', body: { 'urn:acme:hr:1.0': { apiToken: SECRET, clientSecret: SECRET } } },
  { name: 'a whole object of secrets', body: { credentials: { user: 'ada', parts: [{ value: SECRET }] } } },
  { name: 'an operation on a list of secrets', body: op('secrets[type eq "api"].value', SECRET) },
  { name: 'a secret that a path compares with', body: op(`secrets[value eq "${SECRET}"]`, 'x') },
  { name: 'a secret that a filter compares with', body: { filter: `password eq "${SECRET}" and active eq true` } },
  { name: 'one without quotes', body: { filter: `password eq ${SECRET}` } },
  { name: 'a password in a bulk operation', body: { Operations: [{ method: 'POST', data: { password: SECRET } }] } },
  { name: 'a header that was pasted into a body', body: { title: `Authorization: Bearer ${SECRET}` } },
  { name: 'one of our tokens, anywhere', body: { title: TOKEN }, secret: TOKEN },
  { name: 'a token as a key', body: { [TOKEN]: 1 }, secret: TOKEN },
  { name: 'a JWT', body: { title: `by ${JWT}` }, secret: JWT },
])('$name is not kept, nor told by the answer', ({ body, secret = SECRET }) => {
  const answer = JSON.stringify({ detail: `"${secret}" is not possible here` });
  const kept = redactBodies(body, answer);
  expect(kept.request).toContain('[redacted]');
  expect(kept.request).not.toContain(secret);
  expect(JSON.parse(String(kept.request))).toBeTypeOf('object');
  expect(kept.answer).not.toContain(secret);
});

test('what is no secret stays as it was', () => {
  const body = {
    schemas: [CORE],
    userName: 'ada@example.com',
    name: { givenName: 'Ada "the first"' },
    active: false,
    emails: [{ value: 'ada@example.com', primary: true }],
    manager: null,
    n: 1.5,
    empty: {},
    none: [],
    shippingPin: 'Opinion',
  };
  expect(JSON.parse(redactBodies(body, undefined).request ?? '')).toEqual(body);
  const patch = op('emails[type eq "work"].value', 'ada@example.com');
  expect(redactBodies(patch, undefined).request).toBe(JSON.stringify(patch));
  expect(redactBodies(undefined, undefined)).toEqual({ path: '/Users', request: null, answer: null });
});

test('null says that there is no secret', () => {
  expect(redactBodies({ password: null }, undefined).request).toBe('{"password":null}');
});

test.for([
  ['/Users?filter=userName+eq+%22ada%22&count=1', '/Users?filter=userName+eq+%22ada%22&count=1'],
  [`/Users?access_token=${SECRET}`, '/Users?access_token=[redacted]'],
  [`/Users?filter=password%20eq%20%22${SECRET}%22`, '/Users?filter=password%20eq%20%22%5Bredacted%5D%22'],
  [`/Users/${TOKEN}`, '/Users/[redacted]'],
  ['/Users?filter=%', '/Users?filter=%'],
  [`/Users?%74oken=${SECRET}&x`, '/Users?%74oken=[redacted]&x'],
])('the address %s is kept as %s', ([url = '', kept = '']) => {
  const answer = JSON.stringify({ detail: `${SECRET} and ${TOKEN} of the request` });
  const redacted = redactRequest({ url, body: undefined, answer });
  expect(redacted.path).toBe(kept);
  for (const secret of [SECRET, TOKEN]) if (url.includes(secret)) expect(redacted.answer).not.toContain(secret);
});

test('a user agent that holds a token does not show it', () => {
  expect(redactText(`curl/8 ${TOKEN} Bearer ${SECRET}`)).toBe('curl/8 [redacted] [redacted]');
});

test('a body is cut, and what the answer says of the rest of it repeats nothing', () => {
  const body = { title: 'x'.repeat(KEPT_CHARACTERS), password: SECRET };
  const kept = redactBodies(body, JSON.stringify({ detail: `the value "${SECRET}" is wrong` }));
  expect(kept.request).toHaveLength(KEPT_CHARACTERS + 1);
  expect(kept.request?.endsWith('…')).toBe(true);
  expect(kept.answer).toBe(JSON.stringify({ detail: 'the value "[redacted]" is wrong' }));
});

test('however much is sent, keeping it takes no time', () => {
  const members = Array.from({ length: 500_000 }, (_, index) => ({ value: `person ${index}` }));
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  const secrets = Array.from({ length: 100_000 }, (_, index) => ({ password: `password ${index}` }));
  const began = performance.now();
  const hostile = ['x', '-eyJ', '"\\', 'Bearer ', 'Bearer', ' eq', 'gw_', ' '].flatMap((part) => {
    const text = part.repeat(1_000_000 / part.length);
    return [{ title: text }, { filter: `password${text}` }, { path: `password${text}`, value: 1 }];
  });
  for (const body of [{ members }, { deep }, { secrets }, { list: secrets }, ...hostile]) {
    expect(redactBodies(body, '{}').request?.length).toBeLessThanOrEqual(KEPT_CHARACTERS + 1);
  }
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(redactBodies({}, `"${'x'.repeat(300_000)}"`).answer).toBe('(300002 characters, too many to be kept)');
});
