import { type Request, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { MailSender } from '../mail/mail.ts';
import { DEFAULT_NOTICES, NOTICE_KINDS, NOTICE_LANGUAGES } from '../model/notice.ts';
import { companyOf, type ListKey, type NoticeList, readList, saveList } from '../notices/lists.ts';
import { testMail } from '../notices/message.ts';
import { spanWords } from '../plan/overdue.ts';
import { record } from '../report/audit.ts';
import { isTimeZone, knownId } from './input.ts';
import { mailing } from './notices.ts';

type Options = { db: Knex; mail: MailSender | null; publicUrl: () => string; changed: () => void };

const MOST_RECIPIENTS = 50;
const MOST_HOURS = 366 * 24;

// an address becomes part of a header and of an SMTP command: nothing but what such an address is made of
const address = z
  .string()
  .trim()
  .max(254)
  .regex(
    /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
    'must be an e-mail address like ada@example.com',
  );
const language = z.enum(NOTICE_LANGUAGES).default('en');
const kinds = z
  .array(z.enum(NOTICE_KINDS))
  .min(1)
  .transform((names) => [...new Set(names)])
  .default([...DEFAULT_NOTICES]);
const recipients = z
  .array(z.strictObject({ address, language, kinds }))
  .max(MOST_RECIPIENTS)
  .refine(areDifferent, 'the same address comes twice');
const timeZone = z.string().refine(isTimeZone, 'must be a time zone like Europe/Berlin').nullable().default(null);
const expectedEvery = z
  .string()
  .regex(/^[1-9]\d{0,4}[hd]$/, 'must be hours or days like 36h or 7d')
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('d') ? 24 : 1))
  .refine((hours) => hours <= MOST_HOURS, 'must be 366d at most')
  .nullable()
  .default(null);

export const TenantList = z.strictObject({ recipients, timeZone });
export const ConnectionList = z.strictObject({ recipients, timeZone, expectedEvery });
export const Test = z.strictObject({ address, language });

/** Who gets notices of one connection, and how often a roster is expected of it. */
export function connectionNoticeListRoutes(options: Options): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  const keyOf = (req: Request, tenantId: string): ListKey => ({ tenantId, connectionId: String(req.params['id']) });
  const parse = (body: unknown): NoticeList => {
    const { expectedEvery: expectedHours, ...list } = ConnectionList.parse(body);
    return { ...list, expectedHours };
  };
  return listRoutes(router, '/:id/notice-list', options, keyOf, parse);
}

/** Who gets notices of all connections of a tenant. */
export function tenantNoticeListRoutes(options: Options): Router {
  const keyOf = (_req: Request, tenantId: string): ListKey => ({ tenantId, connectionId: null });
  const parse = (body: unknown): NoticeList => ({ ...TenantList.parse(body), expectedHours: null });
  return listRoutes(Router(), '/', options, keyOf, parse);
}

function listRoutes(
  router: Router,
  path: string,
  { db, mail, publicUrl, changed }: Options,
  keyOf: (req: Request, tenantId: string) => ListKey,
  parse: (body: unknown) => NoticeList,
): Router {
  router.get(path, async (req, res) => {
    const key = keyOf(req, res.locals['tenantId']);
    res.json(shown(key, await readList(db, key), mail));
  });
  router.put(path, async (req, res) => {
    const key = keyOf(req, res.locals['tenantId']);
    await readList(db, key); // unknown is not found, whatever the body says
    const list = parse(req.body);
    await inTransaction(db, async (trx) => {
      await saveList(trx, key, list);
      const detail = { ...list };
      await record(trx, { tenantId: key.tenantId, action: 'notice-list.set', subject: subjectOf(key), detail });
    });
    changed();
    res.json(shown(key, list, mail));
  });
  router.post(`${path.replace(/\/$/, '')}/test`, async (req, res) => {
    const key = keyOf(req, res.locals['tenantId']);
    await readList(db, key);
    const answer = await sendTest(db, key, Test.parse(req.body), { mail, publicUrl });
    res.json(answer);
  });
  return router;
}

async function sendTest(
  db: Knex,
  key: ListKey,
  to: z.output<typeof Test>,
  { mail, publicUrl }: Pick<Options, 'mail' | 'publicUrl'>,
) {
  if (!mail) {
    const mend = 'set GANGWAY_SMTP_URL and GANGWAY_MAIL_FROM, and start Gangway again';
    throw new Fault('config_invalid', `no mail server is set up: ${mend}`);
  }
  const company = await companyOf(db, key.tenantId);
  const words = testMail({ ...to, company }, publicUrl());
  const { kind, answer } = await mail({ id: uuidv7(), to: to.address, ...words });
  const detail = { ...to, result: kind, answer };
  await record(db, { tenantId: key.tenantId, action: 'notice-list.test', subject: subjectOf(key), detail });
  if (kind === 'bounced') throw new Fault('target_refused', `the mail server does not take it: ${answer}`);
  if (kind === 'later') throw new Fault('target_down', `the mail server cannot be reached, or says later: ${answer}`);
  return { address: to.address, confirmed: kind === 'sent', answer };
}

function shown(
  { connectionId }: ListKey,
  { recipients, timeZone, expectedHours }: NoticeList,
  mail: MailSender | null,
) {
  const expectedEvery = expectedHours === null ? null : spanWords(expectedHours);
  return { ...mailing(mail), recipients, timeZone, ...(connectionId === null ? {} : { expectedEvery }) };
}

function subjectOf({ tenantId, connectionId }: ListKey): string {
  return connectionId ?? tenantId;
}

function areDifferent(list: readonly { address: string }[]): boolean {
  return new Set(list.map((one) => one.address.toLowerCase())).size === list.length;
}
