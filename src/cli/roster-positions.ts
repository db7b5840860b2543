import { basename } from 'node:path';
import type { Command } from 'commander';
import { apiCommand } from './command.ts';
import { packed, rosterFile, typeOf } from './roster-file.ts';
import { connectionOf } from './roster-push.ts';
import type { Run } from './run.ts';

type Options = { connection?: string; force?: boolean; dryRun?: boolean; as?: string };
/** Rows that were not taken, as with `roster push`. */
const WITH_REJECTS = 4;

/** `gangway roster positions`: sends the file of positions that employees name. */
export function positionsCommand(): Command {
  return apiCommand<Options>(
    'positions <file>',
    'upload the positions that employees name',
    async (api, names, options, command) => {
      const [file = ''] = names;
      const { id, name } = await connectionOf(api, options.connection, command);
      const query = new URLSearchParams({ fileName: basename(file), dryRun: String(options.dryRun === true) });
      query.set('force', String(options.force === true));
      if (options.as !== undefined) query.set('as', options.as);
      const { run } = await api.upload<{ run: Run }>(
        `/connections/${id}/positions?${query}`,
        packed(rosterFile(file), () => {}),
        { 'content-type': typeOf(file) },
      );
      const { rows = 0, rejected = 0, before = 0 } = run.counts;
      if (Number(rejected) > 0) process.exitCode = WITH_REJECTS;
      return {
        data: run,
        lines: [
          `positions of ${name}: ${rows}, ${before} before; they count from the next roster on (run ${run.id})`,
          ...(Number(rejected) > 0
            ? [`${rejected} were not taken: gangway roster errors ${run.id} --out errors.csv`]
            : []),
        ],
      };
    },
  )
    .option('--connection <name>', 'whose positions they are; needed when there are several')
    .option('--dry-run', 'only read the file')
    .option('--force', 'believe a file that is much shorter than the last one')
    .option('--as <name>', 'who uploads it, for the record (default: operator)');
}
