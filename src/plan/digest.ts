import { instantOf, offsetAt } from './zoned.ts';

const DAY_MS = 86_400_000;
const HOUR = 8;
/** A server that was down on Monday tells it late, but not when the week is half over. */
const LATE_MS = 2 * DAY_MS;

export type Week = {
  /** The Monday that the week ends with, as YYYY-MM-DD. */
  readonly day: string;
  readonly from: Date;
  readonly to: Date;
};

/**
 * The week that is told now: seven days up to Monday 08:00 by the clocks of a zone.
 *
 *   now                                    result
 *   Monday 08:00 up to Wednesday 08:00     the week up to this Monday
 *   any other time                         null
 */
export function weekToTell(now: Date, timeZone: string): Week | null {
  const local = new Date(now.getTime() + offsetAt(now.getTime(), timeZone));
  const sinceMonday = (local.getUTCDay() + 6) % 7;
  const to = mondayAt(local, sinceMonday, timeZone);
  if (now < to.at || now.getTime() >= to.at.getTime() + LATE_MS) return null;
  return { day: to.day, from: mondayAt(local, sinceMonday + 7, timeZone).at, to: to.at };
}

function mondayAt(local: Date, daysAgo: number, timeZone: string): { at: Date; day: string } {
  const monday = new Date(local.getTime() - daysAgo * DAY_MS);
  const [year, month, day] = [monday.getUTCFullYear(), monday.getUTCMonth() + 1, monday.getUTCDate()];
  return {
    at: instantOf({ year, month, day, hour: HOUR, minute: 0 }, timeZone),
    day: monday.toISOString().slice(0, 10),
  };
}
