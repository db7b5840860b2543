import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Compared, compare, type Stand } from './compare.ts';
import { type Goal, goalsNamed } from './goals.ts';
import { judge, type Line, raceLine } from './judge.ts';
import { createClient } from './load/client.ts';
import { measure } from './load/measure.ts';
import { race } from './load/members.ts';
import { rosterOf, seedRoster } from './load/roster.ts';
import type { Options } from './options.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { tableOf, writeReport } from './report.ts';
import { type Server, serveGangway, startFloor, startGangway } from './servers.ts';

/** Runs the comparison, or a profile; gives the exit code: 1 when a goal is missed or an answer was wrong. */
export async function runScim(options: Options): Promise<number> {
  const goals = goalsNamed(options.only);
  const postgres = await startPostgres();
  const servers: Server[] = [];
  const work = options.profile === null ? comparison : profile;
  try {
    return await Promise.race([work(goals, options, postgres, servers), interrupted()]);
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
  }
}

/** PostgreSQL would outlive us, as it does by design, so that Ctrl-C has to pass by the `finally` above. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(signal)));
  });
}

async function comparison(
  goals: readonly Goal[],
  options: Options,
  postgres: Postgres,
  servers: Server[],
): Promise<number> {
  const stands = await openStands(options, postgres, servers);
  const { lines, compared } = await compareAll(goals, stands, options, postgres);
  const table = tableOf(lines);
  const versions = { Node: process.versions.node, PostgreSQL: postgres.version };
  say(`\n${table}\n\n${writeReport(table, compared.measured, versions)}`);
  return lines.some(({ verdict }) => verdict === 'FAIL') ? 1 : 0;
}

/** Floor and Gangway for each size; whatever was started is in `servers`, also when it fails halfway. */
async function openStands(options: Options, postgres: Postgres, servers: Server[]): Promise<Stand[]> {
  const { connections, withWorker } = options;
  const stands: Stand[] = [];
  for (const size of sizesOf(options)) {
    const dataDir = join(postgres.folder, `gangway-${size}`);
    const floor = await startFloor(postgres.url, `floor_${size}`);
    servers.push(floor);
    const gangway = await startGangway(postgres.url, `gangway_${size}`, { dataDir, withWorker });
    servers.push(gangway);
    for (const server of [floor, gangway]) {
      const roster = await seedRoster(createClient(server.base, server.token), size, connections);
      stands.push({ server, size, roster });
      say(`${server.kind} has ${size} users`);
    }
  }
  return stands;
}

async function compareAll(
  goals: readonly Goal[],
  stands: readonly Stand[],
  options: Options,
  postgres: Postgres,
): Promise<{ lines: Line[]; compared: Compared }> {
  const { rounds, seconds, connections } = options;
  const compared: Compared = { measured: [], skipped: [] };
  for (const goal of goals) {
    const { measured, skipped } = await compare(goal, stands, { rounds, seconds, postgresPid: postgres.pid });
    compared.measured.push(...measured);
    compared.skipped.push(...skipped);
    const shown = measured.map(
      ({ kind, size, cpuUs, wrong }) => `${kind}/${size} ${cpuUs.toFixed(0)}${wrong ? '!' : ''}`,
    );
    say(`${goal.name}: ${shown.join('  ') || 'skipped'}`);
  }
  const lines = judge(goals, sizesOf(options), compared);
  if (options.only.length) return { lines, compared };
  const races = stands.filter(({ server }) => server.kind === 'gangway');
  for (const { roster, size } of races) lines.push(raceLine(size, connections, await race(roster, connections)));
  return { lines, compared };
}

/** The users are seeded before, by another process: only the scenario itself is in the profile. */
async function profile(
  goals: readonly Goal[],
  options: Options,
  postgres: Postgres,
  servers: Server[],
): Promise<number> {
  const [goal] = goals;
  if (!goal) throw new Error('name one scenario');
  const dataDir = join(postgres.folder, 'gangway');
  const profileDir = fileURLToPath(new URL('results/profiles', import.meta.url));
  const seeding = await startGangway(postgres.url, 'gangway', { dataDir });
  servers.push(seeding);
  const { people } = await seedRoster(createClient(seeding.base, seeding.token), options.users, options.connections);
  await seeding.stop();
  const server = await serveGangway(seeding.url, seeding.token, { dataDir, profileDir });
  servers.push(server);
  const roster = rosterOf(createClient(server.base, server.token), people, options.connections);
  const scenario = await goal.open(roster);
  if (!scenario) throw new Error(`${goal.name} is not possible with ${options.users} users`);
  const figure = await measure(scenario, { seconds: options.seconds, warmupSeconds: 1, pids: [server.pid] });
  say(`${goal.name}: ${figure.cpuUs.toFixed(0)} µs of Gangway's own CPU a request, ${figure.wrong} wrong answers`);
  await server.stop();
  say(`the profile lies in ${profileDir}`);
  return 0;
}

function sizesOf({ users, large }: Options): number[] {
  return large === null ? [users] : [users, large];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
