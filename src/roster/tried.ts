import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { RunKey } from './runs.ts';

/** Of each verdict: enough to see whether a file means what it should. */
const KEPT = 100;

const dropTheRest = statement<never>(
  'roster_tried_keep',
  `with unstaged as (delete from roster_rows where tenant_id = :tenantId and run_id = :runId)
   delete from roster_changes x
    where x.tenant_id = :tenantId and x.run_id = :runId
      and not (x.line = any(array(
        select k.line
          from (select line, row_number() over (partition by verdict order by line) as place from roster_changes
                 where tenant_id = :tenantId and run_id = :runId) k
         where k.place <= ${KEPT})))`,
);

/** Keeps the first changes of each verdict of a dry run, to be looked at until the next file of the connection comes. */
export async function keepTried(db: Knex, { tenantId, runId }: RunKey): Promise<void> {
  await dropTheRest(db, { tenantId, runId });
}
