import { expect, test } from 'vitest';
import { faultOfPassword, hashPassword, isPassword } from '../../src/access/password.ts';
import { groupsIn, rolesOfGroups } from '../../src/access/roles-of-groups.ts';
import { newTotpSecret, stepOfCode, totpCode, totpUri } from '../../src/access/totp.ts';

// RFC 6238, appendix B: the secret is the ASCII text 12345678901234567890, the codes there have two digits more
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
test.for([
  { seconds: 59, code: '287082' },
  { seconds: 1_111_111_109, code: '081804' },
  { seconds: 1_111_111_111, code: '050471' },
  { seconds: 1_234_567_890, code: '005924' },
  { seconds: 2_000_000_000, code: '279037' },
  { seconds: 20_000_000_000, code: '353130' },
])('the code of second $seconds is that of RFC 6238', ({ seconds, code }) => {
  expect(totpCode(RFC_SECRET, Math.floor(seconds / 30))).toBe(code);
  expect(stepOfCode(RFC_SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
});

test.for([
  { name: 'a code of the step before counts', drift: -1, taken: true },
  { name: 'a code of the step after counts', drift: 1, taken: true },
  { name: 'an older one does not', drift: -2, taken: false },
  { name: 'a later one does not', drift: 2, taken: false },
])('$name', ({ drift, taken }) => {
  const now = 1_800_000_000_000;
  const step = now / 30_000 + drift;
  expect(stepOfCode(RFC_SECRET, totpCode(RFC_SECRET, step), now)).toBe(taken ? step : null);
});

test('a new secret has 160 bits in Base32, and the app is told whose it is', () => {
  const secret = newTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(totpUri(secret, 'Ada L')).toBe(`otpauth://totp/Gangway:Ada%20L?secret=${secret}&issuer=Gangway`);
});

test.for([
  { name: 'eleven letters are short', password: 'abcdefghij1', fault: 'short' },
  { name: 'more than 200 are long', password: 'ab c'.repeat(51), fault: 'long' },
  { name: 'what is tried first is refused', password: 'Password1234', fault: 'common' },
  { name: 'one letter repeated is refused', password: 'aaaaaaaaaaaaaa', fault: 'common' },
  { name: 'one’s own name is refused', password: 'Ada Lovelace1', fault: 'common' },
  { name: 'a sentence is taken', password: 'the tide is out', fault: null },
  { name: 'letters of any kind are taken', password: 'über den Wolken', fault: null },
])('$name', ({ password, fault }) => {
  expect(faultOfPassword(password, 'ada lovelace1')).toBe(fault);
});

test('a password is compared with its own salt and parameters, and nobody’s password is never right', async () => {
  const [one, other] = await Promise.all([hashPassword('the tide is out'), hashPassword('the tide is out')]);
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$/);
  expect(one).not.toBe(other);
  expect(await isPassword('the tide is out', one)).toBe(true);
  expect(await isPassword('the tide is in', one)).toBe(false);
  expect(await isPassword('', null)).toBe(false);
});

const mapping = [
  { group: 'hr', tenant: 'acme', rights: ['people' as const] },
  { group: 'it', tenant: 'acme', rights: ['integrations' as const, 'audit' as const] },
  { group: 'it', tenant: 'other', rights: ['owner' as const] },
];
test.for([
  { name: 'no group gives no role', groups: [], roles: [] },
  { name: 'a group that is not mapped gives none', groups: ['sales'], roles: [] },
  { name: 'a group gives its rights', groups: ['hr'], roles: [['acme', ['people']]] },
  {
    name: 'several groups add up, per tenant',
    groups: ['hr', 'it'],
    roles: [
      ['acme', ['people', 'integrations', 'audit']],
      ['other', ['owner']],
    ],
  },
])('$name', ({ groups, roles }) => {
  expect([...rolesOfGroups(groups, mapping)]).toEqual(roles);
});

test('a claim of groups is a list or one text', () => {
  expect(groupsIn(['a', 1, 'b'])).toEqual(['a', 'b']);
  expect(groupsIn('a')).toEqual(['a']);
  expect(groupsIn({ a: true })).toEqual([]);
  expect(groupsIn(undefined)).toEqual([]);
});
