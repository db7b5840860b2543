import type { Language } from '../../access/sign-in/words.ts';
import type { Say } from '../say.ts';

const EVERY = '*';
const NUMBERS = /^\d{1,2}(,\d{1,2})*$/;
const STEP = /^\*\/(\d{1,2})$/;

/**
 * A schedule as people say it; null for one that has no simple words.
 *
 *   30 2 * * *       every day at 02:30
 *   0 6,18 * * 1-5   Monday to Friday at 06:00 and 18:00
 *   0 4 1 * *        on day 1 at 04:00
 *   15 * * * *       every day, each hour at minute 15
 *   0,30 * * * *     null, as all that is rarer
 */
export function cronWords(cron: string, say: Say, language: Language): string | null {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = cron.trim().split(/\s+/);
  if (more.length > 0 || month !== EVERY) return null;
  const [when, days] = [timeWords(minute, hour, say, language), dayWords(day, weekday, say, language)];
  return when === null || days === null ? null : `${days}${when}`;
}

function timeWords(minute: string, hour: string, say: Say, language: Language): string | null {
  const each = STEP.exec(minute)?.[1];
  if (each && hour === EVERY) return `, ${say('feed.everyMinutes', { count: each })}`;
  if (!/^\d{1,2}$/.test(minute)) return null;
  if (hour === EVERY) return `, ${say('feed.everyHour', { minute })}`;
  const hours = STEP.exec(hour)?.[1];
  if (hours) return `, ${say('feed.everyHours', { count: hours, minute })}`;
  if (!NUMBERS.test(hour)) return null;
  const times = hour.split(',').map((one) => `${one.padStart(2, '0')}:${minute.padStart(2, '0')}`);
  return ` ${say('feed.at', { times: listed(times, language) })}`;
}

function dayWords(day: string, weekday: string, say: Say, language: Language): string | null {
  if (day === EVERY && weekday === EVERY) return say('feed.everyDay');
  if (weekday === EVERY && NUMBERS.test(day)) {
    const dates = day.split(',').map((one) => say('feed.date', { day: one }));
    return say('feed.onDates', { days: listed(dates, language) });
  }
  if (day !== EVERY) return null;
  const [, from, to] = /^([0-7])-([0-7])$/.exec(weekday) ?? [];
  if (from && to) return say('feed.fromTo', { from: nameOf(from, language), to: nameOf(to, language) });
  if (!/^[0-7](,[0-7])*$/.test(weekday)) return null;
  return say('feed.onDays', {
    days: listed(
      weekday.split(',').map((one) => nameOf(one, language)),
      language,
    ),
  });
}

/** 4 January 1970 was a Sunday, which cron calls 0 and 7. */
function nameOf(weekday: string, language: Language): string {
  const day = new Date(Date.UTC(1970, 0, 4 + Number(weekday)));
  return new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(day);
}

function listed(items: readonly string[], language: Language): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(items);
}
