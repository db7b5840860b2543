import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { AtTarget } from './losses.ts';
import { forgetPages } from './seen-accounts.ts';

const AT = 'tenant_id = :tenantId and target_id = :targetId';
const OURS = `${AT} and connection_id = :connectionId`;

const selectRead = statement<{ tenantId: string; id: string }>(
  'tidy_read',
  `select r.tenant_id as "tenantId", r.id from runs r
    where r.tenant_id = :tenantId and r.target_id = :targetId and r.connection_id = :connectionId and r.kind = 'reconcile' and r.state in ('done', 'held', 'failed')
      and exists (select 1 from seen_accounts s where s.tenant_id = r.tenant_id and s.run_id = r.id)`,
);

// a window is a day; the rows of the day before tell nobody anything
const deleteCounts = statement<never>(
  'tidy_guard_counts',
  `delete from guard_counts where ${OURS} and slice < now() - interval '3 days'`,
);

const deleteLosses = statement<never>(
  'tidy_guard_losses',
  `delete from guard_losses g
    where g.tenant_id = :tenantId and g.target_id = :targetId and (g.person_id, g.counter) in (
      select person_id, counter from guard_losses
       where ${AT} and not under_way and counted_at < now() - interval '3 days' limit :limit)`,
);

const deleteRuns = statement<never>(
  'tidy_runs',
  `delete from runs where tenant_id = :tenantId and id in (
     select id from runs where ${OURS} and kind = 'reconcile' and state in ('done', 'held', 'failed')
        and started_at < now() - interval '90 days' order by id limit :limit)`,
);

const MOST = 1_000;

/** Deletes what nobody needs any more after a run: what runs have read, old runs, and what the guard has counted. */
export async function tidyUp(db: Knex, { tenantId, targetId, connectionId }: AtTarget): Promise<void> {
  const at = { tenantId, targetId, connectionId };
  for (const run of await selectRead(db, at)) await forgetPages(db, run);
  await deleteCounts(db, at);
  await deleteLosses(db, { ...at, limit: MOST });
  await deleteRuns(db, { ...at, limit: MOST });
}
