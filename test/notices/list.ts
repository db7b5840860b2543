import type { NoticeItem } from '../../src/report/notices.ts';
import { eventually, type Gangway } from '../support/gangway.ts';

export type ListBody = {
  recipients: { address: string; language?: string; kinds?: string[] }[];
  timeZone?: string | null;
  expectedEvery?: string | null;
};

/** Puts a notice list in place of the one before: the connection's, or the tenant's. */
export async function putList(gangway: Gangway, list: ListBody, of: 'connection' | 'tenant' = 'connection') {
  const path = of === 'tenant' ? '/notice-list' : `/connections/${gangway.connection.id}/notice-list`;
  const { status, body } = await gangway.admin('PUT', path, list);
  if (status !== 200) throw new Error(`not saved: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** All notices of the tenant, the newest first. */
export async function noticesOf(gangway: Gangway, query = ''): Promise<NoticeItem[]> {
  return (await gangway.admin('GET', `/notices?limit=1000${query}`)).body['notices'] as NoticeItem[];
}

/** Lets the time come at which notices that wait are looked at again: minutes for those that were mailed, too. */
export async function minutesPass({ db }: Gangway, minutes: number): Promise<void> {
  await eventually('nobody is at it', async () => {
    const { rows } = await db.raw(`select 1 from work_item where kind = 'notice' and lease_token is not null`);
    return rows.length === 0;
  });
  await db.raw(
    `update notice_mails set next_at = next_at - make_interval(mins => :minutes), sent_at = sent_at - make_interval(mins => :minutes)`,
    { minutes },
  );
  await db.raw(
    `update work_item w set next_at = now(), state = 'ready' where kind = 'notice' and lease_token is null
        and exists (select 1 from notice_mails m where m.address_id = w.subject_id and m.state in ('waiting', 'sending'))`,
  );
}
