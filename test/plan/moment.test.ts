import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentOf } from '../../src/plan/moment.ts';
import { instantOf } from '../../src/plan/zoned.ts';

const rule = { offsetDays: 0, localTime: '08:00', timeZone: 'Europe/Berlin' };

test.for([
  { name: 'a date in winter', date: '2026-12-01', expected: '2026-12-01T07:00:00Z' },
  { name: 'a date in summer', date: '2026-07-01', expected: '2026-07-01T06:00:00Z' },
  { name: 'a time of the day does not count', date: '2026-12-01T00:00:00Z', expected: '2026-12-01T07:00:00Z' },
  { name: 'nor does its zone', date: '2026-12-01T23:30:00-08:00', expected: '2026-12-01T07:00:00Z' },
  { name: 'days before', date: '2026-12-01', offsetDays: -3, expected: '2026-11-28T07:00:00Z' },
  { name: 'days after, over a year', date: '2026-12-31', offsetDays: 1, expected: '2027-01-01T07:00:00Z' },
  { name: 'an hour that the spring skips', date: '2026-03-29', localTime: '02:30', expected: '2026-03-29T01:30:00Z' },
  { name: 'the first of two in autumn', date: '2026-10-25', localTime: '02:30', expected: '2026-10-25T00:30:00Z' },
  { name: 'far east', date: '2026-06-01', timeZone: 'Pacific/Kiritimati', expected: '2026-05-31T18:00:00Z' },
  { name: 'half hours', date: '2026-06-01', timeZone: 'Asia/Kolkata', expected: '2026-06-01T02:30:00Z' },
  { name: 'the leap day', date: '2028-02-29', expected: '2028-02-29T07:00:00Z' },
  { name: 'no leap day', date: '2026-02-29', expected: null },
  { name: 'month 13', date: '2026-13-01', expected: null },
  { name: 'another notation', date: '01.12.2026', expected: null },
  { name: 'nothing', date: null, expected: null },
])('S66: the first day of $name', ({ date, expected, name: _, ...more }) => {
  const instant = momentOf(date, { ...rule, ...more });
  expect(instant?.toISOString().replace('.000Z', 'Z') ?? null).toBe(expected);
});

type Civil = { toZonedDateTime(zone: string): { epochMilliseconds: number } };
const { Temporal } = globalThis as { Temporal?: { PlainDateTime: { from(fields: object): Civil } } };

test.skipIf(!Temporal)('S66: instants are those of Temporal, changes of the clocks included', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
    'UTC',
  ];
  const civil = fc.record({
    year: fc.integer({ min: 2000, max: 2037 }),
    month: fc.constantFrom(1, 3, 4, 10, 11),
    day: fc.integer({ min: 1, max: 28 }),
    hour: fc.integer({ min: 0, max: 3 }),
    minute: fc.constantFrom(0, 15, 30, 59),
  });
  fc.assert(
    fc.property(civil, fc.constantFrom(...zones), (time, zone) => {
      const expected = Temporal?.PlainDateTime.from(time).toZonedDateTime(zone).epochMilliseconds;
      expect(instantOf(time, zone).getTime()).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});
