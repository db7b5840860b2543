import type { RosterProfile } from '../profile.ts';
import type { RejectCode } from '../row.ts';
import type { ExtensionColumn } from './columns.ts';
import { dayOf } from './date.ts';
import { languageOf } from './language.ts';
import { phoneOf } from './phone.ts';
import { isEmail } from './text.ts';

/** What a text says, undefined when it says that there is nothing; or why it cannot be taken. */
export type Reading<Value> = { readonly value: Value | undefined } | { readonly code: RejectCode };

/** Reads clean text, each function in one way. */
export type Values = {
  text(text: string): Reading<string>;
  email(text: string): Reading<string>;
  phone(text: string): Reading<string>;
  day(text: string): Reading<string>;
  flag(text: string): Reading<boolean>;
  language(text: string): Reading<string>;
  list(text: string): Reading<readonly string[]>;
  ofExtension(text: string, column: ExtensionColumn): Reading<unknown>;
};

const LENGTH = 256;
const EMAIL_LENGTH = 254;
const EXTENSION_LENGTH = 4_000;
const MOST_ITEMS = 100;

/** How texts are read by a profile. */
export function valuesBy(profile: RosterProfile): Values {
  const words = wordsOf(profile);
  const flag = (text: string) => orCode(words.get(text.toLowerCase()), 'invalid_boolean');
  const day = (text: string) => {
    const read = dayOf(text, profile.dateFormat);
    return read === null ? refused('invalid_date') : { value: read };
  };
  const list = (text: string) => listOf(text, profile.separator);
  return {
    text: (text) => (text.length > LENGTH ? refused('too_long') : { value: text }),
    email: emailIn,
    phone: (text) => orCode(phoneOf(text, profile.country), 'invalid_phone'),
    language: (text) => orCode(languageOf(text), 'invalid_value'),
    day,
    flag,
    list,
    ofExtension: (text, column) => ofExtension(text, column, { day, flag, list }),
  };
}

function wordsOf({ booleans }: RosterProfile): ReadonlyMap<string, boolean> {
  const folded = (words: readonly string[], value: boolean) =>
    words.map((word) => [word.toLowerCase(), value] as const);
  return new Map([...folded(booleans.true, true), ...folded(booleans.false, false)]);
}

function emailIn(text: string): Reading<string> {
  if (text.length > EMAIL_LENGTH) return refused('too_long');
  return isEmail(text) ? { value: text } : refused('invalid_email');
}

function listOf(text: string, separator: string): Reading<readonly string[]> {
  const items = [...new Set(text.split(separator).map((item) => item.trim()))].filter((item) => item !== '');
  const tooLong = items.length > MOST_ITEMS || items.some((item) => item.length > LENGTH);
  return tooLong ? refused('too_long') : { value: items.length > 0 ? items : undefined };
}

function ofExtension(
  text: string,
  { kind, canonicalValues }: ExtensionColumn,
  read: Pick<Values, 'day' | 'flag' | 'list'>,
): Reading<unknown> {
  switch (kind) {
    case 'text':
      return text.length > EXTENSION_LENGTH ? refused('too_long') : canonical(text, canonicalValues);
    case 'list':
      return read.list(text);
    case 'boolean':
      return read.flag(text);
    case 'date':
      return read.day(text);
    case 'dateTime': {
      const reading = read.day(text);
      return 'value' in reading && reading.value ? { value: `${reading.value}T00:00:00Z` } : reading;
    }
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(text) ? { value: Number(text) } : refused('invalid_value');
    case 'number':
      return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? { value: Number(text) } : refused('invalid_value');
    default:
      return kind satisfies never;
  }
}

/** As the declaration spells it. */
function canonical(text: string, values: readonly string[] | undefined): Reading<string> {
  if (!values) return { value: text };
  return orCode(
    values.find((value) => value.toLowerCase() === text.toLowerCase()),
    'invalid_value',
  );
}

function orCode<Value>(value: Value | null | undefined, code: RejectCode): Reading<Value> {
  return value === null || value === undefined ? refused(code) : { value };
}

function refused(code: RejectCode): { readonly code: RejectCode } {
  return { code };
}
