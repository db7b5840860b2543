import type { Readable } from 'node:stream';
import { brakesOn } from '../brakes.ts';
import type { RejectedRow } from '../error-file.ts';
import type { RosterProfile } from '../profile.ts';
import type { Reject, RejectCode, RosterItem, Shape } from '../row.ts';
import { columnsOf } from './columns.ts';
import { type RosterOptions, readRoster } from './roster.ts';
import { nothingSeen, type Seen, type Suspect, see, suspectIn, twinsAmong } from './twins.ts';

/** What a file is like, as far as the file alone can tell. */
export type RosterCheck = {
  readonly shape: Shape;
  /** Rows that can be taken. */
  readonly rows: number;
  readonly rejected: number;
  /** What is wrong, the most frequent first, each with its first cases. */
  readonly problems: readonly {
    readonly code: RejectCode;
    readonly count: number;
    readonly first: readonly Reject[];
  }[];
  /** Rows whose manager is not in the file: right only if the manager came by an earlier one. */
  readonly strangers: number;
  /** Why the file would be held, in words. */
  readonly held: readonly string[];
  /** Rows that share a key or an address, by their line. */
  readonly twins: ReadonlyMap<number, Reject>;
};

/** Opens the file from its beginning: it is read twice, three times where rows seem to be alike. */
export type OpenFile = () => Readable;

const SHOWN = 3;

type Tally = { rows: number; rejected: number; keyless: number; strangers: number; problems: Map<RejectCode, Problem> };
type Problem = { count: number; first: Reject[] };

/**
 * Reads a whole file as an upload would, without a directory: what is rejected, who is in it twice, whether it would be held.
 * Its memory does not grow with the file, only with the rows that are alike. Throws what a file is refused with.
 */
export async function checkRoster(
  open: OpenFile,
  profile: RosterProfile,
  options: RosterOptions = {},
): Promise<RosterCheck> {
  const seen = nothingSeen();
  const first = readRoster(open(), profile, options);
  first.shape.catch(() => {}); // the items say the same
  for await (const item of first.items) if (item.kind === 'row') see(seen, item.row);
  const shape = await first.shape;
  const twins = await twinsIn(seen, open, profile, options);
  const tally: Tally = { rows: 0, rejected: 0, keyless: 0, strangers: 0, problems: new Map() };
  for await (const item of readRoster(open(), profile, options).items) count(tally, item, twins, seen);
  return { shape, ...resultOf(tally, shape, profile), twins };
}

/** The rows that are not taken, in their order, for the error file. */
export async function* rejectedIn(
  open: OpenFile,
  profile: RosterProfile,
  twins: ReadonlyMap<number, Reject>,
  options: RosterOptions = {},
): AsyncGenerator<RejectedRow> {
  for await (const item of readRoster(open(), profile, options).items) {
    const rejects = rejectsOf(item, twins);
    if (rejects.length > 0) yield { raw: item.raw, rejects };
  }
}

async function twinsIn(seen: Seen, open: OpenFile, profile: RosterProfile, options: RosterOptions) {
  if (!Object.values(seen).some(({ any }) => any)) return new Map<number, Reject>();
  const suspects: Suspect[] = [];
  for await (const item of readRoster(open(), profile, options).items) {
    const suspect = item.kind === 'row' ? suspectIn(seen, item.row) : null;
    if (suspect) suspects.push(suspect);
  }
  const columns = columnsOf(profile, options.extensions ?? []);
  const { userName } = profile;
  return twinsAmong(suspects, columns, typeof userName === 'string' ? columns.nameOf(userName) : userName.column);
}

function rejectsOf(item: RosterItem, twins: ReadonlyMap<number, Reject>): readonly Reject[] {
  if (item.kind === 'rejected') return item.rejects;
  const twin = twins.get(item.row.line);
  return twin ? [twin] : [];
}

function count(tally: Tally, item: RosterItem, twins: ReadonlyMap<number, Reject>, seen: Seen): void {
  const rejects = rejectsOf(item, twins);
  for (const reject of rejects) {
    const problem = tally.problems.get(reject.code) ?? { count: 0, first: [] };
    problem.count++;
    if (problem.first.length < SHOWN) problem.first.push(reject);
    tally.problems.set(reject.code, problem);
  }
  if (rejects.length > 0) tally.rejected++;
  else tally.rows++;
  if (item.kind === 'rejected' && item.key === null) tally.keyless++;
  if (item.kind === 'row' && rejects.length === 0 && isStranger(item.row.manager, seen)) tally.strangers++;
}

function isStranger(manager: string | null, { key, email }: Seen): boolean {
  return manager !== null && !key.has(manager) && !email.has(manager);
}

function resultOf({ rows, rejected, keyless, strangers, problems }: Tally, shape: Shape, profile: RosterProfile) {
  const sorted = [...problems].map(([code, problem]) => ({ code, ...problem })).toSorted((a, b) => b.count - a.count);
  const unknown = { missing: 0, emails: 0, present: 0, last: null }; // the directory alone knows
  const held = brakesOn({ rows, rejected, keyless, shape, ...unknown }, profile);
  return { rows, rejected, problems: sorted, strangers, held };
}
