/** What an error file has beside the row's own columns; whoever reads it again passes over them. */
export const ERROR_COLUMNS = [
  'gangway_row',
  'gangway_columns',
  'gangway_codes',
  'gangway_found',
  'gangway_meaning',
  'gangway_mend',
  'gangway_bedeutung',
  'gangway_abhilfe',
] as const;

/** True for a column that the error file added. */
export function isErrorColumn(header: string): boolean {
  return /^gangway_/i.test(header);
}

/** True for the headers of a CSV that is an error file of ours, mended or not. */
export function isErrorFile(headers: readonly string[]): boolean {
  return headers.some(isErrorColumn);
}

/** What a spreadsheet takes for a formula when it opens a CSV. */
const FORMULA = /^'*[=+\-@\t\r\n]/;

/** A value that no spreadsheet runs: an apostrophe goes before what begins like a formula. */
export function harmless(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}

/** The value as it was before `harmless`. */
export function original(value: string): string {
  return value.startsWith("'") && FORMULA.test(value) ? value.slice(1) : value;
}
