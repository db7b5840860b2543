import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { type DeliveryLine, judgeDelivery, type Measured } from '../../bench/delivery/judge.ts';
import { readDeliveryOptions } from '../../bench/delivery/options.ts';
import type { Stand } from '../../bench/delivery/stand.ts';
import { measureDelivery } from '../../bench/delivery.ts';
import { sql } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'gangway-bench-test-'));
const stands: Stand[] = [];
afterAll(async () => {
  for (const stand of stands) await stand.stop();
  for (const name of [`delivery_floor_${process.pid}`, `delivery_20_${process.pid}`]) {
    await sql(inject('serverUrl'), `drop database if exists ${name} with (force)`);
  }
  rmSync(folder, { recursive: true, force: true });
});

test('the benchmark of delivery measures real deliveries', async () => {
  const options = { invites: 30, leavers: 2, seconds: 0.1, sizes: [20] };
  const postgres = { url: inject('serverUrl'), pid: process.pid, folder };
  const measured = await measureDelivery(options, postgres, stands);
  expect(measured.idle).toMatchObject({ count: 2 });
  expect(measured.busy.p95).toBeGreaterThanOrEqual(5); // the target's own latency
  expect(measured.grown[0]?.rate.invites).toBeGreaterThan(0);
  expect(measured.floor.invites).toBeGreaterThan(0);
  expect(measured.planning.actions).toBeGreaterThan(0);
  expect(measured.grown.map(({ size }) => size)).toEqual([20]);
}, 60_000);

const latency = { p50: 20, p95: 40, worst: 60, count: 100 };
const rate = { perSecond: 950, cpuUs: 1000, invites: 9500 };
const floor = { perSecond: 1000, cpuUs: 800, invites: 10_000 };
const good: Measured = {
  idle: latency,
  busy: { ...latency, left: 10_000 },
  wave: rate,
  floor,
  planning: { cpuUs: 8, actions: 9000 },
  grown: [
    { size: 1000, idle: latency, rate },
    { size: 100_000, idle: latency, rate: { ...rate, cpuUs: 1200 } },
  ],
};
const failing = (measured: Measured) =>
  judgeDelivery(measured).flatMap(({ verdict }: DeliveryLine, line) => (verdict === 'FAIL' ? [line] : []));

test.for([
  { name: 'all goals are reached', change: {}, fails: [] },
  { name: 'a leaver is late', change: { idle: { ...latency, p95: 251 } }, fails: [0] },
  { name: 'a leaver is late in a wave', change: { busy: { ...latency, p95: 2001, left: 5 } }, fails: [1] },
  { name: 'the wave was over before the last leaver', change: { busy: { ...latency, left: 0 } }, fails: [1] },
  { name: 'too slow for the floor', change: { wave: { ...rate, perSecond: 840 } }, fails: [2] },
  { name: 'planning takes long', change: { planning: { cpuUs: 51, actions: 1 } }, fails: [3] },
  {
    name: 'an action costs more in a large directory',
    change: { grown: [good.grown[0], { size: 100_000, idle: latency, rate: { ...rate, cpuUs: 1301 } }] },
    fails: [4],
  },
])('$name', ({ change, fails }) => {
  expect(failing({ ...good, ...change } as Measured)).toEqual(fails);
});

test('--no-large leaves the largest directory out', () => {
  expect(readDeliveryOptions(['--no-large'])).toMatchObject({ sizes: [1_000, 100_000], invites: 50_000 });
  expect(readDeliveryOptions(['--help'])).toBeNull();
  expect(() => readDeliveryOptions(['--leavers', 'none'])).toThrow('--leavers needs positive numbers');
});
