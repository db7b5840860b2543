import { filled } from '../mail/words.ts';
import type { Language } from '../model/invite.ts';

/** Every text that somebody who is invited reads. {app}, {company}, {name}, {day} and {link} are filled in. */
const WORDS = {
  en: {
    subject: 'Your invitation to {app}',
    reminderSubject: 'Reminder: your invitation to {app}',
    hello: 'Hello {name},',
    helloAll: 'Hello,',
    invites: '{company} has opened an account for you in {app}.',
    reminds: '{company} opened an account for you in {app}. Your invitation is still waiting.',
    accept: 'Accept the invitation',
    byLink: 'Accept the invitation by this link:',
    valid: 'The link is yours alone and valid until {day}.',
    ignore: 'If you do not know {company}, you need not do anything.',
    sms: '{company} invites you to {app}: {link}',
    pageTitle: 'Invitation to {app}',
    pageAsk: 'By accepting you confirm that the invitation has reached you.',
    thanksTitle: 'Thank you',
    thanks: 'Your invitation to {app} is accepted. You can sign in now.',
    usedTitle: 'Already accepted',
    used: 'This invitation was accepted before. Just sign in to {app}.',
    signIn: 'Sign in',
    expiredTitle: 'The invitation has expired',
    expired: 'Ask {company} for a new invitation to {app}.',
    revokedTitle: 'The invitation was withdrawn',
    revoked: 'It is no longer valid. If you think that this is a mistake, ask {company}.',
    unknownTitle: 'There is no such invitation',
    unknown: 'The link may be incomplete, or a newer message may have replaced it: use the newest one that you got.',
    scan: 'Scan this code with your phone, or type the address:',
    code: 'One-time code',
  },
  de: {
    subject: 'Ihre Einladung zu {app}',
    reminderSubject: 'Erinnerung: Ihre Einladung zu {app}',
    hello: 'Guten Tag {name},',
    helloAll: 'Guten Tag,',
    invites: '{company} hat für Sie ein Konto in {app} angelegt.',
    reminds: '{company} hat für Sie ein Konto in {app} angelegt. Ihre Einladung wartet noch auf Sie.',
    accept: 'Einladung annehmen',
    byLink: 'Nehmen Sie die Einladung über diesen Link an:',
    valid: 'Der Link ist nur für Sie bestimmt und gilt bis {day}.',
    ignore: 'Wenn Sie {company} nicht kennen, brauchen Sie nichts zu tun.',
    sms: '{company} lädt Sie zu {app} ein: {link}',
    pageTitle: 'Einladung zu {app}',
    pageAsk: 'Mit der Annahme bestätigen Sie, dass die Einladung Sie erreicht hat.',
    thanksTitle: 'Vielen Dank',
    thanks: 'Ihre Einladung zu {app} ist angenommen. Sie können sich jetzt anmelden.',
    usedTitle: 'Bereits angenommen',
    used: 'Diese Einladung wurde schon angenommen. Melden Sie sich einfach bei {app} an.',
    signIn: 'Anmelden',
    expiredTitle: 'Die Einladung ist abgelaufen',
    expired: 'Bitten Sie {company} um eine neue Einladung zu {app}.',
    revokedTitle: 'Die Einladung wurde zurückgezogen',
    revoked: 'Sie gilt nicht mehr. Wenn Sie das für einen Irrtum halten, fragen Sie {company}.',
    unknownTitle: 'Diese Einladung gibt es nicht',
    unknown:
      'Vielleicht ist der Link unvollständig, oder eine neuere Nachricht hat ihn ersetzt: Nehmen Sie die neueste.',
    scan: 'Scannen Sie diesen Code mit dem Telefon, oder tippen Sie die Adresse ab:',
    code: 'Einmal-Code',
  },
} as const satisfies Record<Language, Record<string, string>>;

export type Phrase = keyof (typeof WORDS)['en'];
export type Fillings = Readonly<Partial<Record<'app' | 'company' | 'name' | 'day' | 'link', string>>>;

/** A phrase in a language with its gaps filled. Values are put in as they are: what prints them escapes them. */
export function say(language: Language, phrase: Phrase, fillings: Fillings = {}): string {
  return filled(WORDS[language][phrase], fillings);
}

/** A day as the language writes it. The zone is UTC: a link is never valid for shorter than it says by more than that. */
export function dayIn(language: Language, day: Date): string {
  return new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    day,
  );
}
