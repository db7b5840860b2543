import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { type Drawing, keepChanges, rewritten } from './changes.ts';
import { type Differing, rowsBy } from './differing.ts';
import { REJECT_BAD } from './reject-sql.ts';
import type { RejectCode } from './row.ts';
import type { OpenRoster } from './runs.ts';

/*
 * A row names its manager by key, e-mail address or position, or by the position that is above its own. Most name a key that
 * is in the file, and nothing is looked up for them one by one; only the other names are.
 */

const C = 'c.tenant_id = :tenantId and c.run_id = :runId';

const HERE = 'x.tenant_id = :tenantId and x.run_id = :runId';
const KNOWN = 'k.tenant_id = :tenantId and k.connection_id = :connectionId';
const UNTOUCHED = (id: string) => `not exists (select 1 from roster_changes x where ${HERE} and x.person_id = ${id})`;

/**
 * The key that each of `names` (manager, above) stands for, or null: what the file says counts before what was known. As
 * sets, because there may be as many managers as people.
 */
const resolved = (names: string) => `
  with names as materialized (${names}),
  found as (
    select n.*, x.key, 1 as rank from names n join roster_rows x on ${HERE} and x.key = n.manager
    union all
    select n.*, x.key, 2 from names n join roster_rejects x on ${HERE} and x.key = n.manager
    union all
    select n.*, x.key, 3 from names n join roster_changes x on ${HERE} and x.email_key = n.manager
    union all
    select n.*, x.key, 4 from names n join roster_changes x on ${HERE} and x.position = coalesce(n.above, n.manager)
    union all
    select n.*, k.key, 5 from names n join roster_people k on ${KNOWN} and k.key = n.manager
    union all
    select n.*, p.external_id, 6 from names n
      join people p on p.tenant_id = :tenantId and p.connection_id = :connectionId and p.external_id = n.manager and p.deleted_at is null
    union all
    select n.*, k.key, 7 from names n
      join people p on p.tenant_id = :tenantId and p.connection_id = :connectionId and p.email_key = n.manager and p.deleted_at is null
      join roster_people k on k.tenant_id = p.tenant_id and k.person_id = p.id and ${UNTOUCHED('p.id')}
    union all
    select n.*, k.key, 8 from names n
      join roster_people k on ${KNOWN} and k.position = coalesce(n.above, n.manager) and ${UNTOUCHED('k.person_id')})
  select distinct on (n.manager, n.above) n.manager, n.above, f.key
    from names n left join found f on f.manager is not distinct from n.manager and f.above is not distinct from n.above
   order by n.manager, n.above, f.rank, f.key`;

const setKeys = statement<never>(
  'roster_managers',
  `update roster_changes c set manager_key = f.key
     from (${resolved(`select distinct c.manager, c.above from roster_changes c
            where ${C} and (c.above is not null or c.manager is not null and not exists (
              select 1 from roster_rows x where x.tenant_id = :tenantId and x.run_id = :runId and x.key = c.manager))`)}) f
    where ${C} and c.manager is not distinct from f.manager and c.above is not distinct from f.above
      and c.manager_key is distinct from f.key`,
);

const rejectStrangers = statement<never>(
  'roster_unknown_managers',
  `with bad as (delete from roster_changes c where ${C} and c.manager is not null and c.manager_key is null
                returning c.line, c.key, c.manager as found)
   ${REJECT_BAD}`,
);

const ROW = 'x.line, x.key, x.hash, x.raw, c.person_id as "personId"';
const RENAMED = `select ${ROW}, c.manager_key as "managerKey" from roster_changes c
     join roster_rows x on x.tenant_id = :tenantId and x.run_id = :runId and x.key = c.key and x.line = c.line
    where ${C} and c.manager_key is not null and c.manager is distinct from c.manager_key`;

// whose row is as it was, and whose manager is somebody else now
const MOVED = `select x.line, x.key, x.hash, x.raw, k.person_id as "personId"
     from (${resolved(`select distinct k.manager, k.above from roster_people k
            where k.tenant_id = :tenantId and k.connection_id = :connectionId and (k.manager is not null or k.above is not null)`)}) f
     join roster_people k on k.tenant_id = :tenantId and k.connection_id = :connectionId
          and k.manager is not distinct from f.manager and k.above is not distinct from f.above
     join roster_rows x on x.tenant_id = :tenantId and x.run_id = :runId and x.key = k.key
    where k.manager_key is distinct from f.key and (k.manager is not null or k.above is not null)
      and not exists (select 1 from roster_changes c where ${C} and c.line = x.line)`;

const rewriteRows = statement<never>(
  'roster_rewrite',
  `update roster_changes c set document = r.document, search = r.search
     from json_to_recordset(:rows::json) as r (line int, document json, search jsonb) where ${C} and c.line = r.line`,
);

/** Finds out whom rows name as manager, also those whose row is as it was, and rejects what names nobody. */
export async function findManagers(
  db: Knex,
  trx: Knex.Transaction,
  run: OpenRoster,
  drawing: Drawing,
  column: string | null,
): Promise<void> {
  const { tenantId, runId, connectionId } = run;
  const code: RejectCode = 'unknown_manager';
  const at = { tenantId, runId, connectionId };
  await setKeys(db, at);
  if ((await keepChanges(db, run, rowsBy(trx, run, 'moved', MOVED), drawing, async () => {})) > 0)
    await setKeys(db, at);
  await rejectStrangers(db, { tenantId, runId, column, code });
  for await (const rows of rowsBy(trx, run, 'renamed', RENAMED)) {
    const changed = rows.flatMap(
      (row) => rewritten(row, (row as Differing & { managerKey: string }).managerKey, drawing) ?? [],
    );
    const texts = changed.map(
      ({ line, document, search }) => `{"line":${line},"document":${document},"search":${search}}`,
    );
    await rewriteRows(db, { tenantId, runId, rows: `[${texts.join(',')}]` });
  }
}
