import { GROWTH_GOAL } from '../goals.ts';
import type { Verdict } from '../judge.ts';
import type { Rate } from './drain.ts';
import { REQUESTS } from './floor.ts';
import type { Latency } from './leavers.ts';

export const LATENCY_MS = 5;
export const CONCURRENCY = 16;
const IDLE_MS = 250;
const BUSY_MS = 2_000;
const SHARE = 0.85;
const PLANNING_US = 50;

export type Grown = { size: number; idle: Latency; rate: Rate };
export type Measured = {
  idle: Latency;
  /** `left`: invites that were still to be sent when the last leaver was acknowledged. */
  busy: Latency & { left: number };
  wave: Rate;
  floor: Rate;
  planning: { cpuUs: number; actions: number };
  grown: readonly Grown[];
};
export type DeliveryLine = { what: string; measured: string; goal: string; verdict: Verdict; remark: string };

/** Invites a second that the target's latency alone allows. */
export const IDEAL = CONCURRENCY / ((REQUESTS * LATENCY_MS) / 1000);

/** One line for each goal. */
export function judgeDelivery({ idle, busy, wave, floor, planning, grown }: Measured): DeliveryLine[] {
  return [
    latencyLine('active: false to acknowledged, idle', idle, IDLE_MS, true),
    latencyLine(`the same while invites drain`, busy, BUSY_MS, busy.left > 0, `${busy.left} invites were left`),
    rateLine(wave, floor),
    {
      what: 'planning one person (CPU)',
      measured: `${planning.cpuUs.toFixed(1)} µs`,
      goal: `${PLANNING_US} µs`,
      verdict: planning.cpuUs <= PLANNING_US ? 'PASS' : 'FAIL',
      remark: `10,000 people, ${planning.actions} actions`,
    },
    ...grown.slice(1).map((large) => growthLine(grown[0] as Grown, large)), // slice(1) is empty without a first
  ];
}

function latencyLine(what: string, { p50, p95, worst, count }: Latency, most: number, valid: boolean, more = '') {
  const verdict: Verdict = valid && p95 <= most ? 'PASS' : 'FAIL';
  const remark = [`${count} people, median ${p50.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`, more];
  return {
    what,
    measured: `p95 ${p95.toFixed(0)} ms`,
    goal: `${most} ms`,
    verdict,
    remark: remark.filter(Boolean).join('; '),
  };
}

function rateLine(wave: Rate, floor: Rate): DeliveryLine {
  const bound = Math.min(IDEAL, floor.perSecond);
  const name = floor.perSecond < IDEAL ? 'CPU floor' : 'target';
  const share = wave.perSecond / bound;
  return {
    what: `invites at concurrency ${CONCURRENCY}`,
    measured: `${wave.perSecond.toFixed(0)}/s, ${(share * 100).toFixed(0)} %`,
    goal: `${SHARE * 100} % of ${bound.toFixed(0)}/s (${name})`,
    verdict: share >= SHARE ? 'PASS' : 'FAIL',
    remark: `${wave.cpuUs.toFixed(0)} µs of CPU each; the floor ${floor.perSecond.toFixed(0)}/s and ${floor.cpuUs.toFixed(0)} µs`,
  };
}

function growthLine(small: Grown, large: Grown): DeliveryLine {
  const growth = large.rate.cpuUs / small.rate.cpuUs;
  return {
    what: `CPU for an invite: ${large.size} people / ${small.size}`,
    measured: `× ${growth.toFixed(2)}`,
    goal: `× ${GROWTH_GOAL}`,
    verdict: growth <= GROWTH_GOAL ? 'PASS' : 'FAIL',
    remark:
      `${small.rate.cpuUs.toFixed(0)} and ${large.rate.cpuUs.toFixed(0)} µs, ${small.rate.perSecond.toFixed(0)} and ` +
      `${large.rate.perSecond.toFixed(0)} a second, a leaver's median ${small.idle.p50.toFixed(0)} and ${large.idle.p50.toFixed(0)} ms`,
  };
}
