import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { NO_TARGET } from '../work/arm.ts';
import { COALESCED, LANE } from '../work/mark.ts';

// work that was given up or lost: what waits for an hour longer than it must is looked at again
const wakeOverdue = statement<never>(
  'notice_mails_wake',
  `insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
   select distinct m.tenant_id, '${NO_TARGET}'::uuid, 'notice', m.address_id, ${LANE.change}, now()
     from notice_mails m
     left join work_item w on w.tenant_id = m.tenant_id and w.target_id = '${NO_TARGET}' and w.kind = 'notice'
       and w.subject_id = m.address_id
    where m.tenant_id = :tenantId and m.state in ('waiting', 'sending') and m.next_at < now() - interval '1 hour'
      and w.state is distinct from 'ready'
   ${COALESCED}`,
);

const deleteOld = statement<never>(
  'notices_forget',
  `delete from notices where tenant_id = :tenantId and id in (
     select id from notices where tenant_id = :tenantId and created_at < :now::timestamptz - interval '90 days'
      order by id limit 1000)`,
);

/** Has a worker look again at addresses whose notices wait though nothing keeps them. */
export async function wakeMails(db: Knex, tenantId: string): Promise<void> {
  await wakeOverdue(db, { tenantId });
}

/** Deletes notices that are 90 days old, some at a time. */
export async function forgetOld(db: Knex, tenantId: string, now: Date): Promise<void> {
  await deleteOld(db, { tenantId, now });
}
