import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { Restore } from '../model/decision.ts';
import { LANE, mark } from '../work/mark.ts';

/** What is restored for one person at one target, and what the source said when it was. */
export type Restoration = { personId: string; targetId: string; restore: Restore; said: string };

const saveRestorations = statement<never>(
  'decisions_restore',
  `insert into decisions (tenant_id, target_id, person_id, kind, detail, actor, at)
   select :tenantId, r."targetId", r."personId", 'restore', r.restore || jsonb_build_object('said', r.said), :actor, now()
     from jsonb_to_recordset(:restorations::jsonb) as r ("targetId" uuid, "personId" uuid, restore jsonb, said text)
    order by 2, 3
   on conflict (tenant_id, target_id, person_id, kind) do update
      set detail = excluded.detail, actor = excluded.actor, at = excluded.at`,
);

const dropRestorations = statement<{ personId: string }>(
  'decisions_follow',
  `delete from decisions where tenant_id = :tenantId and person_id = :personId and kind = 'restore'
   returning person_id as "personId"`,
);

/**
 * Sets aside what the source says of these people, in the place of what was restored before, and marks them. Call in a
 * transaction: decided and marked, or neither.
 */
export async function restore(
  trx: Knex,
  at: { tenantId: string; connectionId: string; runId?: string },
  restorations: readonly Restoration[],
  actor: string,
): Promise<void> {
  if (restorations.length === 0) return;
  await saveRestorations(trx, { ...at, restorations: JSON.stringify(restorations), actor });
  const ids = [...new Set(restorations.map(({ personId }) => personId))];
  await mark(trx, { ...at, ids, lane: LANE.change });
}

/** Lets the source count again for a person; false when nothing was set aside. Call in a transaction. */
export async function follow(
  trx: Knex,
  { tenantId, connectionId, personId }: { tenantId: string; connectionId: string; personId: string },
): Promise<boolean> {
  const rows = await dropRestorations(trx, { tenantId, personId });
  if (rows.length > 0) await mark(trx, { tenantId, connectionId, ids: [personId], lane: LANE.change });
  return rows.length > 0;
}
