import type { Knex } from 'knex';
import { cursor } from '../database/cursor.ts';
import { statement } from '../database/statement.ts';
import { REJECT_BAD } from './reject-sql.ts';
import type { RejectCode } from './row.ts';
import type { OpenRoster, RunKey } from './runs.ts';

/*
 * A file against the last one, as sets: which rows differ, which are about nobody in particular, who is not in it. An
 * unchanged row is only passed by; what grows with the size of a roster is one pass over it and one over its people.
 */

const RUN = 'x.tenant_id = :tenantId and x.run_id = :runId';

/** A row that says something new, as it was kept. */
export type Differing = { line: number; key: string; hash: string; raw: string; personId: string | null };

// p is looked up in an index that has nothing but ids: reading a million people would take longer than all the rest
const DIFFERING = `select x.line, x.key, x.hash, x.raw, p.id as "personId"
     from roster_rows x
     left join roster_people k on k.tenant_id = :tenantId and k.connection_id = :connectionId and k.key = x.key
     left join people p on p.tenant_id = :tenantId and p.connection_id = :connectionId and p.id = k.person_id
          and p.deleted_at is null
    where ${RUN} and (p.id is null or k.row_hash <> x.hash)`;

const rejectTwins = statement<never>(
  'roster_twin_keys',
  `with twins as (select x.key from roster_rows x where ${RUN} group by x.key having count(*) > 1),
   bad as (select x.line, x.key, x.key as found from twins join roster_rows x on ${RUN} and x.key = twins.key)
   ${REJECT_BAD}`,
);

const dropRejected = statement<never>(
  'roster_rejected_drop',
  `with gone as (
     delete from roster_rows x using roster_rejects j
      where ${RUN} and j.tenant_id = x.tenant_id and j.run_id = x.run_id and j.key = x.key and j.line = x.line
     returning 1)
   update rosters x set staged = staged - (select count(*) from gone) where ${RUN}`,
);

const addMissing = statement<never>(
  'roster_missing',
  `insert into roster_changes (tenant_id, run_id, line, verdict, key, hash, person_id)
   select :tenantId, :runId, -row_number() over (order by k.key), 'missing', k.key, k.row_hash, k.person_id
     from roster_people k
     join people p on p.tenant_id = :tenantId and p.connection_id = :connectionId and p.id = k.person_id
          and p.deleted_at is null
    where k.tenant_id = :tenantId and k.connection_id = :connectionId
      and not exists (select 1 from roster_rows x where ${RUN} and x.key = k.key)
      and not exists (select 1 from roster_rejects x where ${RUN} and x.key = k.key)
      and not exists (select 1 from roster_changes x where ${RUN} and x.person_id = k.person_id)`,
);

/** About a megabyte of what is written of them. */
const BATCH = 500;

/** Rows that say something else than the last roster, or are about people who were not in it; in batches. */
export function differing(trx: Knex.Transaction, run: OpenRoster): AsyncGenerator<Differing[]> {
  return rowsBy(trx, run, 'differing', DIFFERING);
}

/** Rows by a query that selects from `roster_rows x`. */
export function rowsBy(
  trx: Knex.Transaction,
  { tenantId, runId, connectionId }: OpenRoster,
  name: string,
  sql: string,
): AsyncGenerator<Differing[]> {
  return cursor<Differing>(trx, { name, sql, bindings: { tenantId, runId, connectionId }, size: BATCH });
}

/** Rejects rows that are about the same person; nobody can tell which of them is right. */
export async function rejectTwinKeys(db: Knex, { tenantId, runId }: RunKey, column: string): Promise<void> {
  const code: RejectCode = 'duplicate_key';
  await rejectTwins(db, { tenantId, runId, column, code });
  await dropRejected(db, { tenantId, runId });
}

/** Finds who was in the last roster and is not in this one: neither a row nor a rejected row is about them. */
export async function findMissing(db: Knex, { tenantId, runId, connectionId }: OpenRoster): Promise<void> {
  await addMissing(db, { tenantId, runId, connectionId });
}
