import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { Recipient } from '../model/notice.ts';
import { armWatch } from '../work/arm.ts';

/** Who gets which notices of one connection, or of all connections of a tenant. */
export type NoticeList = {
  readonly recipients: readonly Recipient[];
  /** Whose clocks show Monday 08:00; null: a connection's are its tenant's, a tenant's are UTC. */
  readonly timeZone: string | null;
  /** How often a roster is expected; null for a tenant, and where none is. */
  readonly expectedHours: number | null;
};
/** `connectionId`: null for the tenant's own list. */
export type ListKey = { readonly tenantId: string; readonly connectionId: string | null };

type Head = Pick<NoticeList, 'timeZone' | 'expectedHours'>;

const selectConnection = statement<Head>(
  'notice_list_connection',
  `select notice_time_zone as "timeZone", expected_hours as "expectedHours" from connections
    where tenant_id = :tenantId and id = :connectionId`,
);
const selectTenant = statement<Head>(
  'notice_list_tenant',
  `select notice_time_zone as "timeZone", null::int as "expectedHours" from tenants where tenant_id = :tenantId`,
);
const selectRecipients = statement<Recipient>(
  'notice_recipients_list',
  `select address, language, kinds from notice_recipients
    where tenant_id = :tenantId and list_id = :listId order by address`,
);

// what is expected from now on is not overdue by the past
const updateConnection = statement<{ id: string }>(
  'notice_list_save_connection',
  `update connections set notice_time_zone = :timeZone, expected_hours = :expectedHours::int,
          expected_since = case when :expectedHours::int is null then null
                                when expected_hours = :expectedHours::int then expected_since else now() end
    where tenant_id = :tenantId and id = :connectionId returning id`,
);
const updateTenant = statement<never>(
  'notice_list_save_tenant',
  `update tenants set notice_time_zone = :timeZone where tenant_id = :tenantId`,
);
const replaceRecipients = statement<never>(
  'notice_recipients_replace',
  `with given as (
     select * from json_to_recordset(:recipients::json) as g ("addressId" uuid, address text, language text, kinds text[])),
   gone as (
     delete from notice_recipients r where r.tenant_id = :tenantId and r.list_id = :listId
        and not exists (select 1 from given g where g."addressId" = r.address_id))
   insert into notice_recipients (tenant_id, list_id, address_id, address, language, kinds)
   select :tenantId, :listId, g."addressId", g.address, g.language, g.kinds from given g order by g."addressId"
   on conflict (tenant_id, list_id, address_id) do update set
     address = excluded.address, language = excluded.language, kinds = excluded.kinds`,
);

const selectCompany = statement<{ name: string }>(
  'notice_company',
  `select name from tenants where tenant_id = :tenantId`,
);

/** The name of the tenant, as mails say it. */
export async function companyOf(db: Knex, tenantId: string): Promise<string> {
  return (await selectCompany(db, { tenantId }))[0]?.name ?? '';
}

/** The notice list of a connection or of a tenant; throws `not_found`. */
export async function readList(db: Knex, key: ListKey): Promise<NoticeList> {
  const { tenantId, connectionId } = key;
  const [head] = connectionId === null ? await selectTenant(db, { tenantId }) : await selectConnection(db, key);
  if (!head) throw new Fault('not_found', `no connection ${connectionId}`);
  return { ...head, recipients: await selectRecipients(db, { tenantId, listId: connectionId ?? tenantId }) };
}

/** Replaces a notice list. Call in a transaction; throws `not_found`. */
export async function saveList(trx: Knex, key: ListKey, list: NoticeList): Promise<void> {
  const { tenantId, connectionId } = key;
  const { timeZone, expectedHours } = list;
  if (connectionId === null) await updateTenant(trx, { tenantId, timeZone });
  else {
    const [saved] = await updateConnection(trx, { tenantId, connectionId, timeZone, expectedHours });
    if (!saved) throw new Fault('not_found', `no connection ${connectionId}`);
  }
  const recipients = list.recipients.map((one) => ({ ...one, addressId: addressId(one.address) }));
  await replaceRecipients(trx, {
    tenantId,
    listId: connectionId ?? tenantId,
    recipients: JSON.stringify(recipients),
  });
  await armWatch(trx, tenantId);
}

/** The same for an address on every list, in any letter case; shaped like an id, since work is about ids. */
export function addressId(address: string): string {
  const hex = createHash('sha256').update(address.toLowerCase()).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
