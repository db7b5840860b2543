import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMicros } from '../load/cpu.ts';
import { until } from './leavers.ts';
import type { Stand } from './stand.ts';

export type Rate = { perSecond: number; cpuUs: number; invites: number };

/** Invites a second, and the CPU time of Gangway and PostgreSQL for each, over a stretch of an onboarding wave. */
export async function measureDrain(
  stand: Stand,
  pids: readonly number[],
  warmup: number,
  seconds: number,
): Promise<Rate> {
  const { invited } = await stand.seen();
  await until(async () => (await stand.seen()).invited >= invited + warmup);
  const start = { ...(await stand.seen()), at: performance.now(), cpu: cpuMicros(pids) };
  await sleep(seconds * 1000);
  const end = { ...(await stand.seen()), at: performance.now(), cpu: cpuMicros(pids) };
  const invites = end.invited - start.invited;
  return { invites, perSecond: invites / ((end.at - start.at) / 1000), cpuUs: (end.cpu - start.cpu) / invites };
}

/** The same over a whole wave of `people` whom nobody else waits for. */
export async function drainAll(stand: Stand, pids: readonly number[], prefix: string, people: number): Promise<Rate> {
  const { invited } = await stand.seen();
  await stand.join(prefix, people);
  const warm = Math.floor(people / 5);
  await until(async () => (await stand.seen()).invited >= invited + warm);
  const start = { ...(await stand.seen()), at: performance.now(), cpu: cpuMicros(pids) };
  await until(async () => (await stand.seen()).invited >= invited + people);
  const invites = people - (start.invited - invited);
  const perSecond = invites / ((performance.now() - start.at) / 1000);
  return { invites, perSecond, cpuUs: (cpuMicros(pids) - start.cpu) / invites };
}
