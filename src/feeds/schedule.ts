import { Cron } from 'croner';
import { Fault } from '../errors.ts';
import type { Schedule } from './feed.ts';

const LONGEST_BACKOFF_MINUTES = 60;

/** The next time of a schedule after a moment; throws `config_invalid` when it cannot be read, or never comes. */
export function nextTime({ cron, timeZone }: Schedule, after: Date): Date {
  const next = readable(cron, timeZone, () =>
    new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true }).nextRun(after),
  );
  if (next) return next;
  throw new Fault('config_invalid', `schedule.cron: "${cron}" never comes: is there such a day?`);
}

/** The next times of a schedule; none of them twice, though the clocks are turned back. Throws like `nextTime`. */
export function nextTimes(schedule: Schedule, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let at = after; times.length < count; ) {
    at = nextTime(schedule, at);
    times.push(at);
  }
  return times;
}

function readable<T>(cron: string, timeZone: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const zone = cause instanceof Error && cause.message.includes('timezone');
    const mend = zone
      ? `schedule.timeZone: "${timeZone}" is no time zone: write one like Europe/Berlin`
      : `schedule.cron: "${cron}" cannot be read: write minute, hour, day, month and weekday, like "30 2 * * *"`;
    throw new Fault('config_invalid', mend, { cause });
  }
}

/**
 * When a feed fetches next.
 *
 *   failures in a row   asked to wait   next
 *   0                   -               the schedule's next time
 *   1, 2, 3 …           no              1, 2, 4 … 60 minutes from now, or the schedule's next time where that is sooner
 *   1, 2, 3 …           yes             no sooner than asked, or the schedule's next time where that is sooner
 */
export function nextFetch(
  scheduled: Date,
  { failures, waitSeconds = 0 }: { failures: number; waitSeconds?: number | undefined },
  now: Date,
): Date {
  if (failures === 0) return scheduled;
  const minutes = Math.min(LONGEST_BACKOFF_MINUTES, 2 ** Math.min(failures - 1, 10));
  const again = now.getTime() + Math.max(minutes * 60, waitSeconds) * 1000;
  return new Date(Math.min(again, scheduled.getTime()));
}
