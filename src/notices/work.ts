import type { Knex } from 'knex';
import { uuidv7 } from '../database/uuid.ts';
import type { Log } from '../log.ts';
import type { Handed } from '../mail/handed.ts';
import type { MailSender } from '../mail/mail.ts';
import { noticeStep } from '../plan/notice-step.ts';
import type { WorkHandler, WorkResult } from '../work/handler.ts';
import { type MailFacts, readMail } from './facts.ts';
import { noticeMail } from './message.ts';
import {
  beginMail,
  beginMailAgain,
  finishMail,
  giveUpMails,
  keepMailOpen,
  type MailKey,
  putBackMail,
  readQueue,
} from './queue.ts';

export type NoticeMailing = {
  db: Knex;
  log: Log;
  /** Null: no mail server is set up. */
  mail: MailSender | null;
  /** Our address as people reach it, without a trailing slash. */
  publicUrl: () => string;
};

/** One mail for each group of notices, and what was given up: more steps in a row would be a circle. */
const MOST_STEPS = 30;
/** A mail server that hangs must not keep the worker from people's accounts. */
const MOST_AT_ONCE = 2;
const ROOM_AGAIN_MS = 1_000;

const SETTLED: WorkResult = { kind: 'done', lookAgainAt: null };

/** The work of kind `notice`: looks at what one address is to be told, and mails what is due, until nothing is. */
export function noticeHandler(mailing: NoticeMailing): WorkHandler {
  let underWay = 0;
  return async ({ tenantId, subjectId }, stop) => {
    if (underWay >= MOST_AT_ONCE) return lookAgain(new Date(Date.now() + ROOM_AGAIN_MS * (1 + 2 * Math.random())));
    underWay += 1;
    try {
      for (let steps = 0; steps < MOST_STEPS; steps++) {
        stop.throwIfAborted();
        const next = await takeStep(mailing, { tenantId, addressId: subjectId });
        if (next) return next;
      }
      throw new Error('the notices of an address do not come to rest');
    } finally {
      underWay -= 1;
    }
  };
}

/** Does what is due next; what comes back ends the work for now. */
async function takeStep(mailing: NoticeMailing, key: Omit<MailKey, 'mailId'>): Promise<WorkResult | null> {
  const { db } = mailing;
  const { queue, recent } = await readQueue(db, key);
  const step = noticeStep(queue, recent, new Date());
  switch (step.kind) {
    case 'none':
      return SETTLED;
    case 'wait':
      return lookAgain(step.until);
    case 'give_up':
      await giveUpMails(db, key, step.ids);
      return null;
    case 'unconfirmed':
      await finishMail(db, { ...key, mailId: step.mailId }, { state: 'sent', confirmed: false, answer: null });
      return null;
    case 'again': {
      const mail = { ...key, mailId: step.mailId };
      if (await beginMailAgain(db, mail)) await sendMail(mailing, mail);
      return null;
    }
    case 'send': {
      const mail = { ...key, mailId: uuidv7() };
      if (await beginMail(db, mail, step.ids)) await sendMail(mailing, mail);
      return null;
    }
    default:
      return step satisfies never;
  }
}

/** Hands a mail over that has been written down as begun, and records what became of it. */
async function sendMail(mailing: NoticeMailing, key: MailKey): Promise<void> {
  const { db, log } = mailing;
  const facts = await readMail(db, key);
  if (!facts) return;
  const { kind, answer } = await handOver(mailing, key, facts);
  log.info({ tenant: key.tenantId, mail: key.mailId, notices: facts.total, handed: kind }, 'notice');
  switch (kind) {
    case 'sent':
      return finishMail(db, key, { state: 'sent', confirmed: true, answer });
    case 'bounced':
      return finishMail(db, key, { state: 'refused', confirmed: true, answer });
    case 'later':
      return putBackMail(db, key, answer);
    case 'unsure':
      return keepMailOpen(db, key, answer);
    default:
      return kind satisfies never;
  }
}

async function handOver({ db, mail, publicUrl }: NoticeMailing, key: MailKey, facts: MailFacts): Promise<Handed> {
  if (!mail) return { kind: 'later', answer: 'no mail server is set up: GANGWAY_SMTP_URL' };
  let words: ReturnType<typeof noticeMail>;
  try {
    words = noticeMail(facts, publicUrl());
  } catch (error) {
    await putBackMail(db, key, 'it cannot be put into words, see the server log'); // certainly nothing went out
    throw error;
  }
  return mail({ id: key.mailId, to: facts.address, ...words });
}

function lookAgain(until: Date): WorkResult {
  return { kind: 'done', lookAgainAt: until };
}
