import type { Goal } from './goals.ts';
import { type Figure, measure } from './load/measure.ts';
import { medianOf, probe } from './load/probe.ts';
import type { Roster } from './load/roster.ts';
import { runSql, type Server, type ServerKind } from './servers.ts';

/** A server with a directory of one size. */
export type Stand = { server: Server; size: number; roster: Roster };
export type Measured = Figure & { scenario: string; kind: ServerKind; size: number; round: number; probeMs: number };
export type Compared = { measured: Measured[]; skipped: { scenario: string; size: number; kind: ServerKind }[] };
export type Rounds = { rounds: number; seconds: number; postgresPid: number };

/** A round on a disturbed machine is left out: its probe took more than this times the quickest one. */
const DISTURBED = 1.3;
/** As shares of the measured time; the first round has to warm up the compiler, which takes thousands of requests. */
const WARMUP = { first: 1.5, later: 0.2 };

/**
 * One scenario on all servers in turn, round by round, every second round in the opposite order: what else the machine
 * does then meets all of them alike.
 */
export async function compare(goal: Goal, stands: readonly Stand[], options: Rounds): Promise<Compared> {
  const { rounds, seconds, postgresPid } = options;
  const scenario = goal.name;
  const skipped: Compared['skipped'] = [];
  const opened = [];
  for (const { server, size, roster } of stands) {
    const opening = await goal.open(roster);
    await runSql(server.url, 'vacuum (analyze)');
    if (opening) opened.push({ server, size, opening });
    else skipped.push({ scenario, size, kind: server.kind });
  }
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { server, size, opening } of round % 2 ? opened.toReversed() : opened) {
      const before = probe();
      const warmupSeconds = seconds * (round ? WARMUP.later : WARMUP.first);
      const figure = await measure(opening, { seconds, warmupSeconds, pids: [server.pid, postgresPid] });
      const probeMs = Math.max(before.cpuMs, probe().cpuMs);
      measured.push({ ...figure, scenario, kind: server.kind, size, round, probeMs });
    }
  }
  return { measured, skipped };
}

/** The rounds in which the machine was calm. */
export function calmOnes(measured: readonly Measured[]): Measured[] {
  const quickest = Math.min(...measured.map(({ probeMs }) => probeMs));
  return measured.filter(({ probeMs }) => probeMs <= quickest * DISTURBED);
}

/** Median over the rounds of how many times `above` cost what `below` did; NaN when no round has both. */
export function ratioOf(above: readonly Measured[], below: readonly Measured[]): number {
  const ratios = above.flatMap(({ round, cpuUs }) =>
    below.filter((other) => other.round === round).map((other) => cpuUs / other.cpuUs),
  );
  return ratios.length ? medianOf(ratios) : Number.NaN;
}
