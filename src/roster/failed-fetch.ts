import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { RunKey, Upload } from './runs.ts';

const insertFailed = statement<{ id: string }>(
  'roster_fetch_failed',
  `with run as (
     insert into runs (tenant_id, id, connection_id, kind, state, asked_by, error, started_at, finished_at)
     values (:tenantId, :runId, :connectionId, 'roster', 'failed', :askedBy, :error, now(), now())
     returning tenant_id, id, connection_id)
   insert into rosters (tenant_id, run_id, connection_id, file_name, profile, dry_run, alive_at)
   select run.tenant_id, run.id, run.connection_id, :fileName, :profile, false, now() from run
   returning run_id as id`,
);

const countStaged = statement<{ count: number }>(
  'roster_count_staged',
  `select (select count(*) from roster_rows where tenant_id = :tenantId and run_id = :runId)::int
        + (select count(*) from roster_rejects where tenant_id = :tenantId and run_id = :runId)::int as count`,
);

/** Records a roster that could not even be begun: an outage is not a roster with nobody in it. */
export async function recordFailedRoster(db: Knex, upload: Upload, error: string): Promise<string> {
  const { tenantId, connectionId, askedBy, fileName } = upload;
  const profile = JSON.stringify(upload.profile);
  const bindings = { tenantId, connectionId, askedBy, fileName, profile, error, runId: uuidv7() };
  await insertFailed(db, bindings);
  return bindings.runId;
}

/** How many rows of a roster have been read, taken or not. */
export async function countRows(db: Knex, { tenantId, runId }: RunKey): Promise<number> {
  const [row] = await countStaged(db, { tenantId, runId });
  return row?.count ?? 0;
}
