import type { Api } from './api.ts';
import { table } from './print.ts';
import type { RosterWords } from './roster-words.ts';
import type { Run } from './run.ts';

/** A row of a roster that changes something, as the API tells it. */
export type ChangingRow = {
  key: string;
  userName: string | null;
  name: string | null;
  email: string | null;
  changes: string[];
};

export const VERDICTS = ['new', 'changed', 'returned', 'missing'] as const;
export type Verdict = (typeof VERDICTS)[number];

const SHOWN = 5;

/** The run of a roster in words: its counts, and what is to be done. */
export function runLines({ id, state, error, counts, connection }: Run, words: RosterWords): string[] {
  const told = Object.entries(words.counts).filter(([name]) => name in counts);
  const rows = told.map(([count, [name, meaning]]) => [name, String(counts[count]), meaning]);
  return [
    words.rosterOf(connection.name, words.states[state] ?? state, id),
    ...(error ? [state === 'done' ? words.wouldBeHeld(error) : error] : []),
    ...table([words.count, '', ''], rows, words.nothingCompared),
    ...(state === 'held' ? [words.release(id)] : []),
  ];
}

/** Who would be new, changed, back or missing: the first of each, of a dry run or of a roster that is held. */
export async function firstRows(
  api: Api,
  { id, counts }: Run,
  words: RosterWords,
): Promise<{ rows: Partial<Record<Verdict, ChangingRow[]>>; lines: string[] }> {
  const rows: Partial<Record<Verdict, ChangingRow[]>> = {};
  const lines: string[] = [];
  for (const verdict of VERDICTS) {
    const all = Number(counts[verdict] ?? 0);
    if (all === 0) continue;
    const path = `/runs/${encodeURIComponent(id)}/rows?verdict=${verdict}&limit=${SHOWN}`;
    const found = (await api.call<{ rows: ChangingRow[] }>('GET', path)).rows;
    rows[verdict] = found;
    lines.push('', words.first[verdict](found.length, all), ...rowsTable(found, words));
  }
  return { rows, lines };
}

/** Those people, each in a line. */
export function rowsTable(rows: ChangingRow[], { columns }: RosterWords): string[] {
  const cells = rows.map(({ key, name, email, changes }) => [key, name, email, changes.join(', ')]);
  const changing = cells.some((row) => row[3] !== '');
  return table(
    changing ? [...columns] : columns.slice(0, 3),
    cells.map((row) => (changing ? row : row.slice(0, 3))),
    '',
  ).map((line) => `  ${line}`);
}
