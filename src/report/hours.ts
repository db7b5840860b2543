import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { idsFrom } from '../database/uuid.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long after its end an hour is counted: what was delivered late in it should be done by then. */
const SETTLED_MS = 10 * 60_000;
const KEPT_DAYS = 60;
/** Hours that one look counts at most: after a long pause the next looks go on. */
const MOST_HOURS = 48;

/** Upper ends of the sizes that delivery times are counted by; what takes longer than all comes last. */
export const BOUNDS_MS: readonly number[] = [
  50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000,
];

const selectLast = statement<{ hour: Date | null }>(
  'hours_last',
  'select max(hour) as hour from delivery_hours where tenant_id = :tenantId',
);

const selectNext = statement<{ at: Date }>(
  'hours_next',
  'select created_at as at from actions where tenant_id = :tenantId and id >= :first::uuid order by id limit 1',
);

// ids begin with their time: an hour is one stretch of the primary key
const insertHour = statement<never>(
  'hours_count',
  `with taken as materialized (
     select person_id, kind, state,
            width_bucket(extract(epoch from finished_at - created_at) * 1000, :bounds::numeric[]) as bucket
       from actions where tenant_id = :tenantId and id >= :first::uuid and id < :last::uuid),
   sized as (
     select b, (select count(*)::int from taken where state = 'done' and bucket = b) as size
       from generate_series(0, cardinality(:bounds::numeric[])) b)
   insert into delivery_hours (tenant_id, hour, joiners, movers, leavers, failed, buckets)
   select :tenantId, :hour,
          count(distinct person_id) filter (where state = 'done' and kind in ('invite', 'adopt', 'resume')),
          count(distinct person_id) filter (where state = 'done' and kind in ('update', 'grant', 'revoke')),
          count(distinct person_id) filter (where state = 'done' and kind in ('suspend', 'erase', 'anonymise')),
          count(distinct person_id) filter (where state in ('failed', 'refused')),
          (select array_agg(size order by b) from sized)
     from taken
   on conflict (tenant_id, hour) do nothing`,
);

const deleteOld = statement<never>(
  'hours_forget',
  'delete from delivery_hours where tenant_id = :tenantId and hour < :until',
);

const selectDays = statement<{
  day: string;
  joiners: number;
  movers: number;
  leavers: number;
  failed: number;
  buckets: number[];
}>(
  'hours_days',
  `select to_char(day, 'YYYY-MM-DD') as day, joiners, movers, leavers, failed,
          array(select sum(u.n)::int from delivery_hours h, unnest(h.buckets) with ordinality u (n, b)
                 where h.tenant_id = :tenantId and h.hour >= days.day at time zone 'utc'
                   and h.hour < (days.day + interval '1 day') at time zone 'utc'
                 group by u.b order by u.b) as buckets
     from (select date_trunc('day', hour at time zone 'utc') as day, sum(joiners)::int as joiners,
                  sum(movers)::int as movers, sum(leavers)::int as leavers, sum(failed)::int as failed
             from delivery_hours where tenant_id = :tenantId and hour >= :since group by 1) days
    order by day`,
);

/**
 * Counts the hours that are over and were not counted yet, those alone in which something was delivered. Counting one twice
 * changes nothing.
 */
export async function countHours(db: Knex, tenantId: string, now: Date): Promise<void> {
  await deleteOld(db, { tenantId, until: new Date(now.getTime() - KEPT_DAYS * DAY_MS) });
  const [last] = await selectLast(db, { tenantId });
  let from = last?.hour ? last.hour.getTime() + HOUR_MS : now.getTime() - KEPT_DAYS * DAY_MS;
  for (let counted = 0; counted < MOST_HOURS; counted += 1) {
    const [next] = await selectNext(db, { tenantId, first: idsFrom(new Date(from)) });
    const hour = Math.max(from, next ? next.at.getTime() : now.getTime());
    const begin = hour - (hour % HOUR_MS);
    if (begin + HOUR_MS + SETTLED_MS > now.getTime()) return;
    const [first, end] = [idsFrom(new Date(begin)), idsFrom(new Date(begin + HOUR_MS))];
    await insertHour(db, { tenantId, hour: new Date(begin), first, last: end, bounds: BOUNDS_MS });
    from = begin + HOUR_MS;
  }
}

/** What happened on one day (UTC). Times are the upper ends of sizes: "not more than". */
export type Day = {
  day: string;
  joiners: number;
  movers: number;
  leavers: number;
  failed: number;
  deliveries: number;
  p50Ms: number | null;
  p95Ms: number | null;
};

/** The days since a moment on which something was delivered, without the hour that is not over. */
export async function daysSince(db: Knex, tenantId: string, since: Date): Promise<Day[]> {
  const rows = await selectDays(db, { tenantId, since });
  return rows.map(({ buckets, ...day }) => ({
    ...day,
    deliveries: buckets.reduce((sum, size) => sum + size, 0),
    p50Ms: percentile(buckets, 0.5),
    p95Ms: percentile(buckets, 0.95),
  }));
}

/** The upper end of the size that this share of the times does not exceed; null where there are none, or no end. */
export function percentile(buckets: readonly number[], share: number): number | null {
  const upTo = buckets.map((_, index) => buckets.slice(0, index + 1).reduce((sum, size) => sum + size, 0));
  const all = upTo.at(-1) ?? 0;
  return (all > 0 && BOUNDS_MS[upTo.findIndex((size) => size >= all * share)]) || null;
}
