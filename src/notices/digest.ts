import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { idsFrom } from '../database/uuid.ts';
import type { WeekCounts } from '../model/notice.ts';
import { type Week, weekToTell } from '../plan/digest.ts';
import { FOR_HUMANS } from '../plan/for-humans.ts';
import { overdueOf } from '../plan/overdue.ts';
import { tell } from '../report/notices.ts';
import { expectedRosters } from './overdue.ts';

type Due = { connectionId: string; timeZone: string };
type Counted = Pick<WeekCounts, 'joined' | 'left' | 'returned' | 'changed' | 'failed'>;
type Open = Pick<WeekCounts, 'held' | 'heldRosters' | 'tokens'>;

const selectConnections = statement<Due & { createdAt: Date }>(
  'digest_connections',
  `select c.id as "connectionId", coalesce(c.notice_time_zone, t.notice_time_zone, 'UTC') as "timeZone",
          c.created_at as "createdAt"
     from connections c join tenants t on t.tenant_id = c.tenant_id
    where c.tenant_id = :tenantId and c.state in ('connected', 'enabled', 'paused') order by c.id`,
);

const selectTold = statement<{ connectionId: string }>(
  'digest_told',
  `select connection_id as "connectionId" from notices where tenant_id = :tenantId and kind = 'weekly' and subject = any(:subjects)`,
);

// ids begin with their time: a week is one stretch of the primary key
const countActions = statement<Counted & { connectionId: string }>(
  'digest_actions',
  `select connection_id as "connectionId",
          count(distinct person_id) filter (where state = 'done' and kind in ('invite', 'adopt'))::int as joined,
          count(distinct person_id) filter (where state = 'done' and kind in ('suspend', 'erase', 'anonymise'))::int as left,
          count(distinct person_id) filter (where state = 'done' and kind = 'resume')::int as returned,
          count(distinct person_id) filter (where state = 'done' and kind in ('update', 'grant', 'revoke'))::int as changed,
          count(distinct person_id) filter (where state in ('failed', 'refused'))::int as failed
     from actions
    where tenant_id = :tenantId and id >= :first::uuid and id < :last::uuid and connection_id = any(:connectionIds::uuid[])
    group by connection_id`,
);

const countOpen = statement<Open & { connectionId: string }>(
  'digest_open',
  `select c.id as "connectionId",
          (select count(*)::int from holds h join hold_items i on i.tenant_id = h.tenant_id and i.hold_id = h.id
            where h.tenant_id = c.tenant_id and h.connection_id = c.id and h.state = 'held' and i.state = 'held') as held,
          (select count(*)::int from runs r where r.tenant_id = c.tenant_id and r.connection_id = c.id
              and r.kind = 'roster' and r.state = 'held') as "heldRosters",
          (select count(*)::int from credentials k where k.tenant_id = c.tenant_id and k.connection_id = c.id
              and k.client_id is null and k.revoked_at is null
              and k.expires_at between :now::timestamptz and :now::timestamptz + interval '30 days') as tokens
     from connections c where c.tenant_id = :tenantId and c.id = any(:connectionIds::uuid[])`,
);

/** Beyond so many of one kind the exact number helps nobody. */
const MOST_WAITING = 10_000;

const countWaiting = statement<{ connectionId: string; reason: string; people: number }>(
  'digest_waiting',
  `with found as (
     (select subject_id, waiting as reason from work_item
       where tenant_id = :tenantId and kind = 'push' and waiting = any(:reasons::text[]) limit ${MOST_WAITING})
     union all
     (select subject_id, 'error' from work_item
       where tenant_id = :tenantId and kind = 'push' and state = 'dead' limit ${MOST_WAITING}))
   select p.connection_id as "connectionId", f.reason, count(distinct p.id)::int as people
     from found f join people p on p.tenant_id = :tenantId and p.id = f.subject_id
    where p.connection_id = any(:connectionIds::uuid[])
    group by 1, 2 order by 3 desc, 2`,
);

/** Tells the week of each connection on Monday morning, and who waits for a human. */
export async function tellWeeks(db: Knex, tenantId: string, now: Date): Promise<void> {
  const due = new Map<string, { week: Week; connectionIds: string[] }>();
  for (const { connectionId, timeZone, createdAt } of await selectConnections(db, { tenantId })) {
    const week = weekToTell(now, timeZone);
    if (!week || createdAt >= week.to) continue;
    const known = due.get(timeZone) ?? { week, connectionIds: [] };
    due.set(timeZone, { week, connectionIds: [...known.connectionIds, connectionId] });
  }
  for (const { week, connectionIds } of due.values()) {
    const told = await selectTold(db, { tenantId, subjects: connectionIds.map((id) => `${id} ${week.day}`) });
    const open = connectionIds.filter((id) => !told.some(({ connectionId }) => connectionId === id));
    if (open.length > 0) await tellWeek(db, tenantId, week, open, now);
  }
}

/** All connections of one zone together, so that somebody on the tenant's list gets one mail. */
async function tellWeek(db: Knex, tenantId: string, week: Week, connectionIds: string[], now: Date): Promise<void> {
  const first = idsFrom(week.from);
  const last = idsFrom(week.to);
  const actions = await countActions(db, { tenantId, connectionIds, first, last });
  const open = await countOpen(db, { tenantId, connectionIds, now });
  const waiting = await countWaiting(db, { tenantId, connectionIds, reasons: FOR_HUMANS });
  const expected = await expectedRosters(db, tenantId);
  await inTransaction(db, async (trx) => {
    for (const connectionId of connectionIds) {
      const of = <Row extends { connectionId: string }>(rows: readonly Row[]) =>
        rows.filter((row) => row.connectionId === connectionId);
      const reasons = Object.fromEntries(of(waiting).map(({ reason, people }) => [reason, people]));
      const people = Object.values(reasons).reduce((sum, number) => sum + number, 0);
      const about = { tenantId, connectionId, subject: `${connectionId} ${week.day}` };
      const overdue = of(expected).some((one) => overdueOf(one, now) !== null);
      const detail = weekOf(week, of(actions)[0], of(open)[0], { waiting: people, overdue });
      await tell(trx, { ...about, kind: 'weekly', detail });
      if (people > 0) await tell(trx, { ...about, kind: 'waiting', detail: { people, reasons } });
    }
  });
}

function weekOf(
  { from, to }: Week,
  counted: Counted | undefined,
  open: Open | undefined,
  more: Pick<WeekCounts, 'waiting' | 'overdue'>,
): WeekCounts {
  const { joined = 0, left = 0, returned = 0, changed = 0, failed = 0 } = counted ?? {};
  const { held = 0, heldRosters = 0, tokens = 0 } = open ?? {};
  const counts = { joined, left, returned, changed, failed, held, heldRosters, tokens };
  return { from: from.toISOString(), to: to.toISOString(), ...counts, ...more };
}
