import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { tell } from '../report/notices.ts';

type Outage = { targetId: string; since: Date; endedAt: Date | null };

const takeDown = statement<Outage>(
  'notice_outages_down',
  `update target_outages set told_at = :now
    where tenant_id = :tenantId and told_at is null and ended_at is null
      and since <= :now::timestamptz - interval '30 minutes' and last_at >= :now::timestamptz - interval '1 hour'
   returning target_id as "targetId", since, null::timestamptz as "endedAt"`,
);

// an outage that nobody was told of may go on after a short answer. A worker asks a target that is down once a minute at least: when nobody has failed there for an hour, nobody asks it any
// more, or the process that knew of it is gone
const takeOver = statement<Outage & { toldAt: Date | null }>(
  'notice_outages_over',
  `delete from target_outages
    where tenant_id = :tenantId
      and (ended_at < :now::timestamptz - case when told_at is null then interval '15 minutes' else interval '2 minutes' end
           or last_at < :now::timestamptz - interval '1 hour')
   returning target_id as "targetId", since, coalesce(ended_at, last_at) as "endedAt", told_at as "toldAt"`,
);

const selectFollowed = statement<{ connectionId: string }>(
  'notice_outages_connections',
  `select ct.connection_id as "connectionId"
     from connections c join connection_targets ct on ct.tenant_id = c.tenant_id and ct.connection_id = c.id
    where c.tenant_id = :tenantId and ct.target_id = :targetId and c.state = 'enabled' order by 1`,
);

/** Tells of targets that have been down for half an hour, and when they are back. */
export async function tellOutages(db: Knex, tenantId: string, now: Date): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const outage of await takeDown(trx, { tenantId, now })) await tellOutage(trx, tenantId, outage);
    for (const { toldAt, ...outage } of await takeOver(trx, { tenantId, now })) {
      if (toldAt !== null) await tellOutage(trx, tenantId, outage);
    }
  });
}

async function tellOutage(trx: Knex, tenantId: string, { targetId, since, endedAt }: Outage): Promise<void> {
  const detail = { targetId, since: since.toISOString(), until: endedAt?.toISOString() ?? null };
  for (const { connectionId } of await selectFollowed(trx, { tenantId, targetId })) {
    const subject = `${connectionId} ${targetId} ${detail.since} ${endedAt ? 'back' : 'down'}`;
    await tell(trx, { tenantId, connectionId, kind: 'target_down', subject, detail });
  }
}
