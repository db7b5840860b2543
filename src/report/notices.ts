import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { onItsOwn } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import type { Happening, MailState, NoticeKind } from '../model/notice.ts';
import { NO_TARGET } from '../work/arm.ts';
import { COALESCED, LANE } from '../work/mark.ts';

/** Losses are held one by one: a little later the mail can say how many they are. */
const SETTLE_SECONDS: Partial<Record<NoticeKind, number>> = { guard_held: 120 };

// an address on both lists gets it once, in the language of the connection's
const insertNotice = statement<{ id: string }>(
  'notices_tell',
  `with told as (
     insert into notices (tenant_id, id, connection_id, kind, subject, detail, created_at)
     values (:tenantId, :id, :connectionId, :kind, :subject, :detail, now())
     on conflict (tenant_id, kind, subject) do nothing
     returning tenant_id, id, connection_id, kind),
   wanted as (
     select distinct on (r.address_id) t.tenant_id, t.id, t.kind, r.address_id, r.address, r.language,
            now() + make_interval(secs => :settleSeconds) as next_at
       from told t join notice_recipients r
         on r.tenant_id = t.tenant_id and r.list_id in (t.tenant_id, t.connection_id) and t.kind = any(r.kinds)
      order by r.address_id, r.list_id = t.tenant_id),
   posted as (
     insert into notice_mails (tenant_id, notice_id, address_id, address, language, kind, next_at)
     select tenant_id, id, address_id, address, language, kind, next_at from wanted),
   marked as (
     insert into work_item (tenant_id, target_id, kind, subject_id, lane, next_at)
     select tenant_id, '${NO_TARGET}', 'notice', address_id, ${LANE.change}, next_at from wanted order by address_id
     ${COALESCED})
   select id from told`,
);

export type Told = Happening & {
  readonly tenantId: string;
  readonly connectionId: string | null;
  /** What makes it the same happening as one before: it is told once. */
  readonly subject: string;
};

/**
 * Keeps a notice and what must be mailed of it. Call it in the transaction that makes it true: both are kept, or neither.
 * False when this was told before.
 */
export async function tell(db: Knex, told: Told): Promise<boolean> {
  const { tenantId, connectionId, kind, subject } = told;
  const settleSeconds = SETTLE_SECONDS[kind] ?? 0;
  const detail = JSON.stringify(told.detail);
  const row = { tenantId, id: uuidv7(), connectionId, kind, subject, detail, settleSeconds };
  const rows = await onItsOwn(db, () => insertNotice(db, row));
  return rows.length === 1;
}

export type NoticeMail = {
  address: string;
  state: MailState;
  /** False where the mail server's answer got lost. */
  confirmed: boolean;
  sentAt: Date | null;
  answer: string | null;
};
export type NoticeItem = Happening & {
  id: string;
  connection: { id: string; name: string } | null;
  createdAt: Date;
  mails: NoticeMail[];
};

const selectNotices = statement<NoticeItem>(
  'notices_list',
  `select n.id, n.kind, n.detail, n.created_at as "createdAt",
          case when c.id is not null then json_build_object('id', c.id, 'name', c.name) end as connection,
          coalesce((select json_agg(json_build_object('address', m.address, 'state', m.state, 'confirmed', m.confirmed,
                      'sentAt', m.sent_at, 'answer', m.answer) order by m.address)
             from notice_mails m where m.tenant_id = n.tenant_id and m.notice_id = n.id), '[]') as mails
     from notices n left join connections c on c.tenant_id = n.tenant_id and c.id = n.connection_id
    where n.tenant_id = :tenantId and (:connectionId::uuid is null or n.connection_id = :connectionId::uuid)
      and (:kind::text is null or n.kind = :kind) and (:before::uuid is null or n.id < :before::uuid)
    order by n.id desc limit :limit`,
);

/** The newest notices of a tenant, or of one of its connections; `before` is the last id of the page before. */
export async function listNotices(
  db: Knex,
  tenantId: string,
  page: { connectionId: string | null; kind: NoticeKind | null; before: string | null; limit: number },
): Promise<NoticeItem[]> {
  return selectNotices(db, { tenantId, ...page });
}
