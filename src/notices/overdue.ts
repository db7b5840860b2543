import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { overdueOf, spanWords } from '../plan/overdue.ts';
import { tell } from '../report/notices.ts';

export type Expected = { connectionId: string; everyHours: number; since: Date; lastAt: Date | null };

const selectExpected = statement<Expected>(
  'notice_expected',
  `select c.id as "connectionId", c.expected_hours as "everyHours", c.expected_since as since,
          greatest(c.roster_same_at, last.at) as "lastAt"
     from connections c
     left join lateral (
       select coalesce(r.finished_at, r.started_at) as at
         from rosters o join runs r on r.tenant_id = o.tenant_id and r.id = o.run_id
        where o.tenant_id = c.tenant_id and o.connection_id = c.id and not o.dry_run and r.state in ('done', 'held')
        order by o.run_id desc limit 1) last on true
    where c.tenant_id = :tenantId and c.expected_hours is not null and c.state in ('connected', 'enabled')`,
);

/** The connections of a tenant that rosters are expected of, with when the last one came. */
export async function expectedRosters(db: Knex, tenantId: string): Promise<Expected[]> {
  return selectExpected(db, { tenantId });
}

/** Tells of each roster that is overdue: once when it becomes so, and once more each week. */
export async function tellOverdue(db: Knex, tenantId: string, now: Date): Promise<void> {
  for (const expected of await expectedRosters(db, tenantId)) {
    const overdue = overdueOf(expected, now);
    if (!overdue) continue;
    const { connectionId, everyHours, lastAt } = expected;
    const dueAt = overdue.dueAt.toISOString();
    const subject = `${connectionId} ${dueAt} ${overdue.weeks}`;
    const detail = { expectedEvery: spanWords(everyHours), dueAt, lastAt: lastAt?.toISOString() ?? null };
    await tell(db, { tenantId, connectionId, kind: 'roster_overdue', subject, detail });
  }
}
