import { cpuMicros } from './cpu.ts';
import type { Scenario } from './scenario.ts';

export type Figure = {
  requests: number;
  cpuUs: number;
  perSecond: number;
  /** Answers that were not as they must be, and changes that could not be read back. */
  wrong: number;
  firstWrong: string | null;
};

export type Effort = {
  seconds: number;
  /** Runs before anything counts: compilers and caches are cold in the first requests. */
  warmupSeconds: number;
  /** Whose CPU time counts, with all their children. */
  pids: readonly number[];
};

const TOO_MANY_WRONG = 50;
type Tally = { requests: number; cpuUs: number; ms: number; wrong: number; firstWrong: string | null };

/** Runs a scenario in a closed loop: each worker sends its next request when the last one has been answered. */
export async function measure(scenario: Scenario, effort: Effort): Promise<Figure> {
  const tally: Tally = { requests: 0, cpuUs: 0, ms: 0, wrong: 0, firstWrong: null };
  await runFor(scenario, effort.warmupSeconds * 1000, effort.pids, tally);
  Object.assign(tally, { requests: 0, cpuUs: 0, ms: 0 });
  await runFor(scenario, effort.seconds * 1000, effort.pids, tally);
  const lost = await scenario.verify?.().catch((error: Error) => error.message);
  if (lost) note(tally, new Error(lost));
  const { requests, wrong, firstWrong } = tally;
  const perSecond = requests / (tally.ms / 1000);
  return { requests, cpuUs: requests ? tally.cpuUs / requests : Number.NaN, perSecond, wrong, firstWrong };
}

/** In stretches: what a scenario must prepare again in between (members to remove, say) costs nothing. */
async function runFor(scenario: Scenario, ms: number, pids: readonly number[], tally: Tally): Promise<void> {
  for (let left = ms; left > 0 && tally.wrong < TOO_MANY_WRONG; ) {
    await scenario.refill?.();
    const before = cpuMicros(pids);
    const start = performance.now();
    await stretch(scenario, start + left, tally);
    const took = performance.now() - start;
    tally.cpuUs += cpuMicros(pids) - before;
    tally.ms += took;
    left -= took;
  }
}

async function stretch(scenario: Scenario, end: number, tally: Tally): Promise<void> {
  const most = scenario.stretch ?? Number.POSITIVE_INFINITY;
  let sent = 0;
  const work = async (worker: number) => {
    while (sent < most && performance.now() < end && tally.wrong < TOO_MANY_WRONG) {
      sent += 1;
      await scenario.request(worker).catch((error: Error) => note(tally, error));
      tally.requests += 1;
    }
  };
  await Promise.all(Array.from({ length: scenario.workers }, (_, worker) => work(worker)));
}

function note(tally: Tally, error: Error): void {
  tally.wrong += 1;
  tally.firstWrong ??= error.message;
}
