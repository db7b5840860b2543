import type { Command } from 'commander';
import type { Consent } from './ask.ts';
import { apiCommand, usageError } from './command.ts';
import { findPerson } from './find-person.ts';
import { listConnections, pick } from './named.ts';
import { planAndApply, withConsent } from './plan.ts';

type Options = Consent & { as?: string; since?: string; connection?: string };

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `gangway person undo`: brings one person's accounts back to what they were. */
export function undoPersonCommand(): Command {
  return withConsent(
    apiCommand<Options>(
      'undo <email>',
      'take back what was done for somebody; holds until the source says something new of them',
      async (api, [email = ''], options, command) => {
        const { id, userName } = await findPerson(api, email, options.connection);
        const change = { kind: 'undo', personId: id, ...sinceOf(options, command) };
        return planAndApply(api, change, `Undo this for ${userName}?`, options, command);
      },
    ),
  )
    .option('--since <time>', 'from when on, like 90m, 2h, 3d or 2026-11-22T08:00:00Z (default: their last change)')
    .option('--connection <name>', 'the person of this connection');
}

/** `gangway connection undo`: takes back all that was done for a connection since then. */
export function undoConnectionCommand(): Command {
  return withConsent(
    apiCommand<Options>(
      'undo <name>',
      'take back all that was done since then; holds until the source says something new of each person',
      async (api, [name = ''], options, command) => {
        const { id } = pick('connection', await listConnections(api), name);
        const since = sinceOf(options, command);
        return planAndApply(
          api,
          { kind: 'undo', connectionId: id, ...since },
          `Undo this at ${name}?`,
          options,
          command,
        );
      },
    ),
  ).requiredOption('--since <time>', 'from when on, like 90m, 2h, 3d or 2026-11-22T08:00:00Z');
}

/** `gangway run undo`: takes back what a run did. */
export function undoRunCommand(): Command {
  return withConsent(
    apiCommand<Options>('undo <id>', 'take back what it did', async (api, [id = ''], options, command) =>
      planAndApply(api, { kind: 'undo', runId: id }, `Undo run ${id}?`, options, command),
    ),
  );
}

function sinceOf({ since }: Options, command: Command): { since?: string } {
  if (since === undefined) return {};
  const [, amount, unit] = /^(\d{1,4})([mhd])$/.exec(since) ?? [];
  if (amount && unit) return { since: new Date(Date.now() - Number(amount) * (UNITS[unit] ?? 0)).toISOString() };
  const time = new Date(since);
  if (Number.isNaN(time.getTime())) usageError(command, '--since takes a time like 2h, 3d or 2026-11-22T08:00:00Z');
  return { since: time.toISOString() };
}
