import { type Command, Option } from 'commander';
import { ENVIRONMENTS, type Environment } from '../model/environment.ts';
import type { Api } from './api.ts';
import { apiCommand, collect, group, type Output, usageError } from './command.ts';
import { listTargets, pick, type TargetItem } from './named.ts';
import { pairs, secretFrom, textOf } from './pairs.ts';
import { table } from './print.ts';
import { targetChangeCommands } from './target-changes.ts';

type AddOptions = { kind: string; environment: Environment; file?: string; setting?: string[]; secret?: string[] };
type Check = { status: string; capabilities: { attributes: string[] } & Record<string, unknown> };

/** `gangway target`: the applications that accounts live in. */
export function targetCommand(): Command {
  const target = group('target', 'the applications that accounts live in', [
    addCommand(),
    apiCommand('list', 'show all targets', async (api) => {
      const targets = await listTargets(api);
      const rows = targets.map(({ name, kind, environment, settings, id }) => [
        name,
        kind,
        environment,
        String(settings['url'] ?? ''),
        id,
      ]);
      return {
        data: targets,
        lines: table(['NAME', 'KIND', 'ENVIRONMENT', 'URL', 'ID'], rows, 'no targets yet: gangway target add'),
      };
    }),
    apiCommand('check <name>', 'ask a target whether it answers and takes our secret', (api, [name = '']) =>
      check(api, name),
    ),
    ...targetChangeCommands(secrets),
  ]);
  return target;
}

function addCommand(): Command {
  return apiCommand<AddOptions>('add <name>', 'make a target', async (api, [name], options, command) => {
    const settings = pairs(options.setting ?? []);
    if (!settings) usageError(command, 'give each --setting as NAME=VALUE');
    const description = options.file === undefined ? {} : { description: textOf(options.file, '--file') };
    const body = {
      name,
      kind: options.kind,
      environment: options.environment,
      settings: { ...settings, ...description },
      secrets: secrets(options, command),
    };
    const made = await api.call<TargetItem>('POST', '/targets', body);
    return {
      data: made,
      lines: [`target ${made.name} is there: ${made.id}`, `next: gangway target check ${made.name}`],
    };
  })
    .option('--kind <kind>', 'rest (any HTTP API that a file describes), scim, webhook or sandbox', 'rest')
    .addOption(
      new Option('--environment <environment>', 'test: a system to try things on, for tenants that are for tests')
        .choices(ENVIRONMENTS)
        .default('live'),
    )
    .option('--file <path>', 'the description of a REST API (see examples/targets)')
    .option('--setting <name=value>', 'what the description calls settings.NAME; several times', collect)
    .option(
      '--secret <name=value>',
      'what it calls secrets.NAME; env:VARIABLE or file:PATH as value keeps it from your shell; several times',
      collect,
    );
}

/** Reads the --secret options; the variables that they name are the operator's choice. */
export function secrets({ secret = [] }: Pick<AddOptions, 'secret'>, command: Command): Record<string, string> {
  const given = pairs(secret);
  if (!given) usageError(command, 'give each --secret as NAME=VALUE, NAME=env:VARIABLE or NAME=file:PATH');
  // the variable is the operator's choice, so it cannot be in the configuration
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secretFrom(name, value, process.env)]));
}

async function check(api: Api, name: string): Promise<Output> {
  const target = pick('target', await listTargets(api), name);
  const checked = await api.call<Check>('POST', `/targets/${target.id}/check`);
  const { attributes, ...abilities } = checked.capabilities;
  const able = Object.keys(abilities).filter((ability) => abilities[ability] === true);
  return {
    data: checked,
    lines: [
      `${target.name} answers and takes the secret`,
      `  can: ${able.join(', ') || 'invite and update only'}`,
      `  stores: ${attributes.join(', ') || 'nothing but the e-mail address'}`,
    ],
  };
}
