import { type Command, Option } from 'commander';
import type { Api } from './api.ts';
import { apiCommand, usageError } from './command.ts';
import { type ConnectionItem, listConnections, listTargets, pick } from './named.ts';

type SetOptions = { name?: string; profile?: string };

/** The commands that change a connection which is there. */
export function connectionChangeCommands(profile: Option): Command[] {
  return [
    setCommand(profile),
    targetCommand('attach', 'let one more target follow it', 'PUT', 'follows'),
    targetCommand('detach', 'let a target follow it no more; its accounts stay', 'DELETE', 'no longer follows'),
  ];
}

function setCommand(profile: Option): Command {
  return apiCommand<SetOptions>(
    'set <name>',
    'change its name or profile',
    async (api, [name = ''], options, command) => {
      if (!options.name && !options.profile) usageError(command, 'say what to change: --name or --profile');
      const { id } = pick('connection', await listConnections(api), name);
      const body = { name: options.name, profile: options.profile };
      const saved = await api.call<ConnectionItem>('PATCH', `/connections/${id}`, body);
      return { data: saved, lines: [`connection ${saved.name} has profile ${saved.profile}`] };
    },
  )
    .addOption(new Option('--name <name>', 'its new name'))
    .addOption(profile);
}

function targetCommand(verb: string, description: string, method: 'PUT' | 'DELETE', effect: string): Command {
  return apiCommand(`${verb} <name> <target>`, description, async (api: Api, [name = '', target = '']) => {
    const [connections, targets] = await Promise.all([listConnections(api), listTargets(api)]);
    const connection = pick('connection', connections, name);
    const { id: targetId, name: targetName } = pick('target', targets, target);
    await api.call(method, `/connections/${connection.id}/targets/${targetId}`);
    const line = `target ${targetName} ${effect} connection ${connection.name}`;
    return {
      data: { connection: connection.id, target: targetId, [verb === 'attach' ? 'attached' : 'detached']: true },
      lines: [line],
    };
  });
}
