import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { idsFrom } from '../database/uuid.ts';

/** What waits for a human, each as a number; none counts beyond `MOST_COUNTED`. */
export type Needs = {
  holds: number;
  heldPeople: number;
  failed: number;
  waiting: number;
  edited: number;
  heldRosters: number;
  refusedRosters: number;
  tokensExpiring: number;
};
export const MOST_COUNTED = 1_000;

const DAY_MS = 86_400_000;
const RECENT_DAYS = 7;
const SOON_DAYS = 30;

const countUpTo = (from: string) => `(select count(*)::int from (select 1 from ${from} limit ${MOST_COUNTED}) found)`;

// every part reads an index that holds little else than what is counted
const selectNeeds = statement<Needs>(
  'home_needs',
  `select ${countUpTo(`targets t join holds h on h.tenant_id = t.tenant_id and h.target_id = t.id and h.state = 'held'
            where t.tenant_id = :tenantId`)} as holds,
          ${countUpTo(`hold_items where tenant_id = :tenantId and state = 'held'`)} as "heldPeople",
          ${countUpTo(`work_item where tenant_id = :tenantId and kind = 'push' and state = 'dead'`)} as failed,
          ${countUpTo(`work_item where tenant_id = :tenantId and kind = 'push' and waiting = any(:reasons::text[])`)} as waiting,
          ${countUpTo(`links where tenant_id = :tenantId and edited <> '{}'`)} as edited,
          ${countUpTo(`runs where tenant_id = :tenantId and id >= :recent::uuid and kind = 'roster' and state = 'held'`)} as "heldRosters",
          ${countUpTo(`notices where tenant_id = :tenantId and id >= :recent::uuid
            and kind in ('roster_refused', 'roster_failed')`)} as "refusedRosters",
          ${countUpTo(`credentials where tenant_id = :tenantId and client_id is null and revoked_at is null
            and expires_at is not null and expires_at between :now::timestamptz and :soon::timestamptz`)} as "tokensExpiring"`,
);

/** What waits for a human in a tenant: rosters of the last seven days, tokens that end within thirty, all else as it is. */
export async function needsOf(db: Knex, tenantId: string, reasons: readonly string[], now: Date): Promise<Needs> {
  const recent = idsFrom(new Date(now.getTime() - RECENT_DAYS * DAY_MS));
  const soon = new Date(now.getTime() + SOON_DAYS * DAY_MS);
  const [row] = await selectNeeds(db, { tenantId, reasons, recent, now, soon });
  if (!row) throw new Error('a select without from has a row');
  return row;
}
