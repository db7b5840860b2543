import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from './postgres.ts';
import { type Floor, openFloor } from './roster/floor.ts';
import { generate } from './roster/generate.ts';
import { judgeRosters, p95, type Sized, STEPS, type Step } from './roster/judge.ts';
import type { RosterOptions } from './roster/options.ts';
import { rosterTable, writeRosters } from './roster/report.ts';
import { openRosterStand, type RosterStand } from './roster/stand.ts';
import { emptyDatabase, runSql } from './servers.ts';

const IDLE_MS = 3_000;
const MB = 2 ** 20;

/** Runs the measurements and writes the report; gives the exit code: 1 when a goal is missed. */
export async function runRosters(options: RosterOptions): Promise<number> {
  const folder = options.keep ?? (await mkdtemp(join(tmpdir(), 'gangway-rosters-')));
  await mkdir(folder, { recursive: true });
  const postgres = await startPostgres();
  try {
    const sized: Sized[] = [];
    for (const size of options.sizes) sized.push(await measureSize(postgres, folder, size));
    const lines = judgeRosters(sized);
    const table = rosterTable(lines);
    say(`\n${table}\n\n${writeRosters(table, lines, sized, postgres.version)}`);
    return lines.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
  } finally {
    await postgres.stop();
    if (options.keep === null) await rm(folder, { recursive: true, force: true });
  }
}

/** All steps with rosters of one size; their files are kept in `folder`. */
export async function measureSize(
  postgres: Pick<Postgres, 'url' | 'folder'>,
  folder: string,
  size: number,
  idleMs = IDLE_MS,
): Promise<Sized> {
  const fileOf = await generate(folder, size);
  const name = `roster_${size}_${process.pid}`;
  const floor = await openFloor(await emptyDatabase(postgres.url, `${name}_floor`));
  const stand = await openRosterStand(postgres.url, name, join(postgres.folder, name));
  try {
    const steps: Step[] = [];
    for (const { name: step, file } of STEPS) {
      steps.push(await measureStep(stand, floor, step, fileOf(file)));
      // a first import fills the tables: what is known of them must not depend on when somebody looks
      await runSql(stand.server.url, 'vacuum (analyze)');
    }
    const idleP95 = p95(await stand.lookups(idleMs));
    return { size, idleP95, steps };
  } finally {
    await stand.stop();
    await floor.stop();
  }
}

async function measureStep(stand: RosterStand, floor: Floor, name: string, file: string): Promise<Step> {
  const floorMs = await floor.upload(file);
  const { ms: gangwayMs, counts, peakBytes, lookups } = await stand.upload(file);
  const step = { name, floorMs, gangwayMs, counts, peakMb: peakBytes / MB, lookupP95: p95(lookups) };
  say(
    `${name}: ${gangwayMs.toFixed(0)} ms, floor ${floorMs.toFixed(0)} ms, × ${(gangwayMs / floorMs).toFixed(2)}, ` +
      `${step.peakMb.toFixed(0)} MB, look-ups p95 ${step.lookupP95.toFixed(1)} ms, ${JSON.stringify(counts)}`,
  );
  return step;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
