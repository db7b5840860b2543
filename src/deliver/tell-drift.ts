import type { Knex } from 'knex';
import type { Drift } from '../plan/drift.ts';
import { tell } from '../report/notices.ts';
import type { AtTarget } from './losses.ts';
import type { OpenRun } from './runs.ts';

/** Keeps the notice of a run that found what it should not, in the transaction that ends it. */
export async function tellDrift(trx: Knex, run: OpenRun, at: AtTarget, drift: Drift, held: boolean): Promise<void> {
  const { tenantId, connectionId, targetId } = at;
  const { resurrected, missing, links } = drift;
  if (resurrected === 0 && !held) return;
  // a list that goes on being short is told once a day, not with each of its runs
  const subject = resurrected > 0 ? run.id : `${connectionId} ${targetId} ${run.startedAt.toISOString().slice(0, 10)}`;
  const detail = { runId: run.id, targetId, resurrected, missing, links, held };
  await tell(trx, { tenantId, connectionId, kind: 'reconcile_alarm', subject, detail });
}
