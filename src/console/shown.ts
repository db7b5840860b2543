import type { Language } from '../access/sign-in/words.ts';

/** How numbers, days and times are written in a language; times are UTC until the browser says where it is. */
export function shownIn(language: Language) {
  const number = new Intl.NumberFormat(language);
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const on = (format: Intl.DateTimeFormat) => (at: string | null | undefined) =>
    at ? format.format(new Date(at)) : '';
  return {
    number: (value: number) => number.format(value),
    time: (at: string | null | undefined) => (at ? `${on(time)(at)} UTC` : ''),
    day: on(day),
  };
}
