import type { Knex } from 'knex';
import { armReconcile } from '../work/arm.ts';
import { askForRun } from './runs.ts';

/**
 * Keeps that somebody wants all accounts of these targets compared now, and has a worker begin; `forced` believes the
 * lists whatever they say. The ids of the runs. Call in a transaction.
 */
export async function requestRuns(
  trx: Knex,
  connection: { tenantId: string; connectionId: string },
  targetIds: readonly string[],
  askedBy: string,
  forced: boolean,
): Promise<string[]> {
  const runs: string[] = [];
  for (const targetId of targetIds) runs.push(await askForRun(trx, { ...connection, targetId }, askedBy, forced));
  await armReconcile(trx, connection, 'now');
  return runs;
}
