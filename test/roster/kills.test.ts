import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Scope } from '../../src/directory/stored.ts';
import { parseProfile } from '../../src/roster/profile.ts';
import { resumeCutOff } from '../../src/roster/resume.ts';
import { receiveRoster, workOnRoster } from '../../src/roster/take.ts';
import { RESOURCE_COLUMNS } from '../../src/scim/resource-columns.ts';
import { testDatabase } from '../support/database.ts';
import { aScope } from '../support/directory.ts';
import { csv, type Employee, employee } from '../support/rosters.ts';

/** `ROSTER_KILLS=n` kills so many; a failure says the round and the moment. */
const KILLS = Number(process.env['ROSTER_KILLS'] ?? 50);
const PEOPLE = 120;
const SCRIPT = new URL('../support/roster-process.ts', import.meta.url).pathname;

const { db, url, drop } = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), 'gangway-kills-'));
afterAll(async () => {
  await drop();
  rmSync(folder, { recursive: true, force: true });
});
const options = { db, columns: RESOURCE_COLUMNS, changed: () => {}, batch: 20 };

/** Everybody has another given name in each round, three people leave and three come. */
const rosterOf = (round: number): Employee[] =>
  Array.from({ length: PEOPLE }, (_, n) =>
    employee(n + 1 + round * 3, { givenName: `Round${round}`, groups: `G${round % 3}` }),
  );

/** Starts a process that takes the roster; gives when it ended, or kills it after so many milliseconds. */
async function take(scope: Scope, file: string, killAfter: number | null): Promise<number> {
  const args = [SCRIPT, url, scope.tenantId, scope.connectionId, file];
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') }; // most of a short process is its start
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  const begin = performance.now();
  if (killAfter !== null) {
    await Promise.race([sleep(killAfter), ended]);
    child.kill('SIGKILL');
  }
  await ended;
  return performance.now() - begin;
}

/** Takes the roster in this process; gives the milliseconds. */
async function takeHere(scope: Scope, file: string): Promise<number> {
  const begin = performance.now();
  const how = { dryRun: false, hold: false, fileName: file, idempotencyKey: null, askedBy: 'test' };
  const upload = { ...scope, profile: parseProfile({}), ...how };
  const received = await receiveRoster(options, upload, createReadStream(file), () => file);
  if ('run' in received) await workOnRoster(options, received.run);
  return performance.now() - begin;
}

/** As if the twenty seconds had passed after which nobody can be working on it any more. */
const silence = () => db.raw(`update rosters set alive_at = now() - interval '1 minute'`);
const stateOf = async (file: string): Promise<string | null> => {
  const { rows } = await db.raw<{ rows: { state: string }[] }>(
    `select r.state from rosters o join runs r on r.id = o.run_id where o.file_name = ? order by r.id desc limit 1`,
    [file],
  );
  return rows[0]?.state ?? null;
};

async function known(scope: Scope): Promise<object> {
  const { rows } = await db.raw<{ rows: object[] }>(
    `select (select count(*)::int from people where connection_id = :id and absent_at is null) as present,
            (select count(*)::int from people where connection_id = :id) as ever,
            (select count(distinct external_id)::int from people where connection_id = :id) as keys,
            (select count(*)::int from roster_people where connection_id = :id) as remembered,
            (select count(*)::int from memberships where connection_id = :id) as memberships,
            (select array_agg(distinct document->'name'->>'givenName') from people where connection_id = :id and absent_at is null) as names,
            (select count(*)::int from roster_rows s join runs r on r.id = s.run_id where r.connection_id = :id and r.state <> 'failed') as staged,
            (select count(*)::int from roster_changes s join runs r on r.id = s.run_id where r.connection_id = :id and r.state <> 'failed') as open`,
    { id: scope.connectionId },
  );
  return rows[0] ?? {};
}

test(`a process killed at any moment of an import, ${KILLS} times: the roster is whole in the end, and nobody is doubled`, async () => {
  const scope = await aScope(db);
  const file = join(folder, 'roster.csv');
  let takes = 0;
  const became = { done: 0, resumed: 0, again: 0 };
  for (let round = 0; round <= KILLS; round++) {
    writeFileSync(`${file}${round}`, csv(rosterOf(round)));
    const killAfter = round === 0 ? null : Math.random() * takes * 1.5;
    const time = await take(scope, `${file}${round}`, killAfter);
    if (killAfter === null) takes = time;
    await silence();
    const left = await stateOf(`${file}${round}`);
    const resumed = await resumeCutOff(options);
    if (resumed) became.resumed += 1;
    else if (left !== 'done') {
      takes = await takeHere(scope, `${file}${round}`); // the file was not there to its end: it is sent again
      became.again += 1;
    } else became.done += 1;
    const words = `round ${round}, killed after ${killAfter?.toFixed(0)} of ${takes.toFixed(0)} ms, was ${left}`;
    expect(await known(scope), words).toEqual({
      present: PEOPLE,
      ever: PEOPLE + round * 3,
      keys: PEOPLE + round * 3,
      remembered: PEOPLE,
      memberships: expect.any(Number),
      names: [`Round${round}`],
      staged: 0,
      open: 0,
    });
  }
  process.stdout.write(`killed ${KILLS} times: ${JSON.stringify(became)}\n`);
}, 600_000);
