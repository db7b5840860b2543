import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { type Drawing, keepChanges } from './changes.ts';
import { differing, findMissing, rejectTwinKeys } from './differing.ts';
import { findManagers } from './managers.ts';
import { recogniseKnown, rejectTwinNames } from './recognise.ts';
import type { Shape } from './row.ts';
import { keepCounts, type OpenRoster } from './runs.ts';
import { MANY, refreshStatistics } from './stage.ts';

const forgetChanges = statement<never>(
  'roster_changes_forget',
  `delete from roster_changes where tenant_id = :tenantId and run_id = :runId`,
);

type Counts = {
  rows: number;
  rejected: number;
  keyless: number;
  new: number;
  changed: number;
  returned: number;
  missing: number;
  unchanged: number;
  emails: number;
  present: number;
};

const RUN = 'tenant_id = :tenantId and run_id = :runId';

const countAll = statement<Omit<Counts, 'unchanged'> & { plan: string }>(
  'roster_counts',
  `select c.*, r.rows - j.rows as rows, j.rejected, j.keyless, k.present
     from (select count(*) filter (where x.verdict = 'new')::int as new,
                  count(*) filter (where x.verdict = 'changed')::int as changed,
                  count(*) filter (where x.verdict = 'returned')::int as returned,
                  count(*) filter (where x.verdict = 'missing')::int as missing,
                  count(*) filter (where x.line > 0 and p.id is not null and p.email_key is distinct from x.email_key)::int as emails,
                  coalesce(bit_xor(hashtextextended(concat_ws(' ', x.verdict, x.key, x.hash, x.person_id, x.manager_key), 0)), 0)::text as plan
             from roster_changes x
             left join people p on p.tenant_id = x.tenant_id and p.id = x.person_id
            where x.tenant_id = :tenantId and x.run_id = :runId) c
    cross join (select count(*)::int as rows from roster_rows where ${RUN}) r
    cross join (select count(*)::int as rejected, count(*) filter (where j.key is null)::int as keyless,
                       count(*) filter (where exists (select 1 from roster_rows x where x.tenant_id = j.tenant_id
                          and x.run_id = j.run_id and x.key = j.key and x.line = j.line))::int as rows
                  from roster_rejects j where ${RUN}) j
    cross join (select count(*)::int as present
                  from roster_people k where k.tenant_id = :tenantId and k.connection_id = :connectionId) k`,
);

/** The columns of the file that what is found only now belongs to, for the error file. */
export type ColumnNames = { key: string; email: string | null; userName: string | null; manager: string | null };

/**
 * Finds out what a file changes: reads the rows that differ as people, rejects what cannot be right beside the others, and
 * finds who is missing. Writes nothing but the run's own tables; may run again. `plan` is a fingerprint of all changes.
 */
export async function compare(
  db: Knex,
  run: OpenRoster,
  shape: Shape,
  columns: ColumnNames,
  drawing: Drawing,
): Promise<{ counts: Counts; plan: string }> {
  const { tenantId, runId, connectionId } = run;
  const at = { tenantId, runId, connectionId };
  const key = { tenantId, runId };
  await forgetChanges(db, key);
  await rejectTwinKeys(db, run, columns.key);
  await db.transaction(async (trx) => {
    const alive = (compared: number) => keepCounts(db, run, { compared });
    const count = await keepChanges(db, run, differing(trx, run), drawing, alive);
    if (count >= MANY) await refreshStatistics(db, 'roster_changes');
    await recogniseKnown(db, run);
    await findManagers(db, trx, run, drawing, columns.manager);
  });
  await rejectTwinNames(db, run, columns);
  if (run.profile.semantics === 'fullActive' && !shape.again) await findMissing(db, run);
  const [counts] = await countAll(db, at);
  if (!counts) throw new Error('counting returns one row');
  const { plan, ...found } = counts;
  const unchanged = found.rows - found.new - found.changed - found.returned;
  return { counts: { ...found, unchanged }, plan };
}
