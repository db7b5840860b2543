import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { markSql } from '../work/mark.ts';
import { ATTRIBUTES_OF, tellPeopleSql } from '../work/tell.ts';
import type { Verdict } from './changing-rows.ts';

/** Changes of one verdict, from one line to another. */
export type Batch = {
  tenantId: string;
  runId: string;
  connectionId: string;
  tries: number;
  verdict: Verdict;
  after: number;
  upto: number;
};

const RANGE = `c.tenant_id = :tenantId and c.run_id = :runId and c.tries = :tries and c.verdict = :verdict
      and c.line > :after and c.line <= :upto`;
const NOW = `date_trunc('milliseconds', now())`;
const MARKED = markSql('subjects', { runId: ':runId::uuid' });

/*
 * The people of a batch are looked up one by one by their id (`offset 0` keeps it so): PostgreSQL knows little about tables
 * that fill up this moment, and whatever else it may choose for a handful of rows takes for ever for thousands.
 */

const settings = statement<never>(
  'roster_write_settings',
  `select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)`,
);

// a name that is a key by itself always means the same
const remember = statement<never>(
  'roster_remember',
  `insert into roster_people as k (tenant_id, connection_id, key, person_id, row_hash, manager, above, manager_key, position)
   select :tenantId, :connectionId, c.key, p.id, c.hash,
          case when c.manager is distinct from c.manager_key then c.manager end, c.above,
          case when c.manager is distinct from c.manager_key then c.manager_key end, c.position
     from roster_changes c
    cross join lateral (select p.id from people p
       where p.tenant_id = :tenantId and p.id = coalesce(c.person_id, c.new_id) and p.deleted_at is null offset 0) p
    where ${RANGE}
   on conflict (tenant_id, connection_id, key) do update set
     person_id = excluded.person_id, row_hash = excluded.row_hash, manager = excluded.manager, above = excluded.above,
     manager_key = excluded.manager_key, position = excluded.position`,
);

const forgetKeys = statement<never>(
  'roster_keys_forget',
  `delete from roster_people k using roster_changes c
    where ${RANGE} and k.tenant_id = :tenantId and k.person_id = c.person_id and k.key <> c.key`,
);

const insertNew = statement<{ count: number }>(
  'roster_write_new',
  `with written as (
     insert into people (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key, display_name_key,
                         active, document, search, created_at, modified_at)
     select :tenantId, :connectionId, c.new_id, c.user_name, c.user_name_key, c.external_id, c.email_key, c.display_name_key,
            c.active, c.document, c.search, ${NOW}, ${NOW}
       from roster_changes c where ${RANGE} order by c.user_name_key
     on conflict (tenant_id, connection_id, user_name_key) where deleted_at is null do nothing
     returning tenant_id, connection_id, id as subject_id, 2::smallint as lane, version as revision,
               'person.create' as type, null::boolean as active, ${ATTRIBUTES_OF('people.document')} as detail),
   marked as (${markSql('written', { runId: ':runId::uuid' })}),
   told as (${tellPeopleSql('written')})
   select count(*)::int as count from written`,
);

const lockKnown = statement<{ count: number }>(
  'roster_lock_known',
  `select count(*)::int as count from (
     select p.id from roster_changes c join people p on p.tenant_id = :tenantId and p.id = c.person_id and p.deleted_at is null
      where ${RANGE} order by p.id for no key update of p) known`,
);

const updateKnown = statement<never>(
  'roster_write_known',
  `with written as (
     update people t
        set version = t.version + 1, user_name = c.user_name, user_name_key = c.user_name_key, external_id = c.external_id,
            email_key = c.email_key, display_name_key = c.display_name_key, active = c.active, document = c.document,
            search = c.search, absent_at = null, modified_at = ${NOW}
       from roster_changes c
      where ${RANGE} and t.tenant_id = :tenantId and t.connection_id = :connectionId and t.id = c.person_id
        and t.deleted_at is null and (t.absent_at is not null or t.document::text <> c.document::text)
     returning t.tenant_id, t.connection_id, t.id, t.active, t.version, ${ATTRIBUTES_OF('t.document')} as detail),
   subjects as (select w.tenant_id, w.connection_id, w.id as subject_id, (case when w.active then 1 else 0 end)::smallint as lane
                  from written w),
   marked as (${MARKED}),
   changes as (
     select w.tenant_id, w.connection_id, w.id as subject_id, w.version as revision, 'person.put' as type,
            case when (f.active and f.absent_at is null) = w.active then null else w.active end as active, w.detail
       from written w join people f on f.tenant_id = w.tenant_id and f.id = w.id),
   told as (${tellPeopleSql('changes')})
   select 1`,
);

// who is missing counts as deactivated; the time tells an undo since when something was done because of it
const setMissing = statement<{ count: number }>(
  'roster_write_missing',
  `with written as (
     update people t set absent_at = now(), version = t.version + 1, modified_at = ${NOW}
       from roster_changes c
      where ${RANGE} and t.tenant_id = :tenantId and t.connection_id = :connectionId and t.id = c.person_id
        and t.deleted_at is null and t.absent_at is null
     returning t.tenant_id, t.connection_id, t.id as subject_id, 0::smallint as lane, t.version as revision,
               'person.deactivate' as type, false as active, '{}'::jsonb as detail),
   told as (${tellPeopleSql('written')}),
   marked as (${markSql('written', { runId: ':runId::uuid' })}),
   forgotten as (
     delete from roster_people k using roster_changes c
      where ${RANGE} and k.tenant_id = :tenantId and k.connection_id = :connectionId and k.key = c.key)
   select count(*)::int as count from written`,
);

/** Must be called first in the transaction of a batch. */
export async function prepareBatch(trx: Knex): Promise<void> {
  await settings(trx, {});
}

/** Writes people, their work, and what was read of them; returns how many. Call in a transaction. */
export async function writeBatch(trx: Knex, batch: Batch): Promise<number> {
  const { verdict } = batch;
  if (verdict === 'missing') return counted(await setMissing(trx, batch));
  const count = verdict === 'new' ? counted(await insertNew(trx, batch)) : await writeKnown(trx, batch);
  await remember(trx, batch);
  return count;
}

async function writeKnown(trx: Knex, batch: Batch): Promise<number> {
  await forgetKeys(trx, batch); // whose key is another now
  const count = counted(await lockKnown(trx, batch));
  await updateKnown(trx, batch);
  return count;
}

function counted([row]: { count: number }[]): number {
  return row?.count ?? 0;
}
