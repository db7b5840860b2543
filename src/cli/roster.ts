import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ApiOptions } from './api.ts';
import { apiCommand, apiOptions, group, usageError, withApiOptions } from './command.ts';
import { type Language, langOption, languageFor } from './language.ts';
import { checkCommand } from './roster-check.ts';
import { positionsCommand } from './roster-positions.ts';
import { profileCommand, proposeCommand } from './roster-profile.ts';
import { decideCommand, pushCommand } from './roster-push.ts';
import { rowsCommand } from './roster-rows.ts';
import { templateCommand } from './roster-template.ts';

/** `gangway roster`: a file with everybody who works here, and how it is read. */
export function rosterCommand(): Command {
  const roster = group('roster', 'a file with everybody who works here; alone, it asks step by step', [
    templateCommand(),
    checkCommand(),
    pushCommand(),
    positionsCommand(),
    errorsCommand(),
    rowsCommand(),
    decideCommand('release', 'apply a roster that was held'),
    decideCommand('discard', 'give up a roster that was held'),
    proposeCommand(),
    profileCommand(),
  ]);
  return guided(roster);
}

/** Without a sub-command a person is led through it, where one sits at a terminal; others get the help. */
function guided(roster: Command): Command {
  return withApiOptions(roster)
    .enablePositionalOptions() // those of a sub-command are its own
    .option('--connection <name>', 'whose people they are')
    .addOption(langOption())
    .action(async () => {
      const options = roster.opts<ApiOptions & { connection?: string; lang?: Language }>();
      if (!process.stdin.isTTY) {
        roster.outputHelp({ error: true });
        usageError(roster, 'nobody is there to ask: name what to do, like gangway roster push FILE');
      }
      const reached = await apiOptions(options);
      const [{ createApi }, { guide }] = await Promise.all([import('./api.ts'), import('./guide/guide.ts')]);
      process.exitCode = await guide({
        api: createApi(reached),
        language: languageFor(options.lang),
        connection: options.connection ?? reached.settings.connection?.value,
        input: process.stdin,
        output: process.stdout,
      });
    });
}

function errorsCommand(): Command {
  return apiCommand<{ out?: string; format?: string }>(
    'errors <run>',
    'get the rows that were not taken: mended, the file can be pushed as it is',
    async (api, [run = ''], { out, format }, command) => {
      const kind = format ?? /\.(csv|json|xml)$/.exec(out ?? '')?.[1] ?? 'csv';
      if (!['csv', 'json', 'xml'].includes(kind)) usageError(command, '--format takes csv, json or xml');
      const text = await api.text(`/runs/${encodeURIComponent(run)}/errors?format=${kind}`);
      if (out === undefined) return { data: { errors: text }, lines: [text.trimEnd()] };
      writeFileSync(out, text);
      return { data: { out }, lines: [`written to ${out}`] };
    },
  )
    .option('--out <file>', 'where to write it (default: to the terminal)')
    .option('--format <format>', 'csv, json or xml (default: as the file is called, else csv)');
}
