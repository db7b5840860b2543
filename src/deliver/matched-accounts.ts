import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { fold } from '../directory/stored.ts';
import type { ActualAccount } from '../model/account.ts';
import { markSql } from '../work/mark.ts';
import type { AtTarget } from './losses.ts';
import type { OpenRun } from './runs.ts';

/*
 * An account that somebody made at the target, or gave another e-mail address there, after its person was known here: no
 * request tells of it, so a run is what finds it (S4, S57).
 */

const NO_LINK = `not exists (select 1 from links l where l.tenant_id = p.tenant_id and l.target_id = :targetId::uuid
       and l.person_id = p.id and l.state <> 'erased')`;
const PEOPLE = `p.tenant_id = :tenantId and p.connection_id = :connectionId and p.deleted_at is null and p.active`;

const selectMatched = statement<{ id: string }>(
  'matched_page',
  `select p.id from unnest(:emailKeys::text[], :remoteIds::text[]) as a (email_key, remote_id)
     join people p on ${PEOPLE} and p.email_key = a.email_key
    where ${NO_LINK}
      and not exists (select 1 from links l where l.tenant_id = p.tenant_id and l.target_id = :targetId::uuid
                         and l.remote_id = a.remote_id)`,
);

// asked again, because the list took its time: who has been linked meanwhile needs no look
const markMatched = statement<{ people: number }>(
  'matched_mark',
  `with written as (
     select p.tenant_id, p.connection_id, p.id as subject_id, 1::smallint as lane from people p
      where ${PEOPLE} and p.id = any(:ids::uuid[]) and ${NO_LINK}),
   marked as (${markSql('written', { which: 'ct.target_id = :targetId::uuid', runId: ':runId::uuid' })} returning 1)
   select (select count(*)::int from written) as people, (select count(*)::int from marked) as due`,
);

/** People without an account whose e-mail address is that of an account on this page which nobody is linked to. */
export async function matchedPeople(db: Knex, at: AtTarget, accounts: readonly ActualAccount[]): Promise<string[]> {
  const emailKeys = accounts.map(({ email }) => fold(email));
  const remoteIds = accounts.map(({ remoteId }) => remoteId);
  return (await selectMatched(db, { ...at, emailKeys, remoteIds })).map(({ id }) => id);
}

/** Marks them for the reconciler, at this target alone; says how many they are. */
export async function markMatchedPeople(trx: Knex, run: OpenRun, at: AtTarget, ids: Iterable<string>): Promise<number> {
  const [row] = await markMatched(trx, { ...at, runId: run.id, ids: [...ids] });
  return row?.people ?? 0;
}
