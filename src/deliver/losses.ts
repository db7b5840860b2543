import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Counted, Counter } from '../plan/guard.ts';

/*
 * What the guard has counted. A window is added up from slices of five minutes, so an action costs the same in a company
 * of fifty and of five hundred thousand; the oldest slice counts in full, which errs on the side of holding.
 */

export type AtTarget = { tenantId: string; targetId: string; connectionId: string };
type Somebody = AtTarget & { personId: string };

const AT_TARGET = 'tenant_id = :tenantId and target_id = :targetId and connection_id = :connectionId';
const SLICE = `interval '5 minutes', now()`;
const ORIGIN = `timestamptz '2000-01-01 00:00:00+00'`;
const since = (window: string) => `slice >= date_bin(${SLICE} - interval '${window}', ${ORIGIN})`;

/** How old the number of accounts may be. Only who goes beyond the floor needs it at all. */
const FRESH = `interval '5 minutes'`;

const lockRow = statement<{ active: number | null }>(
  'guard_lock',
  `select case when guard_counted_at > now() - ${FRESH} then guard_active end as active
     from connection_targets where ${AT_TARGET} for no key update`,
);

// who lost access within the day still counts: else the limit would shrink with every loss
const countActive = statement<{ active: number }>(
  'guard_active',
  `update connection_targets set guard_counted_at = now(), guard_active = (
     select count(*) from links l
      where l.tenant_id = :tenantId and l.target_id = :targetId and l.connection_id = :connectionId
        and (l.state in ('invited', 'active', 'suspending')
             or exists (select 1 from guard_losses g where g.tenant_id = l.tenant_id and g.target_id = l.target_id
                           and g.person_id = l.person_id and g.counter = 'access'
                           and g.counted_at > now() - interval '1 day')))
    where ${AT_TARGET} returning guard_active as active`,
);

const selectCounted = statement<{ hour: number; day: number }>(
  'guard_counted',
  `select coalesce(sum(people) filter (where ${since('1 hour')}), 0)::int as hour, coalesce(sum(people), 0)::int as day
     from guard_counts where ${AT_TARGET} and counter = :counter and ${since('1 day')}`,
);

const insertLoss = statement<never>(
  'guard_count',
  `with before as (
     select 1 from guard_losses where tenant_id = :tenantId and target_id = :targetId and person_id = :personId
        and counter = :counter and counted_at > now() - interval '1 hour'),
   counted as (
     insert into guard_losses (tenant_id, target_id, person_id, counter, counted_at)
     values (:tenantId, :targetId, :personId, :counter, now())
     on conflict (tenant_id, target_id, person_id, counter) do update set under_way = true,
       counted_at = case when guard_losses.counted_at > excluded.counted_at - interval '1 hour'
                         then guard_losses.counted_at else excluded.counted_at end)
   insert into guard_counts (tenant_id, target_id, connection_id, counter, slice, people)
   select :tenantId, :targetId, :connectionId, :counter, date_bin(${SLICE}, ${ORIGIN}), 1
    where not exists (select 1 from before)
   on conflict (tenant_id, target_id, connection_id, counter, slice) do update set people = guard_counts.people + 1`,
);

/**
 * Makes everybody else wait who wants to count here, until the transaction ends; the recent number of accounts, if there
 * is one. Null when the target does not follow the connection any more.
 */
export async function lockCounters(trx: Knex, key: AtTarget): Promise<{ active: number | null } | null> {
  const [row] = await lockRow(trx, key);
  return row ?? null;
}

/** Counts the accounts that are active, or were within the last day. */
export async function countAccounts(trx: Knex, key: AtTarget): Promise<number> {
  const [row] = await countActive(trx, key);
  return row?.active ?? 0;
}

/** How many people were counted within the windows. */
export async function countedLosses(trx: Knex, key: AtTarget, counter: Counter): Promise<Omit<Counted, 'active'>> {
  const [row] = await selectCounted(trx, { ...key, counter });
  return row ?? { hour: 0, day: 0 };
}

/** Counts a person: once an hour however often, and as under way until it is seen through. */
export async function countLoss(trx: Knex, key: Somebody, counter: Counter): Promise<void> {
  await insertLoss(trx, { ...key, counter });
}
