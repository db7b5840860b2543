import { answerOf, type Handed } from './handed.ts';

export type Mail = {
  /** Unique to this message: two with the same are one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly language: string;
};

/** Hands a mail to the mail server that is set up. */
export type MailSender = (mail: Mail) => Promise<Handed>;

export type MailSettings = {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  readonly url: string;
  /** Who it is from, as `Name <address>` or an address alone. */
  readonly from: string;
};

const LIMITS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, dnsTimeout: 10_000 };

type SmtpError = Error & { responseCode?: number; response?: string; command?: string };

/** Sends one mail at a time over a connection of its own; nothing is pooled, so nothing waits unseen. */
export function mailSender({ url, from }: MailSettings): MailSender {
  return async (mail) => {
    const { createTransport } = await import('nodemailer'); // only here: most starts send nothing for a while
    const passage = { begun: false };
    const transport = createTransport({ url, ...LIMITS, logger: listener(passage), transactionLog: true } as object);
    try {
      const { response } = await transport.sendMail(message(mail, from));
      return { kind: 'sent', answer: answerOf(String(response ?? '')) };
    } catch (error) {
      return verdictOf(error as SmtpError, passage.begun);
    } finally {
      transport.close();
    }
  };
}

function message({ id, to, subject, text, html, language }: Mail, from: string) {
  const domain = /@([^\s>]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    messageId: `<${id}@${domain}>`,
    // RFC 3834: no out-of-office answers to this
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * What a failure says about the message.
 *
 *   the server answered           before the text    after it
 *   5xx to recipient or text      bounced            bounced
 *   any other 4xx, 5xx            later              later, as it says that it did not take it
 *   nothing                       later              unsure
 */
function verdictOf(error: SmtpError, textBegun: boolean): Handed {
  const answer = answerOf(error.response ?? error.message);
  const { responseCode = 0, command = '' } = error;
  if (responseCode >= 500 && /^(RCPT|DATA)/.test(command)) return { kind: 'bounced', answer };
  if (responseCode >= 400) return { kind: 'later', answer };
  return { kind: textBegun ? 'unsure' : 'later', answer };
}

/** Listens to the conversation, which nobody else hears: once the server lets DATA go on, it may have the text. */
function listener(passage: { begun: boolean }) {
  let asked = false;
  const hear = (data: { tnx?: string } | string, text: unknown) => {
    const { tnx } = typeof data === 'object' ? data : {};
    const line = String(text ?? '');
    if (tnx === 'client' && /^(C: )?DATA/.test(line)) asked = true;
    if (tnx === 'server' && asked && /^(S: )?[23]/.test(line)) passage.begun = true;
  };
  return { level: () => {}, trace: hear, debug: hear, info: hear, warn: hear, error: hear, fatal: hear };
}
