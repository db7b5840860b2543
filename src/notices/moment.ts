import type { NoticeLanguage } from '../model/notice.ts';

/** A moment as the language writes it, by the clocks of a zone. */
export function momentIn(language: NoticeLanguage, moment: Date, timeZone: string): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone } as const;
  const text = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', format).format(moment);
  return timeZone === 'UTC' ? `${text} UTC` : text;
}

/** A span like 7d as the language writes it: 7 days. */
export function spanIn(language: NoticeLanguage, span: string): string {
  const unit = span.endsWith('d') ? 'day' : 'hour';
  const format = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(language, format).format(Number.parseInt(span, 10));
}
