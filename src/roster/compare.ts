import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { RejectCode, Shape } from './row.ts';
import type { OpenRoster } from './runs.ts';

/*
 * The comparison of a file with what is known, as sets: what is done for a row is done for all of them in one statement,
 * and an unchanged row is only read.
 */

const RUN = 'tenant_id = :tenantId and run_id = :runId';
const HASH = `x.content_hash || coalesce(' ' || x.manager_key, '')`;

const rejectRows = (which: string) => `with bad as (
     delete from roster_rows x where x.tenant_id = :tenantId and x.run_id = :runId and ${which}
     returning x.line, x.key, x.raw, x.manager, x.email_key, x.user_name_key)
   insert into roster_rejects (tenant_id, run_id, line, key, raw, rejects)
   select :tenantId, :runId, b.line, b.key, b.raw, json_build_array(json_build_object('line', b.line,
            'column', :column::text, 'code', :code::text, 'found', left(FOUND, 100)))
     from bad b`;

const twins = (column: 'key' | 'email_key' | 'user_name_key') =>
  rejectRows(
    `x.${column} in (select t.${column} from roster_rows t where ${RUN.replaceAll(/(tenant_id|run_id) =/g, 't.$1 =')}
        group by t.${column} having count(*) > 1)`,
  ).replace('FOUND', `b.${column}`);

const rejectTwinKeys = statement<never>('roster_twin_keys', twins('key'));
const rejectTwinEmails = statement<never>('roster_twin_emails', twins('email_key'));
const rejectTwinNames = statement<never>('roster_twin_names', twins('user_name_key'));
const rejectStrangers = statement<never>(
  'roster_unknown_managers',
  rejectRows('x.manager is not null and x.manager_key is null').replace('FOUND', 'b.manager'),
);

const forgetVerdicts = statement<never>(
  'roster_verdicts_forget',
  `update roster_rows set verdict = null, person_id = null, tries = 0 where ${RUN} and line > 0 and verdict is not null`,
);

const forgetMissing = statement<never>('roster_missing_forget', `delete from roster_rows where ${RUN} and line < 0`);

// in the file first, and among its rejected rows; then whoever came by a roster before
const resolveManagers = statement<never>(
  'roster_managers',
  `update roster_rows r set manager_key = m.key
     from (select n.manager, c.key
             from (select distinct manager from roster_rows where ${RUN} and manager is not null) n
            cross join lateral (
              select x.key, 1 as rank from roster_rows x where x.tenant_id = :tenantId and x.run_id = :runId and x.key = n.manager
              union all
              select x.key, 2 from roster_rejects x where x.tenant_id = :tenantId and x.run_id = :runId and x.key = n.manager
              union all
              select x.key, 3 from roster_rows x
               where x.tenant_id = :tenantId and x.run_id = :runId and x.email_key = n.manager
              union all
              select x.key, 4 from roster_rows x
               where x.tenant_id = :tenantId and x.run_id = :runId and x.position = n.manager
              union all
              select k.key, 5 from roster_people k
               where k.tenant_id = :tenantId and k.connection_id = :connectionId and k.key = n.manager
              union all
              select k.key, 6 from people p join roster_people k on k.tenant_id = p.tenant_id and k.person_id = p.id
               where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.email_key = n.manager
                 and p.deleted_at is null
              order by rank, key limit 1) c) m
    where r.tenant_id = :tenantId and r.run_id = :runId and r.manager = m.manager
      and r.manager_key is distinct from m.key`,
);

const judgeRows = statement<never>(
  'roster_judge',
  `update roster_rows r set person_id = f.person_id, verdict = f.verdict
     from (select x.line, p.id as person_id,
                  case when p.id is null then 'new' when p.absent_at is not null then 'returned' else 'changed' end as verdict
             from roster_rows x
             left join roster_people k on k.tenant_id = :tenantId and k.connection_id = :connectionId and k.key = x.key
             left join people p on p.tenant_id = :tenantId and p.id = k.person_id and p.deleted_at is null
            where x.tenant_id = :tenantId and x.run_id = :runId
              and (p.id is null or p.absent_at is not null or k.row_hash <> ${HASH})) f
    where r.tenant_id = :tenantId and r.run_id = :runId and r.line = f.line`,
);

