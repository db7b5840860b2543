import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { QuirkCount } from '../model/quirk.ts';

export type QuirkAddition = { tenantId: string; connectionId: string; quirk: string; count: number };

// ordered, so that two instances that add the same ones at once wait for each other instead of deadlocking
const add = statement<{ tenantId: string; connectionId: string; quirk: string; isNew: boolean }>(
  'quirks_add',
  `insert into connection_quirks as q (tenant_id, connection_id, quirk, count, first_seen, last_seen)
   select a.tenant_id, a.connection_id, a.quirk, a.count, now(), now()
     from unnest(:tenantIds::uuid[], :connectionIds::uuid[], :quirks::text[], :counts::bigint[])
       as a (tenant_id, connection_id, quirk, count)
    order by 1, 2, 3
   on conflict (tenant_id, connection_id, quirk) do update
      set count = q.count + excluded.count, last_seen = greatest(q.last_seen, excluded.last_seen)
   returning q.tenant_id as "tenantId", q.connection_id as "connectionId", q.quirk, q.first_seen = now() as "isNew"`,
);

const list = statement<QuirkCount>(
  'quirks_list',
  `select quirk, count::double precision as count, first_seen as "firstSeen", last_seen as "lastSeen"
     from connection_quirks where tenant_id = :tenantId and connection_id = :connectionId
    order by connection_quirks.count desc, quirk`,
);

/** Adds to the counts in one statement and returns those that were never seen before, in any instance. */
export async function addQuirks(
  db: Knex,
  additions: readonly QuirkAddition[],
): Promise<Pick<QuirkAddition, 'tenantId' | 'connectionId' | 'quirk'>[]> {
  const rows = await add(db, {
    tenantIds: additions.map(({ tenantId }) => tenantId),
    connectionIds: additions.map(({ connectionId }) => connectionId),
    quirks: additions.map(({ quirk }) => quirk),
    counts: additions.map(({ count }) => count),
  });
  return rows.filter(({ isNew }) => isNew).map(({ isNew: _, ...seen }) => seen);
}

/** What a connection sends that the RFC does not allow, the most frequent first. */
export async function listQuirks(db: Knex, tenantId: string, connectionId: string): Promise<QuirkCount[]> {
  return list(db, { tenantId, connectionId });
}
