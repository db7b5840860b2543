import { describe, expect, test } from 'vitest';
import { isReachable, type Reach } from '../../src/connectors/http/address.ts';
import { expectedAge, expectedRows, knownState } from '../../src/feeds/believe.ts';
import { nextFetch, nextTime, nextTimes } from '../../src/feeds/schedule.ts';
import { parseProfile } from '../../src/roster/profile.ts';

const at = (text: string) => new Date(text);
const BERLIN = 'Europe/Berlin';

describe('when a feed fetches', () => {
  test.for([
    { name: 'every night, in winter', cron: '30 2 * * *', after: '2026-01-10T12:00:00Z', next: '2026-01-11T01:30:00Z' },
    { name: 'every night, in summer', cron: '30 2 * * *', after: '2026-07-10T12:00:00Z', next: '2026-07-11T00:30:00Z' },
    {
      name: 'in the hour that spring leaves out',
      cron: '30 2 * * *',
      after: '2026-03-28T12:00:00Z',
      next: '2026-03-29T01:00:00Z',
    },
    {
      name: 'once in the hour that autumn has twice',
      cron: '30 2 * * *',
      after: '2026-10-25T00:30:00Z',
      next: '2026-10-26T01:30:00Z',
    },
    {
      name: 'not at the same moment again',
      cron: '0 6 * * 1',
      after: '2026-01-12T05:00:00Z',
      next: '2026-01-19T05:00:00Z',
    },
    { name: 'on the first of a month', cron: '0 6 1 * *', after: '2026-01-12T05:00:00Z', next: '2026-02-01T05:00:00Z' },
  ])('S43: $name', ({ cron, after, next }) => {
    expect(nextTime({ cron, timeZone: BERLIN }, at(after))).toEqual(at(next));
  });

  test('the next times are each later than the one before, over the end of summer time', () => {
    const times = nextTimes({ cron: '30 2 * * *', timeZone: BERLIN }, at('2026-10-23T12:00:00Z'), 3);
    expect(times).toEqual(['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'].map(at));
  });

  test.for([
    { name: 'words', cron: 'every night', timeZone: BERLIN, words: /schedule.cron: "every night" cannot be read/ },
    { name: 'seconds', cron: '0 0 * * * *', timeZone: BERLIN, words: /schedule.cron/ },
    { name: 'a day that never comes', cron: '0 0 31 2 *', timeZone: BERLIN, words: /never comes/ },
    {
      name: 'a zone that is none',
      cron: '0 0 * * *',
      timeZone: 'Mars/Olympus',
      words: /schedule.timeZone: "Mars\/Olympus"/,
    },
  ])('$name is refused, and told how to write it', ({ cron, timeZone, words }) => {
    expect(() => nextTime({ cron, timeZone }, new Date())).toThrow(words);
  });

  const now = at('2026-01-10T12:00:00Z');
  const tomorrow = at('2026-01-11T01:30:00Z');
  test.for([
    { name: 'after success, at the schedule’s next time', failures: 0, minutes: null },
    { name: 'after one failure, in a minute', failures: 1, minutes: 1 },
    { name: 'after three, in four', failures: 3, minutes: 4 },
    { name: 'after many, in an hour', failures: 40, minutes: 60 },
    { name: 'no sooner than the source asked for', failures: 1, waitSeconds: 1800, minutes: 30 },
    { name: 'no later than the schedule’s next time', failures: 1, waitSeconds: 86_400, minutes: null },
  ])('S43: $name', ({ failures, waitSeconds, minutes }) => {
    const next = minutes === null ? tomorrow : new Date(now.getTime() + minutes * 60_000);
    expect(nextFetch(tomorrow, { failures, waitSeconds }, now)).toEqual(next);
  });
});

describe('what is believed', () => {
  const profile = parseProfile({});
  const last = { runId: 'r1', profile };
  const feed = { askedAt: null, seen: { etag: '"1"' }, lastRunId: 'r1' };
  test.for([
    { name: 'as it was: the source may compare', feed, last, is: feed.seen },
    { name: 'asked for: everything', feed: { ...feed, askedAt: new Date() }, last, is: null },
    { name: 'nothing was applied yet: everything', feed, last: null, is: null },
    { name: 'somebody uploaded another roster since: everything', feed, last: { ...last, runId: 'r2' }, is: null },
    {
      name: 'read by another profile: everything',
      feed,
      last: { ...last, profile: parseProfile({ language: 'de' }) },
      is: null,
    },
  ])('S33: $name', ({ feed: one, last: applied, is }) => {
    expect(knownState(one, applied, profile)).toEqual(is);
  });

  test('a file that is too old, or of no known age, is an export that has stopped', () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    const expected = { minRows: null, maxAgeHours: 30 };
    expect(() => expectedAge(expected, at('2026-01-09T12:00:00Z'), now)).not.toThrow();
    expect(() => expectedAge(expected, at('2026-01-07T12:00:00Z'), now)).toThrow(/3 days old.*has the export stopped/);
    expect(() => expectedAge(expected, null, now)).toThrow(/does not say when/);
    expect(() => expectedAge({ minRows: null, maxAgeHours: null }, null, now)).not.toThrow();
  });

  test('too few rows are told', () => {
    expect(expectedRows({ minRows: 10, maxAgeHours: null }, 9)).toMatch(/9 rows.*at least 10/);
    expect(expectedRows({ minRows: 10, maxAgeHours: null }, 10)).toBe(null);
    expect(expectedRows({ minRows: null, maxAgeHours: null }, 0)).toBe(null);
  });
});

describe('where a feed may go', () => {
  test.for([
    { name: 'a public address', address: '93.184.216.34', reach: 'public', is: true },
    { name: 'a public IPv6 address', address: '2606:2800:220:1::1', reach: 'public', is: true },
    { name: 'the company’s own network', address: '10.1.2.3', reach: 'any', is: true },
    { name: 'the company’s own network, by a redirect', address: '10.1.2.3', reach: 'public', is: false },
    { name: 'this machine, by a redirect', address: '127.0.0.1', reach: 'public', is: false },
    { name: 'a unique local address, by a redirect', address: 'fd12::1', reach: 'public', is: false },
    { name: 'this machine', address: '::1', reach: 'loopback', is: true },
    { name: 'another machine without TLS', address: '10.1.2.3', reach: 'loopback', is: false },
    { name: 'a cloud’s metadata', address: '169.254.169.254', reach: 'any', is: false },
    { name: 'the same, mapped into IPv6', address: '::ffff:169.254.169.254', reach: 'any', is: false },
    { name: 'the same, by NAT64', address: '64:ff9b::a9fe:a9fe', reach: 'any', is: false },
    { name: 'the same, by 6to4', address: '2002:a9fe:a9fe::1', reach: 'any', is: false },
    { name: 'a cloud’s metadata by IPv6', address: 'fd00:ec2::254', reach: 'any', is: false },
    { name: 'a link-local address', address: 'fe80::1', reach: 'any', is: false },
    { name: 'nowhere', address: '0.0.0.0', reach: 'any', is: false },
    { name: 'nowhere, in IPv6', address: '::', reach: 'any', is: false },
    { name: 'many at once', address: '224.0.0.1', reach: 'any', is: false },
    { name: 'what is no address', address: 'localhost', reach: 'any', is: false },
  ] as const)('$name', ({ address, reach, is }) => {
    expect(isReachable(address, reach satisfies Reach)).toBe(is);
  });
});
