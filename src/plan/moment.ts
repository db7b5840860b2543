import type { OnDate } from '../model/policy.ts';
import { type CivilTime, instantOf } from './zoned.ts';

type Rule = Pick<OnDate, 'offsetDays' | 'localTime' | 'timeZone'>;

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * The moment that a rule on a date means: from which somebody may be invited, or after which they have left.
 *
 *   date                      result
 *   2026-03-29                that day and offsetDays, at localTime in timeZone
 *   2026-03-29T00:00:00Z      the same: HR systems send a day as its midnight, in any zone, and mean the day
 *   2026-02-30, 29.3.2026     null: no day that can be read
 *   null                      null
 */
export function momentOf(date: string | null, { offsetDays, localTime, timeZone }: Rule): Date | null {
  const [, year, month, day] = DATE.exec(date ?? '')?.map(Number) ?? [];
  const [, hour, minute] = TIME.exec(localTime)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined) return null;
  if (!isDay(year, month, day)) return null;
  const moved = new Date(Date.UTC(year, month - 1, day + offsetDays));
  const civil: CivilTime = {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    hour,
    minute,
  };
  return instantOf(civil, timeZone);
}

/** Date.UTC takes the 30th of February for a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  const read = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && read.getUTCMonth() === month - 1 && read.getUTCDate() === day;
}