// somebody who is known by another key, or came by the protocol: the same person, unless the file has them already
const recogniseNew = statement<never>(
  'roster_recognise',
  `update roster_rows r set person_id = f.id, verdict = case when f.absent then 'returned' else 'changed' end
     from (select distinct on (c.id) c.id, c.absent, x.line
             from roster_rows x
            cross join lateral (
              select p.id, p.absent_at is not null as absent, 1 as rank from people p
               where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.external_id = x.key
                 and p.deleted_at is null
              union all
              select p.id, p.absent_at is not null, 2 from people p
               where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.user_name_key = x.user_name_key
                 and p.deleted_at is null
              order by rank limit 1) c
            where x.tenant_id = :tenantId and x.run_id = :runId and x.verdict = 'new'
              and not exists (select 1 from roster_people k
                               where k.tenant_id = :tenantId and k.person_id = c.id
                                 and (exists (select 1 from roster_rows y where y.tenant_id = :tenantId and y.run_id = :runId and y.key = k.key)
                                   or exists (select 1 from roster_rejects y where y.tenant_id = :tenantId and y.run_id = :runId and y.key = k.key)))
            order by c.id, c.rank, x.line) f
    where r.tenant_id = :tenantId and r.run_id = :runId and r.line = f.line`,
);

const addMissing = statement<never>(
  'roster_missing',
  `insert into roster_rows (tenant_id, run_id, line, key, content_hash, person_id, verdict)
   select :tenantId, :runId, -row_number() over (order by k.key), k.key, k.row_hash, k.person_id, 'missing'
     from roster_people k join people p on p.tenant_id = k.tenant_id and p.id = k.person_id
    where k.tenant_id = :tenantId and k.connection_id = :connectionId and p.deleted_at is null and p.absent_at is null
      and not exists (select 1 from roster_rows x
                       where x.tenant_id = :tenantId and x.run_id = :runId and x.key = k.key)
      and not exists (select 1 from roster_rejects x
                       where x.tenant_id = :tenantId and x.run_id = :runId and x.key = k.key)
      and not exists (select 1 from roster_rows x
                       where x.tenant_id = :tenantId and x.run_id = :runId and x.verdict is not null and x.person_id = k.person_id)`,
);

/** What a comparison found; `unchanged` rows cost nothing further. */
export type Counts = {
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

const countAll = statement<Counts>(
  'roster_counts',
  `select c.*, c.rows - c.new - c.changed - c.returned as unchanged, j.rejected, j.keyless, k.present
     from (select count(*) filter (where x.line > 0)::int as rows,
                  count(*) filter (where x.verdict = 'new')::int as new,
                  count(*) filter (where x.verdict = 'changed')::int as changed,
                  count(*) filter (where x.verdict = 'returned')::int as returned,
                  count(*) filter (where x.verdict = 'missing')::int as missing,
                  count(*) filter (where x.line > 0 and p.id is not null and p.email_key is distinct from x.email_key)::int as emails
             from roster_rows x
             left join people p on p.tenant_id = x.tenant_id and p.id = x.person_id
            where x.tenant_id = :tenantId and x.run_id = :runId) c
    cross join (select count(*)::int as rejected, count(*) filter (where key is null)::int as keyless
                  from roster_rejects where ${RUN}) j
    cross join (select count(*)::int as present
                  from roster_people k join people p on p.tenant_id = k.tenant_id and p.id = k.person_id
                 where k.tenant_id = :tenantId and k.connection_id = :connectionId
                   and p.deleted_at is null and p.absent_at is null) k`,
);

/** The columns of the file that what is found only now belongs to, for the error file. */
export type ColumnNames = { key: string; email: string | null; userName: string | null; manager: string | null };

/** Rejects what cannot be right beside the other rows, and says of each other row what it changes. May run again. */
export async function compare(db: Knex, run: OpenRoster, shape: Shape, columns: ColumnNames): Promise<Counts> {
  const { tenantId, runId, connectionId } = run;
  const key = { tenantId, runId };
  const at = { ...key, connectionId };
  const reject = (code: RejectCode, column: string | null) => ({ ...key, code, column });
  await forgetMissing(db, key);
  await forgetVerdicts(db, key);
  await rejectTwinKeys(db, reject('duplicate_key', columns.key));
  await rejectTwinEmails(db, reject('duplicate_email', columns.email));
  await rejectTwinNames(db, reject('duplicate_key', columns.userName));
  await resolveManagers(db, at);
  await rejectStrangers(db, reject('unknown_manager', columns.manager));
  await judgeRows(db, at);
  await recogniseNew(db, at);
  if (run.profile.semantics === 'fullActive' && !shape.again) await addMissing(db, at);
  const [counts] = await countAll(db, at);
  if (!counts) throw new Error('counting returns one row');
  return counts;
}
