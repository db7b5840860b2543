import type { DateFormat } from '../profile.ts';

const PATTERNS: Record<Exclude<DateFormat, 'excel'>, RegExp> = {
  'YYYY-MM-DD': /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
  'DD.MM.YYYY': /^(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.\s?(?<year>\d{4})$/,
  'MM/DD/YYYY': /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/,
  'DD/MM/YYYY': /^(?<day>\d{1,2})\/(?<month>\d{1,2})\/(?<year>\d{4})$/,
};
/** A day exported as the midnight at its begin. */
const MIDNIGHT = /[T ]00:00(:00(\.0+)?)?Z?$/;
const DAY_MS = 86_400_000;

/**
 * A day as YYYY-MM-DD; undefined where the text says that there is none, null when it is no day in this format.
 *
 *   text                        day
 *   2024-02-29, 29.2.2024 …     that day, when the calendar has it
 *   with 00:00:00 behind it     the same
 *   excel: 45351                days since 1900 as Excel counts them, whose 29 February 1900 (60) never was
 *   00.00.0000, 31.12.9999      none: how HR systems write "not set" and "without end"
 */
export function dayOf(text: string, format: DateFormat): string | undefined | null {
  const trimmed = text.trim().replace(MIDNIGHT, '');
  if (format === 'excel') return fromSerial(trimmed);
  const groups = PATTERNS[format].exec(trimmed)?.groups;
  if (!groups) return null;
  const [year = 0, month = 0, day = 0] = [groups['year'], groups['month'], groups['day']].map(Number);
  if (year === 0 && month === 0 && day === 0) return undefined;
  return civil(year, month, day);
}

function fromSerial(text: string): string | undefined | null {
  if (!/^\d{1,7}(\.0+)?$/.test(text)) return null;
  const serial = Math.trunc(Number(text));
  if (serial === 0) return undefined;
  if (serial === 60) return null;
  const date = new Date(Date.UTC(1899, 11, serial < 60 ? 31 : 30) + serial * DAY_MS);
  return civil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

function civil(year: number, month: number, day: number): string | undefined | null {
  if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  if (year === 9999) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
