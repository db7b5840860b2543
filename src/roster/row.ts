import type { Resource } from '../model/person.ts';

/** One person as a roster describes them, already in the words of the directory. */
export type RosterRow = {
  /** Where in the file: the line of a CSV, the position of the element in an XML or a JSON. */
  readonly line: number;
  /** What the source knows the person by, folded: unique in the file, and the externalId in the directory. */
  readonly key: string;
  /** A User as the directory keeps it, without id and meta; `active` is true unless the file says otherwise. */
  readonly resource: Resource;
  /** Whom the file names as manager: a key, an e-mail address, or a position; resolved when everybody is there. */
  readonly manager: string | null;
  /** The key of the position that the person holds, where a file of positions comes along. */
  readonly position: string | null;
  /** Names of groups that the person belongs to. */
  readonly groups: readonly string[];
};

/** Why a row cannot be taken; docs/rosters.md tells each with its remedy. */
export const REJECT_CODES = [
  'missing_key',
  'missing_email',
  'missing_name',
  'duplicate_key',
  'duplicate_email',
  'invalid_email',
  'invalid_date',
  'invalid_phone',
  'invalid_boolean',
  'unknown_department',
  'unknown_position',
  'unknown_manager',
  'too_long',
  'unreadable_text',
  'wrong_number_of_columns',
  'invalid_value',
] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

/** One thing that is wrong with one row. */
export type Reject = {
  readonly line: number;
  /** The column or element as the file names it; null for the whole row. */
  readonly column: string | null;
  readonly code: RejectCode;
  /** What stands there, shortened. */
  readonly found: string;
};

/** The row as it stood in the file, for the error file: header and value. */
export type RawRow = readonly (readonly [column: string, value: string])[];

export type RosterItem =
  | { readonly kind: 'row'; readonly row: RosterRow; readonly raw: RawRow }
  | {
      readonly kind: 'rejected';
      /** Whom the row is about, where that can be told: somebody who is in the file has not left. */
      readonly key: string | null;
      readonly raw: RawRow;
      readonly rejects: readonly Reject[];
    };

/** What a whole file looks like: compared with the one before, because another shape is held and not believed. */
export type Shape = {
  readonly format: 'csv' | 'xml' | 'json';
  readonly delimiter: string | null;
  readonly encoding: string;
  /** Headers of a CSV, or names of the elements or values of the first employee; in their order. */
  readonly headers: readonly string[];
  /** Of them, those that the profile does not map: nothing is read from them. */
  readonly ignored: readonly string[];
  /** Columns that the profile maps and a CSV does not have: nobody gets a value from them. */
  readonly missing: readonly string[];
  /** True for an error file of ours that comes back: it has only the rows that were not taken. */
  readonly again?: boolean | undefined;
};
