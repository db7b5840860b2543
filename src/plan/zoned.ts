export type CivilTime = { year: number; month: number; day: number; hour: number; minute: number };

const DAY_MS = 86_400_000;

/**
 * The instant at which clocks in a time zone show this time. Node 24, which we support, has no Temporal; this is what its
 * disambiguation "compatible" gives.
 *
 *   the clocks show it      instant
 *   once                    that one
 *   twice (autumn)          the first of both
 *   never (spring)          as much later as the clocks were put forward
 */
export function instantOf(civil: CivilTime, timeZone: string): Date {
  const asUtc = Date.UTC(civil.year, civil.month - 1, civil.day, civil.hour, civil.minute);
  // a day before and after lie on both sides of a change of the clocks
  const before = offsetAt(asUtc - DAY_MS, timeZone);
  const after = offsetAt(asUtc + DAY_MS, timeZone);
  const candidates = [asUtc - before, asUtc - after].filter(
    (instant) => instant + offsetAt(instant, timeZone) === asUtc,
  );
  return new Date(candidates.length > 0 ? Math.min(...candidates) : asUtc - before);
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a thousand times its use, and there are only so many zones. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = 'numeric' as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601', { ...fields, timeZone, hourCycle: 'h23' });
  formats.set(timeZone, format);
  return format;
}
