import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

/** A target that answered in between for less than that was down all the time. */
const SAME_OUTAGE = `interval '15 minutes'`;
type AtTarget = { tenantId: string; targetId: string };

const upsertOutage = statement<never>(
  'outage_seen',
  `insert into target_outages (tenant_id, target_id, since, last_at)
   select tenant_id, id, :at::timestamptz, :at::timestamptz from targets where tenant_id = :tenantId and id = :targetId
   on conflict (tenant_id, target_id) do update set last_at = excluded.last_at, ended_at = null,
     since = case when coalesce(target_outages.ended_at, target_outages.last_at) < excluded.last_at - ${SAME_OUTAGE}
                   and target_outages.told_at is null
                  then excluded.since else target_outages.since end`,
);

const endOutage = statement<never>(
  'outage_over',
  `update target_outages set ended_at = :at where tenant_id = :tenantId and target_id = :targetId and ended_at is null`,
);

/** Keeps that a target did not answer: each process finds out for itself, but people are told of one outage. */
export async function noteOutage(db: Knex, { tenantId, targetId }: AtTarget, at = new Date()): Promise<void> {
  await upsertOutage(db, { tenantId, targetId, at });
}

/** Keeps that a target answers again. */
export async function noteAnswer(db: Knex, { tenantId, targetId }: AtTarget, at = new Date()): Promise<void> {
  await endOutage(db, { tenantId, targetId, at });
}
