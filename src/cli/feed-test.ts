import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { feedPath } from './feed-shown.ts';
import { table } from './print.ts';

type Look = {
  notes: string[];
  fileName: string | null;
  modifiedAt: string | null;
  shape: { format: string; headers: string[]; ignored: string[]; missing: string[] } | null;
  rows: number;
  taken: number;
  rejects: { line: number; column: string | null; code: string; found: string }[];
  problem: string | null;
};
type WriteOptions = { file?: string; secret?: string[] };
type FeedIn = (options: WriteOptions, command: Command) => Promise<Record<string, unknown> | null>;

/** `gangway feed test`: what a fetch would find; `feedIn` reads one that is not saved yet. */
export function testCommand(feedIn: FeedIn): Command {
  return apiCommand<WriteOptions>(
    'test <connection>',
    'fetch, read the first rows and say what is there; nothing is saved. Without --file, the feed that is set',
    async (api, [name = ''], options, command) => {
      const feed = await feedIn(options, command);
      const look = await api.call<Look>('POST', `${await feedPath(api, name)}/test`, feed ?? undefined);
      if (look.problem !== null || look.taken === 0) process.exitCode = 1;
      return { data: look, lines: linesOf(look) };
    },
  );
}

function linesOf({ notes, fileName, modifiedAt, shape, rows, taken, rejects, problem }: Look): string[] {
  const listed = rejects.map(({ line, column, code, found }) => [String(line), column, code, found]);
  return [
    ...notes,
    ...(fileName === null ? [] : [`file ${fileName}${modifiedAt === null ? '' : ` of ${modifiedAt}`}`]),
    ...(shape === null ? [] : [`${shape.format}: ${shape.headers.join(', ')}`]),
    ...(shape?.ignored.length ? [`nothing is read from: ${shape.ignored.join(', ')}`] : []),
    ...(shape?.missing.length ? [`not there, though the profile maps it: ${shape.missing.join(', ')}`] : []),
    ...(problem === null ? [`of the first ${rows} rows, ${taken} can be taken`] : [problem]),
    ...(listed.length ? table(['ROW', 'COLUMN', 'WHAT IS WRONG', 'FOUND'], listed, '') : []),
  ];
}
