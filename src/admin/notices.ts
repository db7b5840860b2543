import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { MailSender } from '../mail/mail.ts';
import { NOTICE_KINDS } from '../model/notice.ts';
import { helpFor } from '../notices/topics.ts';
import { listNotices, type NoticeItem } from '../report/notices.ts';

export const Query = z.object({
  connection: z.uuid().nullable().default(null),
  kind: z.enum(NOTICE_KINDS).nullable().default(null),
  before: z.uuid().nullable().default(null),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const NO_MAIL = 'no mail server is set up, so no notice is mailed: set GANGWAY_SMTP_URL and GANGWAY_MAIL_FROM';

/** Whether notices are mailed, for the answers that list them. */
export function mailing(mail: MailSender | null): { mailed: boolean; note?: string } {
  return mail ? { mailed: true } : { mailed: false, note: NO_MAIL };
}

/** What has happened that somebody was, or could have been, told of. */
export function noticeRoutes({ db, mail }: { db: Knex; mail: MailSender | null }): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const { connection: connectionId, kind, before, limit } = Query.parse(req.query);
    const notices = await listNotices(db, res.locals['tenantId'], { connectionId, kind, before, limit });
    const next = notices.length === limit ? (notices.at(-1)?.id ?? null) : null;
    res.json({ ...mailing(mail), notices: notices.map(shown), next });
  });
  return router;
}

function shown(notice: NoticeItem) {
  return { ...notice, help: helpFor(notice, notice.connection?.name ?? null) };
}
