import { type Command, Option } from 'commander';
import { ENVIRONMENTS, type Environment } from '../model/environment.ts';
import { apiCommand, collect, usageError } from './command.ts';
import { listTargets, pick, type TargetItem } from './named.ts';
import { pairs, textOf } from './pairs.ts';

type SetOptions = {
  name?: string;
  environment?: Environment;
  file?: string;
  setting?: string[];
  secret?: string[];
  check: boolean;
};
/** Reads the --secret options; handed in, because it reads variables that the operator names. */
type Secrets = (options: { secret?: string[] }, command: Command) => Record<string, string>;

/** The commands that change or end a target which is there. */
export function targetChangeCommands(secrets: Secrets): Command[] {
  return [setCommand(secrets), removeCommand()];
}

function setCommand(secrets: Secrets): Command {
  return apiCommand<SetOptions>(
    'set <name>',
    'change its settings and secrets; what is not named stays',
    async (api, [name = ''], options, command) => {
      const settings = pairs(options.setting ?? []);
      if (!settings) usageError(command, 'give each --setting as NAME=VALUE');
      const description = options.file === undefined ? {} : { description: textOf(options.file, '--file') };
      const { id } = pick('target', await listTargets(api), name);
      const saved = await api.call<TargetItem>('PATCH', `/targets/${id}`, {
        name: options.name,
        environment: options.environment,
        settings: { ...settings, ...description },
        secrets: secrets(options, command),
        check: options.check,
      });
      const checked = options.check ? 'it answers and takes its settings' : 'it was not asked';
      return { data: saved, lines: [`target ${saved.name} is changed: ${checked}`] };
    },
  )
    .addOption(new Option('--name <name>', 'its new name'))
    .addOption(new Option('--environment <environment>', 'what it is for: live or test').choices(ENVIRONMENTS))
    .option('--file <path>', 'another description of its REST API')
    .option('--setting <name=value>', 'a setting; several times', collect)
    .option('--secret <name=value>', 'a secret, also as env:VARIABLE or file:PATH; several times', collect)
    .option('--no-check', 'save without asking the target');
}

function removeCommand(): Command {
  return apiCommand('remove <name>', 'forget a target that follows no connection', async (api, [name = '']) => {
    const { id } = pick('target', await listTargets(api), name);
    await api.call('DELETE', `/targets/${id}`);
    return { data: { id, removed: true }, lines: [`target ${name} is removed; its accounts stay as they are`] };
  });
}
