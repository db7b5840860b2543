import type { GroupTable } from '../model/mapping.ts';

/** A table of a mapping, ready for look-ups. */
export type Lookup = {
  readonly fold: boolean;
  /** The values as the document writes them. */
  readonly values: readonly string[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
};

/** A table as look-ups need it; null without one. */
export function lookupOf(table: GroupTable | undefined, fold = false): Lookup | null {
  if (table === undefined) return null;
  const rows = Object.entries(table).map(
    ([value, names]) => [keyOf(value, fold), typeof names === 'string' ? [names] : names] as const,
  );
  return { fold, values: Object.keys(table), rows: new Map(rows) };
}

/** What the table says of a value; undefined when it does not name it. */
export function lookUp({ fold, rows }: Lookup, value: string): readonly string[] | undefined {
  return rows.get(keyOf(value, fold));
}

/** A value as a table compares it: exactly, unless letter case and outer blanks do not count. */
export function keyOf(value: string, fold: boolean): string {
  return fold ? value.trim().normalize('NFC').toLowerCase() : value;
}
