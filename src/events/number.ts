import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';

/*
 * Events are written by many transactions at once and become visible in any order. They get their numbers here, from one
 * writer at a time for each tenant, and only when they can be seen: so nobody who has read up to a number ever finds an
 * event before it.
 */

const BATCH = 500;

const selectNew = statement<{ one: number }>(
  'events_new',
  'select 1 as one from new_events where tenant_id = :tenantId limit 1',
);

// PostgreSQL knows little about a table that fills up and is emptied all the time: by itself it reads and sorts all of it
// for each batch, where the index has the oldest at its beginning
const BY_INDEX = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin']
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(', ');

const lockHead = statement<never>(
  'events_head_lock',
  `insert into event_heads as h (tenant_id) values (:tenantId)
   on conflict (tenant_id) do update set position = h.position
   returning ${BY_INDEX}`,
);

// a statement of its own behind the lock: it sees what was written while it waited. Its commit waits for the disk, as
// numbers that somebody has read must never be given out again
const numberBatch = statement<{ count: number }>(
  'events_number',
  `with oldest as (
     select tenant_id, at, source_id, revision from new_events
      where tenant_id = :tenantId order by at, source_id, revision limit ${BATCH}),
   taken as (
     delete from new_events n using oldest o
      where n.tenant_id = o.tenant_id and n.at = o.at and n.source_id = o.source_id and n.revision = o.revision
     returning n.tenant_id, n.at, n.source_id, n.revision, n.type, n.connection_id, n.target_id, n.person_id, n.active,
               n.detail),
   ordered as (select t.*, row_number() over (order by at, source_id, revision) as rank from taken t),
   numbered as (
     insert into events (tenant_id, position, id, at, source_id, type, connection_id, target_id, person_id, active, detail)
     select o.tenant_id, h.position + o.rank, (:ids::uuid[])[o.rank], o.at, o.source_id, o.type, o.connection_id,
            o.target_id, o.person_id, o.active, o.detail
       from ordered o join event_heads h on h.tenant_id = o.tenant_id)
   update event_heads set position = position + (select count(*) from taken) where tenant_id = :tenantId
   returning (select count(*)::int from taken) as count`,
);

/** Numbers what has happened since; at most so many batches, so that nobody waits for what a whole company has done. */
export async function numberEvents(db: Knex, tenantId: string, batches = 4): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    const [some] = await selectNew(db, { tenantId });
    if (!some) return;
    const ids = Array.from({ length: BATCH }, uuidv7);
    const count = await inTransaction(db, async (trx) => {
      await lockHead(trx, { tenantId });
      const [row] = await numberBatch(trx, { tenantId, ids });
      return row?.count ?? 0;
    });
    if (count < BATCH) return;
  }
}
