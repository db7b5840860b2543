/** What a roster may measure: far more than any company sends, far less than what would fill the memory. */
export type RosterLimits = {
  /** Of the whole file, unpacked. */
  readonly bytes: number;
  /** Characters of one row of a CSV, or of one element of an XML with all it holds. */
  readonly rowLength: number;
  readonly columns: number;
  /** How deep the elements of an XML may be nested. */
  readonly depth: number;
};

export const DEFAULT_LIMITS: RosterLimits = {
  bytes: 2_000_000_000,
  rowLength: 1_000_000,
  columns: 500,
  depth: 16,
};
