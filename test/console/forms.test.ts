import { expect, test } from 'vitest';
import { cronWords } from '../../src/console/forms/cron-words.ts';
import { FEED_FORMS, feedFilled, feedFrom } from '../../src/console/forms/feed.ts';
import { faultsIn, linesAround, mappingText, readText } from '../../src/console/forms/mapping.ts';
import { CONTROLS, GROUPS, policyFilled, policyFrom } from '../../src/console/forms/policy.ts';
import { profileFilled, profileFrom } from '../../src/console/forms/roster-profile.ts';
import { sayIn } from '../../src/console/say.ts';
import { DEFAULT_GUARD, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import type { PolicyDocument } from '../../src/model/policy-layers.ts';
import { PRESETS } from '../../src/model/presets.ts';

const documents: { name: string; document: PolicyDocument }[] = [
  { name: 'nothing', document: {} },
  ...Object.entries(PRESETS).map(([name, document]) => ({ name, document })),
  {
    name: 'everything',
    document: {
      ...RECOMMENDED_POLICY,
      preset: 'frontline',
      invite: { onDate: 'startDate', offsetDays: -1, localTime: '07:30', timeZone: 'Europe/Berlin' },
      lastDay: { onDate: 'endDate', offsetDays: 0, localTime: '18:00', timeZone: 'UTC' },
      manualEdits: { title: 'preserve', default: 'ask' },
      protected: ['ceo@example.com', 'root'],
      guard: { ...DEFAULT_GUARD, perHourPercent: 2.5 },
    },
  },
];

test.for(documents)('the form of a policy that sets $name says the same again', ({ document }) => {
  expect(policyFrom(policyFilled(document, RECOMMENDED_POLICY))).toEqual(document);
});

test('every field of a policy is asked for, once', () => {
  expect(Object.values(GROUPS).flat().toSorted()).toEqual(Object.keys(CONTROLS).toSorted());
  expect(Object.keys(CONTROLS).toSorted()).toEqual(Object.keys(RECOMMENDED_POLICY).toSorted());
});

test.for([
  { name: 'what is no number goes on as it is', filled: { graceDays: 'soon' }, policy: { graceDays: 'soon' } },
  { name: 'an inherited value is left out', filled: { graceDays: ' ', match: '' }, policy: {} },
  {
    name: 'parts of a value that is not chosen do not count',
    filled: { guard: 'off', 'guard.floor': '3' },
    policy: { guard: 'off' },
  },
  {
    name: 'a way that comes twice counts once',
    filled: { 'inviteChannel.0': 'sms', 'inviteChannel.2': 'sms' },
    policy: { inviteChannel: ['sms'] },
  },
])('$name', ({ filled, policy }) => {
  expect(policyFrom(filled as Record<string, string>)).toEqual(policy);
});

test.for([
  { cron: '30 2 * * *', en: 'every day at 02:30', de: 'täglich um 02:30' },
  { cron: '0 6,18 * * 1-5', en: 'Monday to Friday at 06:00 and 18:00', de: 'Montag bis Freitag um 06:00 und 18:00' },
  { cron: '0 4 * * 0,3', en: 'on Sunday and Wednesday at 04:00', de: 'am Sonntag und Mittwoch um 04:00' },
  { cron: '0 4 1 * *', en: 'on day 1 at 04:00', de: 'am 1. um 04:00' },
  { cron: '15 * * * *', en: 'every day, each hour at minute 15', de: 'täglich, jede Stunde zur Minute 15' },
  { cron: '*/20 * * * *', en: 'every day, every 20 minutes', de: 'täglich, alle 20 Minuten' },
  { cron: '5 */4 * * 1', en: 'on Monday, every 4 hours at minute 5', de: 'am Montag, alle 4 Stunden zur Minute 5' },
  { cron: '0,30 * * * *', en: null, de: null },
  { cron: '0 4 1 1 *', en: null, de: null },
  { cron: '0 4 1 * 1', en: null, de: null },
  { cron: 'nonsense', en: null, de: null },
])('the schedule $cron in words', ({ cron, en, de }) => {
  expect(cronWords(cron, sayIn('en'), 'en')).toBe(en);
  expect(cronWords(cron, sayIn('de'), 'de')).toBe(de);
});

test('every setting of a feed comes back as it was', () => {
  const settings = {
    url: 'https://hr.example.com',
    auth: 'basic',
    username: 'g',
    paging: { by: 'page', size: { rows: 5 } },
  };
  const feed = {
    kind: 'https',
    settings,
    schedule: { cron: '0 4 * * *', timeZone: 'UTC' },
    expectations: { minRows: 5, maxAgeHours: null },
  };
  const { secrets, expectations, ...same } = feedFrom(feedFilled('https', feed, 'UTC'), []);
  expect(same).toEqual({ kind: 'https', settings, schedule: feed.schedule });
  expect({ secrets, expectations }).toEqual({ secrets: {}, expectations: { minRows: 5 } });
});

test.for([
  { name: 'left empty stays', filled: { 's.auth': 'basic' }, secrets: {} },
  { name: 'typed is set', filled: { 's.auth': 'basic', 'secret.password': ' p' }, secrets: { password: ' p' } },
  { name: 'ticked goes', filled: { 's.auth': 'basic', 'drop.password': 'on' }, secrets: { password: null } },
  { name: 'of another way goes with it', filled: { 's.auth': 'none' }, secrets: { password: null } },
])('a stored secret that is $name', ({ filled, secrets }) => {
  expect(feedFrom({ kind: 'https', ...(filled as Record<string, string>) }, ['password'])['secrets']).toEqual(secrets);
});

test('every setting and secret of a feed has its words', () => {
  const say = sayIn('en');
  for (const { settings, secrets } of Object.values(FEED_FORMS)) {
    for (const { name } of settings) expect(say(`feed.s.${name}` as 'feed.s.url')).not.toContain('feed.s');
    for (const { name } of secrets)
      expect(say(`feed.secret.${name}` as 'feed.secret.token')).not.toContain('feed.secret');
  }
});

test.for([
  { name: 'YAML that cannot be read', text: 'attributes:\n  a: [', line: 2, path: null },
  { name: 'a key that comes twice', text: 'scope: a\nscope: b', line: 2, path: null },
  { name: 'a wrong value', text: 'attributes:\n  title:\n    from: titel\n', line: 3, path: '#/attributes/title/from' },
  {
    name: 'a value that is missing, at what it belongs to',
    text: 'groups:\n  from:\n    - table: {}\n',
    line: 3,
    path: '#/groups/from/0/from',
  },
  { name: 'a key that is not known', text: '{\n "scope": "true",\n "scop": "x"\n}', line: 3, path: '#/scop' },
])('$name is shown at its line', ({ text, line, path }) => {
  const read = readText(text);
  const faults = path
    ? faultsIn(read, { status: 422, detail: '', errors: [{ pointer: path, detail: 'wrong' }] })
    : read.faults;
  expect(faults[0]?.line).toBe(line);
  expect(linesAround(text, faults).find(({ bad }) => bad)?.number).toBe(line);
});

test('a mapping is the same as text and back, and none is an empty text', () => {
  const mapping = { attributes: { title: { from: 'title', table: { '102': 'Yes', on: 'No' } } } };
  expect(readText(mappingText(mapping)).value).toEqual(mapping);
  expect(mappingText({})).toBe('');
  expect(readText('').value).toEqual({});
});

test('brackets do not fill the stack', () => {
  expect(readText('['.repeat(200_000)).faults.length).toBeGreaterThan(0);
});

test('aliases do not fill the memory', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefgh'.split('').map((name, index) => {
      const before = 'abcdefgh'[index];
      return `${name}: &${name} [*${before}, *${before}, *${before}, *${before}, *${before}, *${before}, *${before}]`;
    }),
  ].join('\n');
  expect(readText(bomb).faults).toHaveLength(1);
});

test('a profile is the same as a form and back', () => {
  const profile = {
    columns: { Personalnummer: 'employeeNumber', Eintritt: { attribute: 'urn:example:HR:1.0:User:hired', as: 'date' } },
    key: { column: 'Nr' },
    userName: 'email',
    require: ['email'],
    dateFormat: 'DD.MM.YYYY',
    delimiter: '\t',
    booleans: { true: ['ja'], false: ['nein'] },
    semantics: 'delta',
    brakes: { floor: 3 },
  };
  expect(profileFrom(profileFilled(profile))).toEqual(profile);
});
