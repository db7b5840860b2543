import type { Knex } from 'knex';
import { z } from 'zod';
import { type UndoItem, type UndoScope, undoItems } from '../../deliver/undo.ts';
import { connectionOfRun, undo } from '../../deliver/undo-run.ts';
import { readConnection } from '../../directory/connections.ts';
import { Fault } from '../../errors.ts';
import type { Restore } from '../../model/decision.ts';
import { describe } from '../../plan/describe.ts';
import { record } from '../../report/audit.ts';
import { summaryOf } from '../../report/summary.ts';
import { type Each, planKind } from './kind.ts';

/** Longer ago than this nothing is undone: nobody would know what else has changed since. */
const WINDOW_DAYS = 30;

const Undo = z.strictObject({
  kind: z.literal('undo'),
  /** All that was done for a connection since then, or what belongs to one run, or to one person. */
  connectionId: z.uuid().optional(),
  runId: z.uuid().optional(),
  personId: z.uuid().optional(),
  /** For a person left out: from their last change at the source. */
  since: z.iso.datetime({ offset: true }).optional(),
});

/** Brings back the state before some actions, until the source says something else of each person. */
export const undoPlan = planKind({
  schema: Undo,
  look: async ({ db }, { tenantId, change }, each) => {
    for await (const page of undoItems(db, await scopeOf(db, tenantId, change)))
      for (const item of page) tell(item, each);
    return [];
  },
  apply: async (trx, { tenantId, change, actor }) => {
    const scope = await scopeOf(trx, tenantId, change);
    const done = await undo(trx, scope, actor);
    const subject = change.personId ?? change.runId ?? scope.connectionId;
    await record(trx, { tenantId, action: 'undo', subject, detail: { ...change, ...done }, actor });
  },
});

async function scopeOf(db: Knex, tenantId: string, change: z.output<typeof Undo>): Promise<UndoScope> {
  const { personId, runId, connectionId } = change;
  const oldest = new Date(Date.now() - WINDOW_DAYS * 86_400_000);
  const since = change.since === undefined ? null : new Date(change.since);
  if (since !== null && since < oldest) {
    throw new Fault('config_invalid', `only the last ${WINDOW_DAYS} days can be undone: choose a later "since"`);
  }
  if (personId) {
    const person = await summaryOf(db, tenantId, personId);
    if (!person) throw new Fault('not_found', `no person ${personId}`);
    return { tenantId, connectionId: person.connection.id, personId, since };
  }
  if (runId) return { tenantId, connectionId: await connectionOfRun(db, tenantId, runId), runId, since: oldest };
  if (!connectionId || since === null) {
    throw new Fault('config_invalid', 'say what to undo: personId, runId, or connectionId with since');
  }
  await readConnection(db, tenantId, connectionId); // unknown is not found
  return { tenantId, connectionId, since };
}

function tell({ personId, userName, targetId, done, restore, problem }: UndoItem, each: Each): void {
  const before = done.map(describe).join('; ');
  each({ personId, userName, targetId, before, after: problem ?? inWords(restore) }, restore?.to ?? 'cannot');
}

function inWords(restore: Restore | null): string {
  if (restore?.to !== 'account') return 'the account goes again';
  const { email, groups } = restore.account;
  return `the account as it was: ${email}${groups.length ? `, in ${groups.join(', ')}` : ''}`;
}
