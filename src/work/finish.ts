import type { Knex } from 'knex';
import { statement, UNHURRIED } from '../database/statement.ts';
import type { WorkItem } from './claim.ts';

const KEY = `tenant_id = :tenantId and target_id = :targetId and kind = :kind and subject_id = :subjectId
      and lease_token = :lease`;

// One UPDATE, so that PostgreSQL judges the newest row: what was marked meanwhile is due at once. A look that is wanted
// later is a second away at least: our clock may be ahead of the one that planned it. Lost, the lease runs out
const finishItem = statement<{ again: boolean }>(
  'work_done',
  `update work_item
      set lease_token = null, attempts = 0, last_error = null, waiting = :waiting::text,
          run_id = case when wanted_rev = claimed_rev then null else run_id end,
          state = case when wanted_rev = claimed_rev and :lookAgainAt::timestamptz is null then 'idle' else 'ready' end,
          next_at = case when wanted_rev = claimed_rev and :lookAgainAt::timestamptz is not null
                         then greatest(:lookAgainAt::timestamptz, now() + interval '1 second') else now() end
    where ${KEY}
    returning wanted_rev <> claimed_rev as again, ${UNHURRIED}`,
);

const failItem = statement<{ state: string }>(
  'work_failed',
  `update work_item
      set lease_token = null, last_error = :error, attempts = case when :countAttempt then attempts else attempts - 1 end,
          state = case when wanted_rev = claimed_rev and :giveUp then 'dead' else 'ready' end,
          next_at = case when wanted_rev = claimed_rev then now() + make_interval(secs => :delaySeconds) else now() end
    where ${KEY}
    returning state`,
);

/**
 * Ends an item that is settled, until somebody marks it or `lookAgainAt` comes; `waiting` says why nothing more was done.
 * True when it was marked again meanwhile
 * and so is due at once.
 */
export async function done(
  db: Knex,
  item: WorkItem,
  lookAgainAt: Date | null = null,
  waiting: string | null = null,
): Promise<boolean> {
  const [row] = await finishItem(db, { ...item, lookAgainAt, waiting });
  return row?.again ?? false;
}

export type Failure = {
  /** Shown to people: no secrets. */
  error: string;
  delaySeconds: number;
  /** False when the target was down or asked us to wait: that is not this person's failure. */
  countAttempt: boolean;
  /** Stop trying until something changes or a human asks. */
  giveUp: boolean;
};

/** Puts an item back with a delay, or to rest as dead. What was marked meanwhile is tried again at once. */
export async function failed(db: Knex, item: WorkItem, failure: Failure): Promise<void> {
  await failItem(db, { ...item, ...failure });
}
