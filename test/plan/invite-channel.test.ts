import { describe, expect, test } from 'vitest';
import type { InviteChannel } from '../../src/model/invite.ts';
import { chooseChannel, languageOf, locationOf, reachOf } from '../../src/plan/invite-channel.ts';

const both = { email: 'a@example.com', mobile: '+4915112345678' };
const neither = { email: null, mobile: null };
const all = { email: true, sms: true };

describe('S72, S73, S74: the way that an invite takes', () => {
  test.for([
    ['the first of the list', ['sms', 'email'], both, all, 'sms'],
    ['no number: the next', ['sms', 'email'], { ...both, mobile: null }, all, 'email'],
    ['no gateway: the next', ['sms', 'email'], both, { ...all, sms: false }, 'email'],
    ['no mail server: the next', ['email', 'print'], both, { ...all, email: false }, 'print'],
    ['nobody to reach: paper', ['sms', 'email', 'print'], neither, all, 'print'],
    ['nothing works: none', ['sms', 'email'], neither, all, null],
    ['the app’s own is enough', ['target', 'email'], both, all, 'target'],
    ['the app’s own as the last resort', ['sms', 'target'], neither, all, 'target'],
  ] as [string, InviteChannel[], typeof both, typeof all, InviteChannel | null][])(
    '%s',
    ([_, channels, reach, able, chosen]) => {
      expect(chooseChannel(channels, reach, able)).toBe(chosen);
    },
  );
});

describe('S73: a mobile number', () => {
  test.for([
    ['+4915112345678', '+4915112345678'],
    ['+49 151 1234-5678', '+4915112345678'],
    ['tel:+1 (201) 555.0123', '+12015550123'],
    ['0151 12345678', null],
    ['+0151123456', null],
    ['+49', null],
    ['+1234567890123456', null],
    ['+49151x', null],
    [null, null],
  ] as const)('%s', ([value, mobile]) => {
    const phoneNumbers = [
      { type: 'work', value: '+4930123456' },
      { type: 'mobile', value },
    ];
    expect(reachOf({ phoneNumbers }).mobile).toBe(mobile);
  });
});

test.for([
  ['ada@example.com', true],
  ['ada+x@example.com', true],
  ['a<b@example.com', false],
  ['a,b@example.com', false],
  ['"a"@example.com', false],
  ['a@b@example.com', false],
  ['a\u0007b@example.com', false],
  [`${'a'.repeat(250)}@example.com`, false],
] as const)('an address that mail can take: %s', ([value, usable]) => {
  expect(reachOf({ emails: [{ value }] }).email !== null).toBe(usable);
});

test.for([
  ['de', 'de'],
  ['de-CH', 'de'],
  ['DE_at', 'de'],
  ['den', 'en'],
  ['fr', 'en'],
  [undefined, 'en'],
] as const)('S21: whoever prefers %s reads %s', ([preferredLanguage, language]) => {
  expect(languageOf({ preferredLanguage })).toBe(language);
});

test('the place of the work address counts, else the first one’s', () => {
  const home = { type: 'home', locality: 'Ulm' };
  expect(locationOf({ addresses: [home, { type: 'work', locality: ' Bonn ' }] })).toBe('Bonn');
  expect(locationOf({ addresses: [home] })).toBe('Ulm');
  expect(locationOf({})).toBeNull();
});
