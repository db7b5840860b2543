import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { NO_TARGET } from '../work/arm.ts';
import { COALESCED, LANE } from '../work/mark.ts';
import { KEPT_DAYS } from './list.ts';
import { numberEvents } from './number.ts';

const BATCH = 5_000;
/** A look every ten minutes: so many batches are 120,000 events an hour for one tenant, and more where they are read. */
const MOST_BATCHES = 20;
const NUMBERED_BATCHES = 400;

const deleteOld = statement<{ count: number }>(
  'events_forget',
  `with gone as (
     delete from events
      where tenant_id = :tenantId and at < :now::timestamptz - make_interval(days => ${KEPT_DAYS})
        and position = any(array(select position from events where tenant_id = :tenantId order by position limit ${BATCH}))
     returning position)
   update event_heads set floor = greatest(floor, (select max(position) from gone))
    where tenant_id = :tenantId and exists (select 1 from gone)
   returning (select count(*)::int from gone) as count`,
);

// work that was given up or lost
const wakeStreams = statement<never>(
  'events_wake',
  `insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
   select s.tenant_id, '${NO_TARGET}'::uuid, 'events', s.id, ${LANE.invite}, now()
     from event_streams s
     left join work_item w on w.tenant_id = s.tenant_id and w.target_id = '${NO_TARGET}' and w.kind = 'events'
       and w.subject_id = s.id
    where s.tenant_id = :tenantId and s.state = 'active' and s.url is not null and w.state is distinct from 'ready'
   ${COALESCED}`,
);

/** One look at the feed of a tenant: numbers what nobody reads, deletes what is too old, wakes streams that sleep. */
export async function keepEvents(db: Knex, tenantId: string, now: Date): Promise<void> {
  await numberEvents(db, tenantId, NUMBERED_BATCHES);
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const [gone] = await deleteOld(db, { tenantId, now });
    if ((gone?.count ?? 0) < BATCH) break;
  }
  await wakeStreams(db, { tenantId });
}
