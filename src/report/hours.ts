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
/** Actions of the hour that is not over which a look at the days reads at most. */
const MOST_OPEN = 20_000;

/** Upper ends of the sizes that delivery times are counted by; what takes longer than all comes last. */
export const BOUNDS_MS: readonly number[] = [
  50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000,
];

const BUCKET = 'width_bucket(extract(epoch from finished_at - created_at) * 1000, :bounds::numeric[])';
const COUNTS = `count(distinct person_id) filter (where state = 'done' and kind in ('invite', 'adopt', 'resume'))::int as joiners,
          count(distinct person_id) filter (where state = 'done' and kind in ('update', 'grant', 'revoke'))::int as movers,
          count(distinct person_id) filter (where state = 'done' and kind in ('suspend', 'erase', 'anonymise'))::int as leavers,
          count(distinct person_id) filter (where state in ('failed', 'refused'))::int as failed`;

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
     select person_id, kind, state, ${BUCKET} as bucket
       from actions where tenant_id = :tenantId and id >= :first::uuid and id < :last::uuid),
   sized as (
     select b, (select count(*)::int from taken where state = 'done' and bucket = b) as size
       from generate_series(0, cardinality(:bounds::numeric[])) b)
   insert into delivery_hours (tenant_id, hour, joiners, movers, leavers, failed, buckets)
   select :tenantId, :hour,
          ${COUNTS},
          (select array_agg(size order by b) from sized)
     from taken
   on conflict (tenant_id, hour) do nothing`,
);

const deleteOld = statement<never>(
  'hours_forget',
  'delete from delivery_hours where tenant_id = :tenantId and hour < :until',
);

type CountedDay = Pick<Day, 'day' | 'joiners' | 'movers' | 'leavers' | 'failed'> & { buckets: number[] };

// what no hour has been counted from yet, up to as many as a first page can wait for
const selectOpen = statement<CountedDay>(
  'hours_open',
  `with taken as materialized (
     select date_trunc('day', created_at at time zone 'utc') as day, person_id, kind, state, ${BUCKET} as bucket
       from actions where tenant_id = :tenantId and id >= :first::uuid order by id limit ${MOST_OPEN})
   select to_char(day, 'YYYY-MM-DD') as day, joiners, movers, leavers, failed,
          array(select count(t.person_id)::int from generate_series(0, cardinality(:bounds::numeric[])) b
                  left join taken t on t.day = days.day and t.state = 'done' and t.bucket = b
                 group by b order by b) as buckets
     from (select day, ${COUNTS} from taken group by day) days
    order by day`,
);

const selectDays = statement<CountedDay>(
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

/**
 * The days since a moment on which something was delivered. Of the hour that is not over, the first 20,000 deliveries are
 * in them.
 */
export async function daysSince(db: Knex, tenantId: string, since: Date): Promise<Day[]> {
  const [last] = await selectLast(db, { tenantId });
  const open = Math.max(since.getTime(), last?.hour ? last.hour.getTime() + HOUR_MS : 0);
  const [counted, uncounted] = await Promise.all([
    selectDays(db, { tenantId, since }),
    selectOpen(db, { tenantId, first: idsFrom(new Date(open)), bounds: BOUNDS_MS }),
  ]);
  return uncounted.reduce(withDay, counted).map(({ buckets, ...day }) => ({
    ...day,
    deliveries: buckets.reduce((sum, size) => sum + size, 0),
    p50Ms: percentile(buckets, 0.5),
    p95Ms: percentile(buckets, 0.95),
  }));
}

/** Days in their order with one more, which may be among them already. */
function withDay(days: CountedDay[], more: CountedDay): CountedDay[] {
  const before = days.find(({ day }) => day === more.day);
  if (!before) return [...days, more].toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const buckets = more.buckets.map((size, index) => size + (before.buckets[index] ?? 0));
  const [joiners, movers] = [before.joiners + more.joiners, before.movers + more.movers];
  const [leavers, failed] = [before.leavers + more.leavers, before.failed + more.failed];
  return days.map((one) => (one === before ? { day: more.day, joiners, movers, leavers, failed, buckets } : one));
}

/** The upper end of the size that this share of the times does not exceed; null where there are none, or no end. */
export function percentile(buckets: readonly number[], share: number): number | null {
  const upTo = buckets.map((_, index) => buckets.slice(0, index + 1).reduce((sum, size) => sum + size, 0));
  const all = upTo.at(-1) ?? 0;
  return (all > 0 && BOUNDS_MS[upTo.findIndex((size) => size >= all * share)]) || null;
}
