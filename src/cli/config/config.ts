import type { Command } from 'commander';
import { type Carrying, carryOut, type Outcome } from '../../configuration/carry-out.ts';
import type { ConfigDocument } from '../../configuration/document.ts';
import { configFrom, textOfConfig } from '../../configuration/file.ts';
import { type Here, readHere } from '../../configuration/here.ts';
import { type Steps, stepsFor } from '../../configuration/steps.ts';
import { Fault } from '../../errors.ts';
import type { Api } from '../api.ts';
import { agreed, type Consent, yesOption } from '../ask.ts';
import { apiCommand, collect, group, type Output, usageError } from '../command.ts';
import { pairs, secretFrom, textOf } from '../pairs.ts';
import { stepLines, stepsLines } from './lines.ts';
import { showCommand } from './show.ts';

type Import = Consent & { as?: string; secret?: string[] };

/** For schedulers: something is not as the file says; a second person must agree. */
const DIFFERS = 4;
const WAITS = 3;

/** `gangway config`: what a tenant has configured as one file, what differs from it, and taking it over. */
export function configCommand(): Command {
  return group('config', 'all that is configured as one file; and the settings of this command', [
    showCommand(),
    exportCommand(),
    planCommand(),
    importCommand(),
  ]);
}

function exportCommand(): Command {
  return apiCommand('export', 'print what is configured: no people, no secrets', async (api, _names, { tenant }) => {
    const { document } = await readHere(api, tenant);
    return { data: document, lines: (await textOfConfig(document)).trimEnd().split('\n') };
  });
}

function planCommand(): Command {
  return apiCommand(
    'plan <file>',
    'show what differs from a file; changes nothing',
    async (api, [path = ''], { tenant }) => {
      const file = await configIn(path);
      const steps = stepsFor((await readHere(api, tenant)).document, file);
      if (steps.steps.length > 0 || steps.first.length > 0) process.exitCode = DIFFERS;
      return { data: steps, lines: stepsLines(steps) };
    },
  );
}

function importCommand(): Command {
  return apiCommand<Import>(
    'import <file>',
    'make it as the file says; what the file does not name stays',
    async (api, [path = ''], options, command) => {
      const secrets = secretsIn(options, command);
      const file = await configIn(path);
      const here = await readHere(api, options.tenant);
      const steps = stepsFor(here.document, file, Object.keys(secrets));
      if (steps.first.length > 0) {
        throw new Fault('config_invalid', `nothing was changed; first:\n  ${steps.first.join('\n  ')}`);
      }
      if (steps.steps.length === 0) return { data: { steps: [] }, lines: stepsLines(steps) };
      if (!(await agreed(stepsLines(steps), 'Make it so?', options, command))) {
        return { data: { changed: false }, lines: ['nothing was changed'] };
      }
      return imported(api, here, steps, { actor: options.as ?? 'operator', secrets });
    },
  )
    .addOption(yesOption())
    .option('--as <name>', 'who answers for it (default: operator)')
    .option(
      '--secret <target.name=value>',
      'of a target that is made; env:VARIABLE or file:PATH; several times',
      collect,
    );
}

async function imported(api: Api, here: Here, { steps }: Steps, who: Omit<Carrying, 'api'>): Promise<Output> {
  const outcomes = await carryOut({ api, ...who }, here, steps);
  const waiting = outcomes.flatMap(({ waits }) => waits ?? []);
  if (waiting.length > 0) process.exitCode = WAITS;
  return { data: { steps: outcomes }, lines: outcomes.flatMap(outcomeLines) };
}

function outcomeLines({ step, waits }: Outcome): string[] {
  if (waits === null) return [`done: ${stepLines(step)}`];
  return [
    `waits for a second person: ${stepLines(step)}`,
    `  gangway plan approve ${waits} --as NAME`,
    `  gangway plan apply ${waits} --as NAME`,
  ];
}

function secretsIn({ secret = [] }: Import, command: Command): Record<string, string> {
  const given = pairs(secret);
  if (!given) usageError(command, 'give each --secret as TARGET.NAME=env:VARIABLE or TARGET.NAME=file:PATH');
  // the variable is the operator's choice, so it cannot be in the configuration
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secretFrom(name, value, process.env)]));
}

/** The configuration in a file. */
function configIn(path: string): Promise<ConfigDocument> {
  return configFrom(textOf(path, 'the file'), path);
}
