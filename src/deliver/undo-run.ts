import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import { happened } from '../work/tell.ts';
import { type Restoration, restore } from './restore.ts';
import { type UndoItem, type UndoScope, undoItems } from './undo.ts';

const insertRun = statement<never>(
  'undo_run',
  `insert into runs (tenant_id, id, connection_id, kind, state, counts, asked_by, started_at, finished_at)
   values (:tenantId, :id, :connectionId, 'undo', 'done', :counts, :askedBy, now(), clock_timestamp())`,
);

const selectRun = statement<{ connectionId: string }>(
  'undo_of_run',
  `select connection_id as "connectionId" from runs where tenant_id = :tenantId and id = :id`,
);

/** The connection whose people a run was about; throws `not_found`. */
export async function connectionOfRun(db: Knex, tenantId: string, id: string): Promise<string> {
  const [run] = await selectRun(db, { tenantId, id });
  if (!run) throw new Fault('not_found', `no run ${id}`);
  return run.connectionId;
}

/**
 * Restores everybody whom the scope covers, as a run of its own: what follows from it belongs to it, and can be undone.
 * Call in a transaction. Returns the run's id, and how many accounts are restored.
 */
export async function undo(trx: Knex, scope: UndoScope, actor: string): Promise<{ runId: string; restored: number }> {
  const { tenantId, connectionId } = scope;
  const runId = uuidv7();
  let restored = 0;
  for await (const page of undoItems(trx, scope)) {
    const restorations = page.flatMap(restorationOf);
    await restore(trx, { tenantId, connectionId, runId }, restorations, actor);
    restored += restorations.length;
  }
  await insertRun(trx, { tenantId, id: runId, connectionId, counts: JSON.stringify({ restored }), askedBy: actor });
  const detail = { run: 'undo', state: 'done' };
  await happened(trx, { tenantId, kind: 'run.end', sourceId: runId, connectionId, targetId: null, detail });
  return { runId, restored };
}

function restorationOf({ personId, targetId, said, restore: back }: UndoItem): Restoration[] {
  return back === null ? [] : [{ personId, targetId, said, restore: back }];
}
