import { type Command, Option } from 'commander';
import { isFault } from '../errors.ts';
import type { Api } from './api.ts';
import { agreed, type Consent, yesOption } from './ask.ts';
import { apiCommand } from './command.ts';
import { type DisconnectView, disconnectLines, type FirstPlanView, firstPlanLines } from './connection-plans.ts';
import { type ConnectionItem, listConnections, pick } from './named.ts';

/** The commands for the beginning and the end of a connection's life. */
export function connectionLifeCommands(): Command[] {
  return [previewCommand(), enableCommand(), disconnectCommand(), connectCommand()];
}

function previewCommand(): Command {
  return apiCommand('preview <name>', 'who is at both ends, and what enabling would do', async (api, [name = '']) => {
    const plan = await firstPlan(api, await connectionId(api, name));
    return { data: plan, lines: firstPlanLines(plan, true) };
  });
}

function enableCommand(): Command {
  return apiCommand<Consent>(
    'enable <name>',
    'let what it says leave for its targets',
    async (api, [name = ''], options, command) => {
      const id = await connectionId(api, name);
      const lines = await looked(options, async () => firstPlanLines(await firstPlan(api, id), false));
      if (!(await agreed(lines, `Enable ${name}?`, options, command))) return unchanged(name);
      const moved = await api.call<ConnectionItem>('POST', `/connections/${id}/enable`);
      return { data: moved, lines: [`connection ${moved.name} is ${moved.state}: its targets follow from now on`] };
    },
  ).addOption(yesOption());
}

function disconnectCommand(): Command {
  return apiCommand<Consent & { preview?: boolean }>(
    'disconnect <name>',
    'end it: accounts stay and are let go, pending invitations are revoked',
    async (api, [name = ''], options, command) => {
      const path = `/connections/${await connectionId(api, name)}/disconnect`;
      const look = () => api.call<DisconnectView>('POST', `${path}?preview=true`);
      if (options.preview) {
        const view = await look();
        return { data: view, lines: disconnectLines(view) };
      }
      const lines = await looked(options, async () => disconnectLines(await look()));
      if (!(await agreed(lines, `Disconnect ${name}?`, options, command))) return unchanged(name);
      const moved = await api.call<ConnectionItem>('POST', path);
      return {
        data: moved,
        lines: [
          `connection ${moved.name} is ${moved.state}: its tokens are refused, and the worker lets its accounts go`,
          `to take it back: gangway connection connect ${moved.name}, then gangway connection enable ${moved.name}`,
        ],
      };
    },
  )
    .addOption(new Option('--preview', 'only show what would be done'))
    .addOption(yesOption());
}

function connectCommand(): Command {
  return apiCommand('connect <name>', 'take a disconnected one back; nothing leaves yet', async (api, [name = '']) => {
    const moved = await api.call<ConnectionItem>('POST', `/connections/${await connectionId(api, name)}/connect`);
    const next = `next: gangway connection enable ${moved.name}`;
    return { data: moved, lines: [`connection ${moved.name} is ${moved.state}: its tokens are accepted again`, next] };
  });
}

async function connectionId(api: Api, name: string): Promise<string> {
  return pick('connection', await listConnections(api), name).id;
}

function firstPlan(api: Api, id: string): Promise<FirstPlanView> {
  return api.call<FirstPlanView>('GET', `/connections/${id}/first-plan`);
}

/** A target that cannot be looked at stops whoever asked to see first, not who has decided already. */
async function looked({ yes }: Consent, look: () => Promise<string[]>): Promise<string[]> {
  try {
    return await look();
  } catch (error) {
    if (!yes || !isFault(error, 'target_down', 'target_busy', 'target_refused', 'limit_reached')) throw error;
    return [error.message];
  }
}

function unchanged(name: string) {
  return { data: { changed: false }, lines: [`connection ${name} stays as it is`] };
}
