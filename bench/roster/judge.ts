import type { Verdict } from '../judge.ts';

/** What is uploaded one after the other, and how many times the floor's time it may take. */
export const STEPS = [
  { name: 'first import', file: 'all', goal: 2.5 },
  { name: 'the same rows again', file: 'again', goal: 1.5 },
  { name: '1 % changed', file: 'changed', goal: 1.5 },
  { name: '1 % gone', file: 'gone', goal: 1.5 },
] as const;
const RSS_MB = 300;
const LOOKUP_TIMES = 3;
const ROW_GROWTH = 1.3;

export type Step = {
  name: string;
  floorMs: number;
  gangwayMs: number;
  peakMb: number;
  /** Milliseconds, the slowest of 95 %. */
  lookupP95: number;
  counts: Record<string, number>;
};
export type Sized = { size: number; idleP95: number; steps: readonly Step[] };
export type RosterLine = {
  what: string;
  rows: string;
  measured: string;
  goal: string;
  verdict: Verdict;
  remark: string;
};

/** One line for each step and size, and what grows with it. */
export function judgeRosters(sized: readonly Sized[]): RosterLine[] {
  const smallest = sized[0];
  const grown = sized.slice(1).flatMap((large) => (smallest ? growthLines(smallest, large) : []));
  return [...sized.flatMap(stepLines), ...sized.flatMap(memoryAndLookups), ...grown];
}

function stepLines({ size, steps }: Sized): RosterLine[] {
  return STEPS.map(({ name, goal }, index) => {
    const { floorMs, gangwayMs, counts } = steps[index] as Step;
    const ratio = gangwayMs / floorMs;
    const { new: fresh, changed, missing, unchanged } = counts;
    return {
      what: name,
      rows: String(size),
      measured: `× ${ratio.toFixed(2)}`,
      goal: `× ${goal}`,
      verdict: passIf(ratio <= goal),
      remark: `${seconds(gangwayMs)}, the floor ${seconds(floorMs)}; ${fresh} new, ${changed} changed, ${missing} missing, ${unchanged} unchanged`,
    };
  });
}

function memoryAndLookups({ size, idleP95, steps }: Sized): RosterLine[] {
  const peak = Math.max(...steps.map(({ peakMb }) => peakMb));
  const slowest = Math.max(...steps.map(({ lookupP95 }) => lookupP95));
  return [
    {
      what: 'most memory of Node',
      rows: String(size),
      measured: `${peak.toFixed(0)} MB`,
      goal: `${RSS_MB} MB`,
      verdict: passIf(peak < RSS_MB),
      remark: '',
    },
    {
      what: 'SCIM look-ups meanwhile, p95',
      rows: String(size),
      measured: `× ${(slowest / idleP95).toFixed(1)}`,
      goal: `× ${LOOKUP_TIMES} of idle`,
      verdict: passIf(slowest <= LOOKUP_TIMES * idleP95),
      remark: `${slowest.toFixed(1)} ms, idle ${idleP95.toFixed(1)} ms`,
    },
  ];
}

function growthLines(small: Sized, large: Sized): RosterLine[] {
  return STEPS.map(({ name }, index) => {
    const [before, after] = [small, large].map(({ size, steps }) => ((steps[index] as Step).gangwayMs * 1000) / size);
    const growth = (after ?? Number.NaN) / (before ?? Number.NaN);
    return {
      what: `${name}, time for a row`,
      rows: `${large.size} / ${small.size}`,
      measured: `× ${growth.toFixed(2)}`,
      goal: `× ${ROW_GROWTH}`,
      verdict: passIf(growth <= ROW_GROWTH),
      remark: `${before?.toFixed(0)} and ${after?.toFixed(0)} µs`,
    };
  });
}

export function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}

function passIf(reached: boolean): Verdict {
  return reached ? 'PASS' : 'FAIL';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
