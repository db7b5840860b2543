import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { tellRun } from './tell-run.ts';

/** Whoever works on a run says so every few seconds; so long after the last time nobody does any more. */
export const SILENT_SECONDS = 20;
/** What was not taken is somebody's data, and of use for as long as somebody may mend it. */
const KEPT_DAYS = 90;
const OF = `o.tenant_id = r.tenant_id and o.run_id = r.id`;

type At = { tenantId: string; connectionId: string };

const giveUp = (which: string) => `with cut as (
     update runs r set state = 'failed', error = :error, finished_at = now(), lease = null
       from rosters o
      where ${OF} and r.kind = 'roster' and ${which}
        and o.alive_at < now() - make_interval(secs => ${SILENT_SECONDS})
     returning r.tenant_id, r.id),
   freed as (
     update rosters o set idempotency_key = null from cut where o.tenant_id = cut.tenant_id and o.run_id = cut.id),
   unstaged as (
     delete from roster_rows s using cut where s.tenant_id = cut.tenant_id and s.run_id = cut.id),
   undone as (
     delete from roster_changes s using cut where s.tenant_id = cut.tenant_id and s.run_id = cut.id)
   select tenant_id as "tenantId", id from cut`;

const giveUpSilent = statement<{ id: string }>(
  'roster_give_up',
  giveUp(`r.state in ('reading', 'compared', 'applying')
        and r.tenant_id = :tenantId and r.connection_id = :connectionId`),
);

const giveUpSilentReading = statement<{ tenantId: string; id: string }>(
  'roster_give_up_reading',
  giveUp(`r.state = 'reading'`),
);

const forgetRejects = statement<never>(
  'roster_rejects_forget',
  `delete from roster_rejects j using runs r
    where r.tenant_id = :tenantId and r.connection_id = :connectionId and r.kind = 'roster'
      and r.started_at < now() - make_interval(days => ${KEPT_DAYS}) and j.tenant_id = r.tenant_id and j.run_id = r.id`,
);

// a process that was killed may still have had a statement under way
const forgetEnded = statement<never>(
  'roster_ended_forget',
  `with ended as materialized (
     select r.id from runs r
      where r.tenant_id = :tenantId and r.connection_id = :connectionId and r.kind = 'roster'
        and r.state in ('done', 'failed', 'discarded')),
   unstaged as (delete from roster_rows s using ended e where s.tenant_id = :tenantId and s.run_id = e.id)
   delete from roster_changes s using ended e where s.tenant_id = :tenantId and s.run_id = e.id`,
);

const CUT_OFF = 'it was cut off: upload the file again, what has been applied stays and is not done twice';

/** Ends runs of a connection that nobody works on any more. */
export async function giveUpCutOff(db: Knex, at: At): Promise<void> {
  const { tenantId } = at;
  await inTransaction(db, async (trx) => {
    for (const { id } of await giveUpSilent(trx, { ...at, error: CUT_OFF })) {
      await tellRun(trx, { tenantId, runId: id }, 'failed');
    }
  });
}

/** Ends runs of all tenants that were being read and that nobody reads any more. */
export async function giveUpReading(db: Knex): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { tenantId, id } of await giveUpSilentReading(trx, { error: CUT_OFF })) {
      await tellRun(trx, { tenantId, runId: id }, 'failed');
    }
  });
}

/** Deletes what earlier rosters of a connection have left: rows that nobody works on, and rejects that are too old. */
export async function forgetLeftovers(db: Knex, { tenantId, connectionId }: At): Promise<void> {
  await forgetRejects(db, { tenantId, connectionId });
  await forgetEnded(db, { tenantId, connectionId });
}
