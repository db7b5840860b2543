import type { Mail } from '../mail/mail.ts';
import type { Language } from '../model/invite.ts';
import type { Hosts } from './about.ts';
import { renderHtml, renderText } from './render.ts';
import { dayIn, say } from './words.ts';

export type Contents = {
  readonly language: Language;
  readonly hosts: Hosts;
  readonly name: string | null;
  readonly link: string;
  readonly expiresAt: Date;
  readonly reminder: boolean;
};

/** The letters of one SMS, and what of them the names may take beside the link. */
const SMS_LETTERS = 160;
const SHORTEST_NAME = 3;

/** An invite as mail. Its subject says company and app alone: subjects are shown on locked screens. */
export function mailOf({ language, hosts, name, link, expiresAt, reminder }: Contents): Omit<Mail, 'id' | 'to'> {
  const { company, app } = hosts;
  const fill = { company, app, name: name ?? '', day: dayIn(language, expiresAt) };
  const words = {
    language,
    link,
    subject: say(language, reminder ? 'reminderSubject' : 'subject', fill),
    hello: say(language, name ? 'hello' : 'helloAll', fill),
    invites: say(language, reminder ? 'reminds' : 'invites', fill),
    accept: say(language, 'accept'),
    byLink: say(language, 'byLink'),
    valid: say(language, 'valid', fill),
    ignore: say(language, 'ignore', fill),
  };
  return {
    subject: words.subject,
    text: renderText('mail-text', words),
    html: renderHtml('mail-html', words),
    language,
  };
}

/** An invite as one short message of 160 letters; long names are cut, the link never is. */
export function smsOf({ language, hosts, link }: Pick<Contents, 'language' | 'hosts' | 'link'>): string {
  const bare = say(language, 'sms', { link }).length;
  const room = Math.max(SHORTEST_NAME, Math.floor((SMS_LETTERS - bare) / 2));
  const company = cut(hosts.company, Math.max(room, SMS_LETTERS - bare - hosts.app.length));
  const app = cut(hosts.app, Math.max(SHORTEST_NAME, SMS_LETTERS - bare - company.length));
  return say(language, 'sms', { company, app, link });
}

/** What an SMS can carry in 7 bits a letter: another letter would halve its length. */
function cut(name: string, letters: number): string {
  const plain = name.replace(/[^\n !"#$%&'()*+,\-./0-9:;<=>?@A-ZÄÖÑÜ§a-zäöñüàßéèìòùÅåÆæØøÇ_]/gu, '?');
  return plain.length <= letters ? plain : `${plain.slice(0, Math.max(1, letters - 1))}.`;
}
