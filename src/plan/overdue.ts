const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

export type Expectation = {
  /** A roster is expected that often. */
  readonly everyHours: number;
  /** Since when it is. */
  readonly since: Date;
  /** When the last one came that was believed, or waits for a human. */
  readonly lastAt: Date | null;
};

/**
 * Since when a roster is overdue, and for how many whole weeks; null when it is not.
 *
 *   the last one came                        result
 *   within the time, or never, but the       null
 *   setting is younger than that time
 *   before                                   the moment it was due, and 0 weeks, then 1, 2, … a week later each
 */
export function overdueOf(
  { everyHours, since, lastAt }: Expectation,
  now: Date,
): { readonly dueAt: Date; readonly weeks: number } | null {
  const from = Math.max(since.getTime(), lastAt?.getTime() ?? 0);
  const dueAt = new Date(from + everyHours * HOUR_MS);
  if (now <= dueAt) return null;
  return { dueAt, weeks: Math.floor((now.getTime() - dueAt.getTime()) / WEEK_MS) };
}

/** A number of hours as it is written: `7d`, `36h`. */
export function spanWords(hours: number): string {
  return hours % 24 === 0 ? `${hours / 24}d` : `${hours}h`;
}
