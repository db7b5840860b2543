import { aboutRun, markdownTable, writeResult } from '../about.ts';
import { SETTINGS_TEXT } from '../postgres.ts';
import type { RosterLine, Sized } from './judge.ts';

/** A Markdown table, one line a goal. */
export function rosterTable(lines: readonly RosterLine[]): string {
  const rows = lines.map(({ what, rows, measured, goal, verdict, remark }) => [
    what,
    rows,
    measured,
    goal,
    verdict,
    remark,
  ]);
  return markdownTable(['what', 'rows', 'measured', 'goal', 'verdict', 'remark'], rows);
}

/** Writes results/roster.md and roster.json and returns the path of the first. */
export function writeRosters(
  table: string,
  lines: readonly RosterLine[],
  sized: readonly Sized[],
  postgres: string,
): string {
  const { at, machine, load, versions, command } = aboutRun(postgres);
  writeResult('roster.json', `${JSON.stringify({ at, machine, load, versions, command, lines, sized }, null, 2)}\n`);
  const text = `# Rosters: time, memory, and who has to wait

${at}. ${machine}; load at the end ${load}. ${versions}.
Command: \`${command}\`

CSVs of eleven columns with names of fifteen languages, the same ones each time. Wall time from the first byte of the upload to
the run being done; nobody delivers meanwhile. The floor does the same files in the same run: csv-parse, COPY into a table without
index, one statement that writes what differs into a table of key, row and primary key, and one that finds who is missing.
PostgreSQL is durable (fsync and synchronous_commit on), ${SETTINGS_TEXT}. Memory is the peak of the process (VmHWM) during a step.

${table}
`;
  return writeResult('roster.md', text);
}
