import type { Knex } from 'knex';
import { statement, UNHURRIED } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Lane } from './mark.ts';

/** A unit of work on lease: "look at this person at this target again". */
export type WorkItem = {
  tenantId: string;
  targetId: string;
  kind: string;
  subjectId: string;
  lane: Lane;
  attempts: number;
  lease: string;
};

export type ClaimOptions = {
  limit: number;
  leaseSeconds: number;
  /** Only this lane and the more urgent ones. */
  upToLane: Lane;
  /** Targets that are paused (down, or asked us to wait): their work stays where it is. */
  pausedTargets: readonly string[];
};

// The lease is next_at itself: rows of a worker that died fall due again without anybody's help. A lease that is lost is
// not held: nothing is started under it.
const claimDue = statement<Omit<WorkItem, 'lease'>>(
  'work_claim',
  `with due as (
     select w.tenant_id, w.target_id, w.kind, w.subject_id, w.lane
       from (values (0), (1), (2)) as lanes (lane)
      cross join lateral (
        select tenant_id, target_id, kind, subject_id, lane from work_item
         where state = 'ready' and lane = lanes.lane and next_at <= now() and target_id <> all(:pausedTargets::uuid[])
         order by next_at limit :limit for update skip locked) w
      where lanes.lane <= :upToLane
      order by w.lane limit :limit)
   update work_item w
      set lease_token = :lease, claimed_rev = w.wanted_rev, attempts = w.attempts + 1,
          next_at = now() + make_interval(secs => :leaseSeconds)
     from due d
    where w.tenant_id = d.tenant_id and w.target_id = d.target_id and w.kind = d.kind and w.subject_id = d.subject_id
    returning w.tenant_id as "tenantId", w.target_id as "targetId", w.kind, w.subject_id as "subjectId", w.lane,
              w.attempts, ${UNHURRIED}`,
);

/** Takes up to `limit` due items, the most urgent lane first, oldest first within a lane. */
export async function claim(db: Knex, options: ClaimOptions): Promise<WorkItem[]> {
  const lease = uuidv7();
  const rows = await claimDue(db, { ...options, lease });
  return rows
    .map(({ tenantId, targetId, kind, subjectId, lane, attempts }) => ({
      tenantId,
      targetId,
      kind,
      subjectId,
      lane,
      attempts,
      lease,
    }))
    .toSorted((a, b) => a.lane - b.lane);
}

/**
 * A CTE for statements that only the holder of the lease may carry through: empty once it was lost. It keeps the lease from
 * being taken until the statement is over. Bindings: tenantId, targetId, workKind, personId, lease.
 */
export const LEASED = `leased as (
  select 1 as one from work_item
   where tenant_id = :tenantId and target_id = :targetId and kind = :workKind and subject_id = :personId
     and lease_token = :lease for update)`;
export const IS_LEASED = 'exists (select 1 from leased)';

const renewLease = statement<{ held: number }>(
  'work_renew',
  `update work_item set next_at = now() + make_interval(secs => :leaseSeconds)
    where tenant_id = :tenantId and target_id = :targetId and kind = :kind and subject_id = :subjectId
      and lease_token = :lease
    returning 1 as held`,
);

/** Extends the lease; false when it was lost to another worker, and then nothing more may be done for this item. */
export async function renew(db: Knex, item: WorkItem, leaseSeconds: number): Promise<boolean> {
  const rows = await renewLease(db, { ...item, leaseSeconds });
  return rows.length === 1;
}
