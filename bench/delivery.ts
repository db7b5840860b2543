import { join } from 'node:path';
import { drainAll, measureDrain } from './delivery/drain.ts';
import { measureFloor } from './delivery/floor.ts';
import { CONCURRENCY, type Grown, judgeDelivery, LATENCY_MS, type Measured } from './delivery/judge.ts';
import { hire, leave } from './delivery/leavers.ts';
import type { DeliveryOptions } from './delivery/options.ts';
import { measurePlanning } from './delivery/planning.ts';
import { deliveryTable, writeDelivery } from './delivery/report.ts';
import { openStand, type Stand } from './delivery/stand.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const GROWTH_WAVE = 3_000;
const GROWTH_LEAVERS = 30;
const WARMUP = 1_000;

/** Runs the measurements and writes the report; gives the exit code: 1 when a goal is missed. */
export async function runDelivery(options: DeliveryOptions): Promise<number> {
  const postgres = await startPostgres();
  const stands: Stand[] = [];
  const stopAll = async () => {
    for (const stand of stands.splice(0)) await stand.stop();
    await postgres.stop();
  };
  try {
    const measured = await measureDelivery(options, postgres, stands);
    const lines = judgeDelivery(measured);
    const table = deliveryTable(lines);
    say(`\n${table}\n\n${writeDelivery(table, lines, measured, postgres.version)}`);
    return lines.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
  } finally {
    await stopAll();
  }
}

/** Everything that is measured; stands that are open are in `stands`, also when it fails halfway. */
export async function measureDelivery(
  options: DeliveryOptions,
  postgres: Pick<Postgres, 'url' | 'pid' | 'folder'>,
  stands: Stand[],
): Promise<Measured> {
  const planning = measurePlanning();
  say(`planning: ${planning.cpuUs.toFixed(1)} µs`);
  const floorOptions = { name: `delivery_floor_${process.pid}`, concurrency: CONCURRENCY, latencyMs: LATENCY_MS };
  const floor = await measureFloor(postgres, { ...floorOptions, seconds: options.seconds });
  say(`floor: ${floor.perSecond.toFixed(0)}/s, ${floor.cpuUs.toFixed(0)} µs`);
  const grown: Grown[] = [];
  let wave: Pick<Measured, 'idle' | 'busy' | 'wave'> | null = null;
  for (const size of options.sizes) {
    const name = `delivery_${size}_${process.pid}`;
    const stand = await openStand(postgres.url, {
      name,
      dataDir: join(postgres.folder, name),
      size,
      latencyMs: LATENCY_MS,
    });
    stands.push(stand);
    grown.push(await measureSize(stand, size, postgres.pid, options));
    wave ??= await measureWave(stand, options, postgres.pid);
    await stand.stop();
    stands.splice(stands.indexOf(stand), 1);
  }
  if (!wave) throw new Error('name one size of the directory at least');
  return { ...wave, floor, planning, grown };
}

async function measureSize(stand: Stand, size: number, postgresPid: number, options: DeliveryOptions): Promise<Grown> {
  const idle = await leave(stand, await hire(stand, 'early', Math.min(GROWTH_LEAVERS, options.leavers)));
  const rate = await drainAll(stand, [stand.server.pid, postgresPid], 'size', Math.min(GROWTH_WAVE, options.invites));
  say(
    `${size} people: ${rate.perSecond.toFixed(0)} invites/s, ${rate.cpuUs.toFixed(0)} µs, a leaver ${idle.p50.toFixed(0)} ms`,
  );
  return { size, idle, rate };
}

/** Leavers while nothing else happens, then a wave of joiners, and leavers in the middle of it. */
async function measureWave(stand: Stand, { leavers, invites, seconds }: DeliveryOptions, postgresPid: number) {
  const idle = await leave(stand, await hire(stand, 'idle', leavers));
  say(`idle: p95 ${idle.p95.toFixed(0)} ms`);
  const crowd = await hire(stand, 'busy', leavers);
  const { invited } = await stand.seen();
  await stand.join('wave', invites);
  const pids = [stand.server.pid, postgresPid];
  const wave = await measureDrain(stand, pids, Math.min(WARMUP, invites / 5), seconds);
  const busy = await leave(stand, crowd);
  const left = invited + invites - (await stand.seen()).invited;
  say(
    `wave: ${wave.perSecond.toFixed(0)}/s, ${wave.cpuUs.toFixed(0)} µs; leavers p95 ${busy.p95.toFixed(0)} ms, ${left} left`,
  );
  return { idle, wave, busy: { ...busy, left } };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
