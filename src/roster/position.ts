import type { RawRow, Reject } from './row.ts';

/** One position as a file of positions describes it; who holds the parent's position is the manager. */
export type Position = {
  /** The position of the element in the file, or the line of a CSV. */
  readonly line: number;
  /** Folded like the `position` of a RosterRow, and unique in the file. */
  readonly id: string;
  readonly title: string | null;
  /** The folded id of the position above it. */
  readonly parent: string | null;
  readonly orgUnit: string | null;
};

export type PositionItem =
  | { readonly kind: 'position'; readonly position: Position }
  | {
      readonly kind: 'rejected';
      readonly key: string | null;
      readonly raw: RawRow;
      readonly rejects: readonly Reject[];
    };
