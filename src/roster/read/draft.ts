import type { Attribute } from '../attribute.ts';
import type { Reject, RejectCode } from '../row.ts';
import type { Column, Columns } from './columns.ts';
import type { RosterRecord } from './record.ts';
import { cleanText } from './text.ts';
import { excerpt } from './unreadable.ts';
import type { Reading, Values } from './value.ts';

/** What one row says, before it becomes a person. */
export type Draft = {
  readonly texts: Partial<Record<Attribute | 'keyColumn' | 'userNameColumn', string>>;
  active: boolean;
  readonly groups: string[];
  readonly extensions: Record<string, Record<string, unknown>>;
  readonly rejects: Reject[];
};

/** Reads each column of a row that the profile maps; what cannot be taken is among the draft's rejects. */
export function draftOf(record: RosterRecord, columns: Columns, values: Values): Draft {
  const draft: Draft = { texts: {}, active: true, groups: [], extensions: {}, rejects: [] };
  const seen = new Set<Column>();
  for (const [index, name] of record.columns.entries()) {
    const column = columns.of(name);
    if (!column) continue;
    const found = record.values[index] ?? '';
    const text = cleanText(found);
    const refuse = (code: RejectCode) =>
      draft.rejects.push({ line: record.line, column: name, code, found: excerpt(found) });
    if (text === null) refuse('unreadable_text');
    else if (text === '') continue;
    else if (seen.has(column) && !isList(column)) refuse('wrong_number_of_columns');
    else take(draft, column, text, values, refuse);
    seen.add(column);
  }
  return draft;
}

/** An element may come once for each of these. */
function isList({ attribute, extension }: Column): boolean {
  return attribute === 'groups' || extension?.kind === 'list';
}

function take(
  draft: Draft,
  { attribute, extension, isKey, isUserName }: Column,
  text: string,
  values: Values,
  refuse: (code: RejectCode) => void,
): void {
  const taken = <Value>(reading: Reading<Value>): Value | undefined => {
    if ('value' in reading) return reading.value;
    refuse(reading.code);
    return undefined;
  };
  if (attribute === null && (isKey || isUserName)) taken(values.text(text));
  if (isKey) draft.texts.keyColumn = text;
  if (isUserName) draft.texts.userNameColumn = text;
  if (extension) {
    const value = taken(values.ofExtension(text, extension));
    if (value !== undefined) put(draft, extension.urn, extension.name, value);
  } else if (attribute === 'active') draft.active = taken(values.flag(text)) ?? true;
  else if (attribute === 'groups') draft.groups.push(...(taken(values.list(text)) ?? []));
  else if (attribute) {
    const value = taken(readingOf(attribute, text, values));
    if (value !== undefined) draft.texts[attribute] = value;
  }
}

function readingOf(attribute: Attribute, text: string, values: Values): Reading<string> {
  if (attribute === 'email') return values.email(text);
  if (attribute === 'phone' || attribute === 'mobile') return values.phone(text);
  if (attribute === 'language') return values.language(text);
  if (attribute === 'startDate' || attribute === 'endDate' || attribute === 'birthday') return values.day(text);
  return values.text(text);
}

function put({ extensions }: Draft, urn: string, name: string, value: unknown): void {
  const part = extensions[urn] ?? {};
  extensions[urn] = part;
  const before = part[name];
  part[name] = Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value;
}
