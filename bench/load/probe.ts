import { aUser } from './users.ts';

export type Probe = { wallMs: number; cpuMs: number };

const TEXT = JSON.stringify(Array.from({ length: 50 }, (_, n) => aUser(n)));
const REPEATS = 7;

/**
 * How fast this machine is just now: the median of a fixed piece of JSON work. A CPU time above that of other rounds
 * means that the cores themselves run slower, more wall than CPU that others hold them.
 */
export function probe(): Probe {
  const times = Array.from({ length: REPEATS }, once);
  return { wallMs: medianOf(times.map(({ wallMs }) => wallMs)), cpuMs: medianOf(times.map(({ cpuMs }) => cpuMs)) };
}

function once(): Probe {
  const start = performance.now();
  const before = process.cpuUsage();
  for (let n = 0; n < 20; n++) JSON.stringify(JSON.parse(TEXT));
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
