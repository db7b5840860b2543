import type { Mail } from '../mail/mail.ts';
import { templatesIn } from '../mail/templates.ts';
import { filled } from '../mail/words.ts';
import type { NoticeLanguage } from '../model/notice.ts';
import type { MailFacts, NoticeFacts } from './facts.ts';
import { gapsOf, linesOf } from './gaps.ts';
import { momentIn } from './moment.ts';
import { PHRASES } from './phrases.ts';
import { helpFor, quoted } from './topics.ts';
import { KIND_WORDS } from './words.ts';

const templates = templatesIn(new URL('templates', import.meta.url));
/** Reasons name columns and numbers, so they may be longer than a name. */
const MOST_LETTERS = 1_000;
const SUBJECT_LETTERS = 150;

type Words = Omit<Mail, 'id' | 'to'>;

/** Notices as one mail. Its subject holds counts and the names of connections and apps, never those of people. */
export function noticeMail(facts: MailFacts, publicUrl: string): Words {
  const { language, notices, total } = facts;
  const say = PHRASES[language];
  const items = notices.map((notice) => itemOf(notice, facts));
  const first = items[0]?.subject ?? '';
  const more = total - notices.length;
  return rendered(language, {
    ...frameOf(facts, publicUrl),
    subject: total === 1 ? first : filled(say.several, { number: total, first }, SUBJECT_LETTERS),
    items,
    more: more > 0 ? filled(say.many, { number: more }) : null,
  });
}

/** A mail that only shows that mails arrive. */
export function testMail(facts: Pick<MailFacts, 'address' | 'company' | 'language'>, publicUrl: string): Words {
  const say = PHRASES[facts.language];
  const item = { title: say.testSubject, place: facts.company, lines: [filled(say.testSays, facts)], help: null };
  return rendered(facts.language, {
    ...frameOf(facts, publicUrl),
    subject: say.testSubject,
    items: [item],
    more: null,
  });
}

function rendered(language: NoticeLanguage, view: { subject: string } & Record<string, unknown>): Words {
  const { subject } = view;
  const text = templates
    .text('mail-text', view)
    .replace(/\n{3,}/g, '\n\n')
    .trimStart();
  return { subject, text, html: templates.html('mail-html', view), language };
}

function frameOf({ address, company, language }: Pick<MailFacts, 'address' | 'company' | 'language'>, server: string) {
  const say = PHRASES[language];
  const gaps = { address, company, quoted: quoted(address) };
  const footer = [filled(say.why, gaps), filled(say.unsubscribe, gaps)];
  return { language, say, server, footer };
}

function itemOf(notice: NoticeFacts, { language, company, timeZone }: MailFacts) {
  const say = PHRASES[language];
  const words = KIND_WORDS[language][notice.kind];
  const gaps = gapsOf(notice, language, timeZone);
  const title = filled(words.title, gaps);
  const place = notice.connection ?? say.allConnections;
  const says = words.says.map((text) => filled(text, gaps, MOST_LETTERS)).filter((text) => text !== '');
  return {
    title,
    subject: `${title} (${filled('{place}', { place })})`.slice(0, SUBJECT_LETTERS),
    place: `${filled(say.company, { company, place })}, ${momentIn(language, notice.createdAt, timeZone)}`,
    lines: [...says, ...linesOf(notice, language)],
    help: { mend: filled(words.mend, gaps), ...helpFor(notice, notice.connection) },
  };
}
