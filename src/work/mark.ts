import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { armReconcile } from './arm.ts';

/** Work of a lower lane is claimed first, across people: a leaver never waits behind a wave of joiners. */
export const LANE = { loss: 0, change: 1, invite: 2 } as const;
export type Lane = (typeof LANE)[keyof typeof LANE];

/**
 * The tail of a statement that has just written people: marks each for every target of its connection, so that the
 * write and its work commit together. `written` is the CTE that yields (tenant_id, connection_id, subject_id, lane);
 * `which` may narrow the targets (alias `ct`), `runId` is the SQL of the run that what follows will belong to.
 *
 * The conflict locks the row, also where nothing is left to update: a worker that holds the lease sees wanted_rev move
 * and looks again, and one that would take it waits until this write can be seen. Rows go in by key order, because two
 * bulk marks in opposite orders deadlock.
 */
export function markSql(written: string, { which = 'true', runId = 'null::uuid' } = {}): string {
  return `insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at, run_id)
    select w.tenant_id, ct.target_id, 'push', w.subject_id, w.lane, now(), ${runId}
      from ${written} w
      join connection_targets ct on ct.tenant_id = w.tenant_id and ct.connection_id = w.connection_id
      and ${which}
     order by w.tenant_id, ct.target_id, w.subject_id
    ${COALESCED}`;
}

/** The tail of any statement that marks: what is marked already is marked once more. */
export const COALESCED = `on conflict (tenant_id, target_id, kind, subject_id) do update set
      wanted_rev = work_item.wanted_rev + 1,
      run_id = coalesce(excluded.run_id, work_item.run_id),
      lane = case when work_item.state = 'ready' then least(work_item.lane, excluded.lane) else excluded.lane end,
      attempts = case when work_item.state = 'dead' then 0 else work_item.attempts end,
      next_at = case
        when work_item.lease_token is not null then work_item.next_at
        when work_item.state = 'ready' then least(work_item.next_at, excluded.next_at)
        else excluded.next_at end,
      state = 'ready'
     where excluded.run_id is not null or not (work_item.state = 'ready' and work_item.lease_token is null and work_item.lane <= excluded.lane
                and work_item.next_at <= excluded.next_at)`;

const markSubject = statement<never>(
  'mark_subject',
  `insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
   values (:tenantId, :targetId, :kind, :subjectId, :lane, now()) ${COALESCED}`,
);

const markPeople = statement<{ marked: number }>(
  'mark_people',
  `with written as (
     select p.tenant_id, p.connection_id, p.id as subject_id, :lane::smallint as lane
       from people p where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.id = any(:ids)),
   marked as (${markSql('written', { runId: ':runId::uuid' })} returning 1)
   select count(*)::int as marked from marked`,
);

const markAll = statement<{ marked: number }>(
  'mark_connection',
  `with written as (
     select p.tenant_id, p.connection_id, p.id as subject_id,
            case when p.deleted_at is not null or p.absent_at is not null or not p.active then 0 else 1 end::smallint as lane
       from people p where p.tenant_id = :tenantId and p.connection_id = :connectionId),
   marked as (${markSql('written')} returning 1)
   select count(*)::int as marked from marked`,
);

/** Marks some people of a connection for the reconciler; returns how many rows of work that made due. */
export async function mark(
  db: Knex,
  subject: { tenantId: string; connectionId: string; ids: readonly string[]; lane: Lane; runId?: string },
): Promise<number> {
  const [row] = await markPeople(db, { runId: null, ...subject });
  return row?.marked ?? 0;
}

/** Marks one subject of another kind of work than people's accounts. */
export async function markOther(
  db: Knex,
  subject: { tenantId: string; targetId: string; kind: string; subjectId: string },
): Promise<void> {
  await markSubject(db, { ...subject, lane: LANE.invite });
}

/**
 * Marks everyone of a connection, tombstones too: after enabling it, or after its targets or policy changed. A run may have
 * become due by the same.
 */
export async function markConnection(db: Knex, connection: { tenantId: string; id: string }): Promise<number> {
  const [row] = await markAll(db, { tenantId: connection.tenantId, connectionId: connection.id });
  await armReconcile(db, { tenantId: connection.tenantId, connectionId: connection.id }, 'soon');
  return row?.marked ?? 0;
}
