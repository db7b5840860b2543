import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { judgeRosters, type RosterLine, type Sized, STEPS } from '../../bench/roster/judge.ts';
import { readRosterOptions } from '../../bench/roster/options.ts';
import { measureSize } from '../../bench/roster.ts';
import { sql } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'gangway-bench-test-'));
const SIZE = 1_000;
afterAll(async () => {
  for (const name of [`roster_${SIZE}_${process.pid}`, `roster_${SIZE}_${process.pid}_floor`]) {
    await sql(inject('serverUrl'), `drop database if exists ${name} with (force)`);
  }
  rmSync(folder, { recursive: true, force: true });
});

test('the benchmark of rosters measures real uploads', async () => {
  const { steps } = await measureSize({ url: inject('serverUrl'), folder }, folder, SIZE, 100);
  expect(steps.map(({ counts }) => counts)).toMatchObject([
    { new: SIZE, applied: SIZE, rejected: 0 },
    { new: 0, changed: 0, unchanged: SIZE },
    { changed: 10, missing: 0, unchanged: SIZE - 10 },
    { missing: 10, changed: 0, unchanged: SIZE - 10 },
  ]);
  expect(steps.every(({ peakMb, floorMs, gangwayMs }) => peakMb > 0 && floorMs > 0 && gangwayMs > 0)).toBe(true);
}, 60_000);

const step = { floorMs: 1000, gangwayMs: 1400, peakMb: 250, lookupP95: 5, counts: {} };
const good = (size: number): Sized => ({
  size,
  idleP95: 2,
  steps: STEPS.map(({ name }) => ({ ...step, name, floorMs: size, gangwayMs: 1.4 * size })),
});
const withStep = (size: number, index: number, change: Partial<Sized['steps'][number]>): Sized => {
  const sized = good(size);
  return { ...sized, steps: sized.steps.map((one, n) => (n === index ? { ...one, ...change } : one)) };
};
const failing = (sized: Sized[]) =>
  judgeRosters(sized).flatMap(({ what, verdict }: RosterLine) => (verdict === 'FAIL' ? [what] : []));

test.for<[string, Sized[], string[]]>([
  ['all goals are reached', [good(1000), good(10_000)], []],
  ['a first import is slow', [withStep(1000, 0, { gangwayMs: 2501 })], ['first import']],
  ['one without changes is slow', [withStep(1000, 1, { gangwayMs: 1501 })], ['the same rows again']],
  ['memory grows', [withStep(1000, 2, { peakMb: 301 })], ['most memory of Node']],
  ['others have to wait', [withStep(1000, 3, { lookupP95: 6.1 })], ['SCIM look-ups meanwhile, p95']],
  [
    'a row costs more in a large file',
    [good(1000), withStep(10_000, 1, { gangwayMs: 20_000, floorMs: 20_000 })],
    ['the same rows again, time for a row'],
  ],
])('%s', ([, sized, fails]) => {
  expect(failing(sized)).toEqual(fails);
});

test('options are read, and small sizes refused', () => {
  expect(readRosterOptions([])).toEqual({ sizes: [10_000, 100_000, 1_000_000], keep: null });
  expect(() => readRosterOptions(['--sizes', '10'])).toThrow('from 1000 up');
});
