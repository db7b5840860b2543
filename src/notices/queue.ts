import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import type { QueuedNotice, RecentMail } from '../plan/notice-step.ts';

/*
 * How the notices of one address become mails. Each change names the state that it leaves: of two workers the later one
 * changes nothing.
 */

export type AddressKey = { readonly tenantId: string; readonly addressId: string };
export type MailKey = AddressKey & { readonly mailId: string };

const MOST_READ = 500;
/** Who hands a mail over is done long before that; whoever finds it later knows that it is over. */
const SENDING_SECONDS = 120;
const FIRST_DELAY_SECONDS = 5;
const LONGEST_DELAY_SECONDS = 900;

const ADDRESS = 'tenant_id = :tenantId and address_id = :addressId';
const MAIL = `${ADDRESS} and mail_id = :mailId and state = 'sending'`;

const dropUnwanted = statement<never>(
  'notice_mails_drop',
  `update notice_mails m set state = 'dropped'
     from notices n
    where m.tenant_id = :tenantId and m.address_id = :addressId and m.state = 'waiting' and n.tenant_id = m.tenant_id and n.id = m.notice_id
      and not exists (select 1 from notice_recipients r where r.tenant_id = m.tenant_id and r.address_id = m.address_id
                         and r.list_id in (n.tenant_id, n.connection_id) and n.kind = any(r.kinds))`,
);

const selectQueue = statement<QueuedNotice>(
  'notice_mails_queue',
  `select m.notice_id as "noticeId", m.kind, m.state, m.mail_id as "mailId", m.sends, m.next_at as "nextAt",
          n.created_at as "createdAt"
     from notice_mails m join notices n on n.tenant_id = m.tenant_id and n.id = m.notice_id
    where m.tenant_id = :tenantId and m.address_id = :addressId and m.state in ('waiting', 'sending')
    order by m.state = 'waiting', m.notice_id limit ${MOST_READ}`,
);

const selectRecent = statement<RecentMail>(
  'notice_mails_recent',
  `select min(kind) as kind, max(sent_at) as at from notice_mails
    where ${ADDRESS} and sent_at > now() - interval '1 hour' group by mail_id`,
);

const begin = statement<{ id: string }>(
  'notice_mails_begin',
  `update notice_mails set state = 'sending', mail_id = :mailId, sends = 1, sent_at = now(),
          next_at = now() + make_interval(secs => ${SENDING_SECONDS})
    where ${ADDRESS} and state = 'waiting' and notice_id = any(:ids::uuid[]) returning notice_id as id`,
);

const beginAgain = statement<{ id: string }>(
  'notice_mails_again',
  `update notice_mails set sends = sends + 1, next_at = now() + make_interval(secs => ${SENDING_SECONDS})
    where ${MAIL} and next_at <= now() returning notice_id as id`,
);

const finish = statement<never>(
  'notice_mails_finish',
  `update notice_mails set state = :state, confirmed = :confirmed, answer = coalesce(:answer, answer) where ${MAIL}`,
);

const putBackAll = statement<never>(
  'notice_mails_back',
  `update notice_mails set state = 'waiting', mail_id = null, sends = 0, sent_at = null, failures = failures + 1,
          answer = :answer, next_at = now() + make_interval(secs =>
            least(${LONGEST_DELAY_SECONDS}, ${FIRST_DELAY_SECONDS} * power(2, least(failures, 10))))
    where ${MAIL}`,
);

const keepOpen = statement<never>('notice_mails_unsure', `update notice_mails set answer = :answer where ${MAIL}`);

const giveUpOld = statement<never>(
  'notice_mails_give_up',
  `update notice_mails set state = 'given_up' where ${ADDRESS} and state = 'waiting' and notice_id = any(:ids::uuid[])`,
);

/** What waits for one address, the oldest first; what nobody wants any more is dropped. */
export async function readQueue(
  db: Knex,
  { tenantId, addressId }: AddressKey,
): Promise<{ queue: QueuedNotice[]; recent: RecentMail[] }> {
  const key = { tenantId, addressId };
  await dropUnwanted(db, key);
  return { queue: await selectQueue(db, key), recent: await selectRecent(db, key) };
}

/** Writes down that these notices may go out from now on, in one mail; false when somebody else was first. */
export async function beginMail(db: Knex, key: MailKey, ids: readonly string[]): Promise<boolean> {
  return (await begin(db, { ...key, ids })).length > 0;
}

/** The same for a mail of which nobody knows whether it went out. */
export async function beginMailAgain(db: Knex, key: MailKey): Promise<boolean> {
  return (await beginAgain(db, key)).length > 0;
}

/** Ends a mail; `confirmed` is false where the mail server's answer got lost. */
export async function finishMail(
  db: Knex,
  key: MailKey,
  end: { state: 'sent' | 'refused'; confirmed: boolean; answer: string | null },
): Promise<void> {
  await finish(db, { ...key, ...end });
}

/** Records that certainly nothing went out: its notices wait again, longer each time. */
export async function putBackMail(db: Knex, key: MailKey, answer: string): Promise<void> {
  await putBackAll(db, { ...key, answer });
}

/** Records that the mail server's answer got lost: the same mail is handed over again later. */
export async function keepMailOpen(db: Knex, key: MailKey, answer: string): Promise<void> {
  await keepOpen(db, { ...key, answer });
}

/** Notices that could not be mailed for too long are no news any more; they stay in the list. */
export async function giveUpMails(db: Knex, key: AddressKey, ids: readonly string[]): Promise<void> {
  await giveUpOld(db, { ...key, ids });
}
