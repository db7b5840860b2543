import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { apiCommand, group, usageError } from './command.ts';
import { positionsCommand } from './roster-positions.ts';
import { profileCommand, proposeCommand } from './roster-profile.ts';
import { decideCommand, pushCommand } from './roster-push.ts';

/** `gangway roster`: a file with everybody who works here, and how it is read. */
export function rosterCommand(): Command {
  return group('roster', 'a file with everybody who works here', [
    pushCommand(),
    positionsCommand(),
    errorsCommand(),
    decideCommand('release', 'apply a roster that was held'),
    decideCommand('discard', 'give up a roster that was held'),
    proposeCommand(),
    profileCommand(),
  ]);
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
