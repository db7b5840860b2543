import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Drift } from '../plan/drift.ts';
import { markSql } from '../work/mark.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { AtTarget } from './losses.ts';
import type { OpenRun } from './runs.ts';

/*
 * What a run has read of a target, compared with the links as sets. The list only says whom to look at: what is done with
 * an account is planned after a look at that account alone, so an old or incomplete list makes work and nothing worse.
 */

const OURS = `tenant_id = :tenantId and id = :id and lease = :lease and state = 'running'`;

const insertPage = statement<{ held: boolean }>(
  'seen_page',
  `with held as (select tenant_id, id from runs where ${OURS} for no key update),
   stored as (
     insert into seen_accounts (tenant_id, run_id, remote_id, status, fingerprint)
     select h.tenant_id, h.id, a.remote_id, a.status, a.fingerprint
       from held h, unnest(:remoteIds::text[], :statuses::text[], :fingerprints::text[]) as a (remote_id, status, fingerprint)
     on conflict (tenant_id, run_id, remote_id) do update set status = excluded.status, fingerprint = excluded.fingerprint)
   select exists (select 1 from held) as held`,
);

// who is being worked on, or was settled after the list was begun, is as the worker left it and not as the list says
const CLASSED = `classed as (
  select l.tenant_id, l.connection_id, l.person_id, l.remote_id, s.fingerprint,
         case when s.remote_id is null then 'missing'
              when l.state = 'suspended' and s.status <> 'suspended' then 'resurrected'
              when l.state = 'invited' and s.status = 'active' then 'accepted'
              when s.fingerprint is distinct from l.shown and s.fingerprint is distinct from l.listed then 'differs'
         end as class
    from links l
    join runs r on r.tenant_id = l.tenant_id and r.id = :id
    left join seen_accounts s on s.tenant_id = l.tenant_id and s.run_id = r.id and s.remote_id = l.remote_id
   where l.tenant_id = :tenantId and l.target_id = :targetId and l.connection_id = :connectionId
     and l.remote_id is not null and l.state <> 'erased' and l.settled_at < r.started_at)`;
const numberOf = (name: string) => `(count(*) filter (where class = '${name}'))::int as ${name}`;

const countDrift = statement<Drift>(
  'seen_count',
  `with ${CLASSED}
   select ${['missing', 'differs', 'accepted', 'resurrected'].map(numberOf).join(', ')},
          (select count(*)::int from seen_accounts where tenant_id = :tenantId and run_id = :id) as accounts,
          (select count(*)::int from links where tenant_id = :tenantId and target_id = :targetId
              and connection_id = :connectionId and remote_id is not null and state <> 'erased') as links,
          (select count(*)::int from seen_accounts s where s.tenant_id = :tenantId and s.run_id = :id
              and not exists (select 1 from links l where l.tenant_id = s.tenant_id and l.target_id = :targetId
                                 and l.remote_id = s.remote_id)) as extra
     from classed`,
);

const markClassed = statement<{ people: number }>(
  'seen_mark',
  `with ${CLASSED},
   written as (
     select tenant_id, connection_id, person_id as subject_id,
            (case when class = 'resurrected' then 0 else 1 end)::smallint as lane from classed where class is not null),
   marked as (${markSql('written', { which: 'ct.target_id = :targetId::uuid', runId: ':id::uuid' })} returning 1)
   select (select count(*)::int from written) as people, (select count(*)::int from marked) as due`,
);

const selectResurrected = statement<{ personId: string; remoteId: string }>(
  'seen_resurrected',
  `with ${CLASSED} select person_id as "personId", remote_id as "remoteId" from classed
    where class = 'resurrected' order by person_id limit :limit`,
);

// a list may show less than a look at one account: so that it is looked at once and not in every run. Who was settled
// meanwhile has another settled_at, and is not in the classes any more
const noteListed = statement<never>(
  'seen_note',
  `with ${CLASSED}
   update links l set listed = c.fingerprint
     from classed c
    where l.tenant_id = c.tenant_id and l.target_id = :targetId and l.person_id = c.person_id
      and l.settled_at < :startedAt and c.class in ('differs', 'accepted', 'resurrected')`,
);

const deleteSome = statement<{ deleted: number }>(
  'seen_prune',
  `with gone as (
     delete from seen_accounts where tenant_id = :tenantId and run_id = :id and remote_id in (
       select remote_id from seen_accounts where tenant_id = :tenantId and run_id = :id order by remote_id limit 5000)
     returning 1)
   select count(*)::int as deleted from gone`,
);

/** Stores one page of what the target lists; false when the run is another worker's by now. */
export async function storePage(db: Knex, run: OpenRun, accounts: readonly ActualAccount[]): Promise<boolean> {
  const unique = [...new Map(accounts.map((account) => [account.remoteId, account])).values()];
  const [row] = await insertPage(db, {
    ...run,
    remoteIds: unique.map(({ remoteId }) => remoteId),
    statuses: unique.map(({ status }) => status),
    fingerprints: unique.map(fingerprintOf),
  });
  return row?.held ?? false;
}

/** How many accounts are in which class. */
export async function driftOf(db: Knex, run: OpenRun, at: AtTarget): Promise<Drift> {
  const [row] = await countDrift(db, { ...at, ...run });
  if (!row) throw new Error('a count has one row');
  return row;
}

/** Marks the people of all classes for the reconciler, at this target alone; says how many they are. */
export async function markDrift(trx: Knex, run: OpenRun, at: AtTarget): Promise<number> {
  const [row] = await markClassed(trx, { ...at, ...run });
  return row?.people ?? 0;
}

/** Accounts that were given back behind our back, up to a number. */
export async function resurrectedAccounts(
  db: Knex,
  run: OpenRun,
  at: AtTarget,
  limit: number,
): Promise<{ personId: string; remoteId: string }[]> {
  return selectResurrected(db, { ...at, ...run, limit });
}

/** Remembers how the list showed whom the run has marked. */
export async function rememberListed(db: Knex, run: OpenRun, at: AtTarget): Promise<void> {
  await noteListed(db, { ...at, ...run });
}

/** Forgets what a run has read, some thousand rows at a time. */
export async function forgetPages(db: Knex, { tenantId, id }: { tenantId: string; id: string }): Promise<void> {
  for (;;) {
    const [row] = await deleteSome(db, { tenantId, id });
    if (!row?.deleted) return;
  }
}
