import { type Command, Option } from 'commander';
import { apiCommand, collect, group } from './command.ts';
import { capabilitiesCommand } from './connection-capabilities.ts';
import { connectionChangeCommands } from './connection-changes.ts';
import { connectionLifeCommands } from './connection-life.ts';
import { quirksCommand } from './connection-quirks.ts';
import { requestLogCommand, requestsCommand } from './connection-requests.ts';
import { showCommand } from './connection-show.ts';
import { type ConnectionItem, listConnections, listTargets, pick } from './named.ts';
import { openingCheckCommand } from './opening-check.ts';
import { table } from './print.ts';
import { undoConnectionCommand } from './undo.ts';

type AddOptions = {
  profile: string;
  target?: string[];
  invite?: string;
  adopt?: string;
  onDeactivate?: string;
  onDelete?: string;
};
const ON_LEAVE = ['suspend', 'suspend-then-erase', 'erase', 'ignore'];

/** `gangway connection`: the identity providers that send people. */
export function connectionCommand(): Command {
  return group('connection', 'the identity providers that send people', [
    addCommand(),
    apiCommand('list', 'show all connections', async (api) => {
      const [connections, targets] = await Promise.all([listConnections(api), listTargets(api)]);
      const nameOf = (id: string) => targets.find((target) => target.id === id)?.name ?? id;
      const rows = connections.map(({ name, profile, state, policy, targetIds, id }) => [
        name,
        profile,
        state,
        typeof policy.invite === 'string' ? policy.invite : `on ${policy.invite.onDate}`,
        targetIds.map(nameOf).join(', '),
        id,
      ]);
      const headings = ['NAME', 'PROFILE', 'STATE', 'INVITES', 'TARGETS', 'ID'];
      return { data: connections, lines: table(headings, rows, 'no connections yet: gangway connection add') };
    }),
    showCommand(),
    ...connectionLifeCommands(),
    capabilitiesCommand(),
    undoConnectionCommand(),
    pauseCommand(),
    ...connectionChangeCommands(profileOption(null)),
    quirksCommand(),
    requestsCommand(),
    requestLogCommand(),
    openingCheckCommand(),
  ]);
}

function addCommand(): Command {
  return apiCommand<AddOptions>(
    'add <name>',
    'make a connection; nothing leaves until it is enabled',
    async (api, [name], options) => {
      const targets = options.target ? await listTargets(api) : [];
      const made = await api.call<ConnectionItem>('POST', '/connections', {
        name,
        profile: options.profile,
        policy: {
          invite: options.invite,
          adoptExisting: options.adopt,
          onDeactivate: options.onDeactivate,
          onDelete: options.onDelete,
        },
        targets: (options.target ?? []).map((wanted) => pick('target', targets, wanted).id),
      });
      const next = [`next: gangway token add ${made.name}, then gangway connection enable ${made.name}`];
      return { data: made, lines: [`connection ${made.name} is there: ${made.id}`, ...next] };
    },
  )
    .addOption(profileOption('generic'))
    .option('--target <name>', 'a target that follows it; several times', collect)
    .addOption(new Option('--invite <how>', 'joiners (default: manual)').choices(['automatic', 'manual']))
    .addOption(new Option('--adopt <which>', 'accounts that exist already (default: ask)').choices(['all', 'ask']))
    .addOption(new Option('--on-deactivate <what>', 'leavers’ accounts (default: suspend)').choices(ON_LEAVE))
    .addOption(new Option('--on-delete <what>', 'accounts of the deleted (default: suspend)').choices(ON_LEAVE));
}

function profileOption(otherwise: string | null): Option {
  const profiles = ['rfc', 'okta', 'entra', 'generic'];
  const option = new Option('--profile <profile>', 'whose habits to allow for').choices(profiles);
  return otherwise === null ? option : option.default(otherwise);
}

function pauseCommand(): Command {
  return apiCommand('pause <name>', 'go on storing what it says, deliver nothing', async (api, [name = '']) => {
    const { id } = pick('connection', await listConnections(api), name);
    const moved = await api.call<ConnectionItem>('POST', `/connections/${id}/pause`);
    return {
      data: moved,
      lines: [`connection ${moved.name} is ${moved.state}: it stores what comes in; nothing leaves`],
    };
  });
}
