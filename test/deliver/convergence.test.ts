import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type History, history, tell } from './convergence/history.ts';
import { outcomeOf } from './convergence/outcome.ts';

/** Histories of a run, and how many are played at a time; each is a tenant of its own. */
const RUNS = Number(process.env['CONVERGENCE_RUNS'] ?? 2_500);
const PARTITIONED = process.env['GANGWAY_TEST_PARTITIONED'] === '1';
/** A busy machine plays fewer, unless it is told how many. */
const SECONDS = process.env['CONVERGENCE_RUNS'] ? Number.POSITIVE_INFINITY : PARTITIONED ? 10 : 50;
/** The same each time, so that nobody's change fails by chance; any other number, or "random", looks further. */
const GIVEN_SEED = process.env['CONVERGENCE_SEED'] ?? '11';
const SEED = GIVEN_SEED === 'random' ? Date.now() % 1_000_000_000 : Number(GIVEN_SEED);
const AT_A_TIME = 12;

let database: TestDatabase;
let db: Knex;
beforeAll(async () => {
  database = await testDatabase();
  // the tables start empty and grow faster than their statistics: without this, everything is searched from end to end
  const url = new URL(database.url);
  url.searchParams.set('options', '-c enable_seqscan=off');
  db = openPool({ url: url.href });
});
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
});

async function check(story: History): Promise<void> {
  const { faults, log, surprises } = await outcomeOf(db, story);
  if (faults.length) throw new Error([...faults, ...surprises, tell(story), 'at the target:', ...log].join('\n'));
}

test(`random histories end with every account as it should be (CONVERGENCE_SEED=${SEED})`, async () => {
  const started = performance.now();
  const stories = fc.sample(history, { numRuns: RUNS, seed: SEED });
  const sums = { steps: 0, gates: 0, mishaps: 0, wrong: 0 };
  const surprises = new Map<string, number>();
  let next = 0;
  let failing: number | null = null;
  const player = async () => {
    while (next < RUNS && failing === null && performance.now() < started + SECONDS * 1000) {
      const index = next++;
      const story = stories[index] as History;
      const told = await outcomeOf(db, story);
      sums.steps += story.steps.length;
      sums.gates += told.gates;
      sums.mishaps += told.mishaps;
      for (const words of told.surprises) surprises.set(words, (surprises.get(words) ?? 0) + 1);
      if (told.faults.length) failing ??= index;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, player));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`seed ${SEED}: ${next} histories, ${JSON.stringify(sums)}, ${seconds} s\n`);
  for (const [words, times] of surprises) process.stdout.write(`${times} × ${words}\n`);
  // played again alone, and made shorter as long as it fails
  if (failing !== null)
    await fc.assert(fc.asyncProperty(history, check), { seed: SEED, path: String(failing), endOnFailure: false });
  expect(failing).toBeNull();
}, 600_000);
