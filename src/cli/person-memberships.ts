import type { Command } from 'commander';
import type { Api } from './api.ts';
import { apiCommand } from './command.ts';
import { findPerson } from './find-person.ts';
import { listTargets, pick } from './named.ts';
import { table } from './print.ts';

type Membership = { group: string; owner: 'source' | 'manual'; target: { name: string }; connection: { name: string } };
type Managed = {
  targets: {
    target: { name: string };
    connection: { name: string };
    attributes: { name: string; manualEdits: string; locked: boolean }[];
  }[];
};
type Which = { connection?: string; target?: string };

/** The commands for groups that somebody is in: by the source, or by hand. */
export function membershipCommands(): Command[] {
  return [listCommand(), changeCommand('add'), changeCommand('remove')];
}

function listCommand(): Command {
  return withPlace(
    apiCommand<Which>(
      'memberships <email>',
      'show the groups somebody is in, and by whom',
      async (api, names, which) => {
        const { id } = await findPerson(api, names[0] ?? '', which.connection);
        const { memberships } = await api.call<{ memberships: Membership[] }>('GET', `/people/${id}/memberships`);
        const shown = memberships.filter(({ target }) => which.target === undefined || target.name === which.target);
        const rows = shown.map(({ group, target, owner, connection }) => [
          group,
          target.name,
          owner === 'source' ? `connection ${connection.name}` : 'by hand, in Gangway',
        ]);
        return { data: shown, lines: table(['GROUP', 'TARGET', 'GIVEN BY'], rows, 'in no group') };
      },
    ),
  );
}

function changeCommand(verb: 'add' | 'remove'): Command {
  const description = verb === 'add' ? 'put somebody into a group by hand' : 'take such a membership back';
  return withPlace(
    apiCommand<Which>(`${verb}-membership <email> <group>`, description, async (api, names, which) => {
      const [email = '', group = ''] = names;
      const { id, userName } = await findPerson(api, email, which.connection);
      const at = await placeOf(api, which.target);
      const path = `/people/${id}/memberships`;
      if (verb === 'remove') {
        await api.call('DELETE', `${path}?${new URLSearchParams({ group, ...at })}`);
        return { data: { id, group, removed: true }, lines: [`${userName} is in ${group} by hand no longer`] };
      }
      const made = await api.call<Membership>('POST', path, { group, ...at });
      return { data: made, lines: [`${userName} gets into ${group} at ${made.target.name}`] };
    }),
  );
}

/** `gangway person managed`: what of somebody's accounts a connection manages. */
export function managedCommand(): Command {
  return apiCommand<Which>(
    'managed <email>',
    'show which attributes are managed, and which are locked',
    async (api, [email = ''], { connection }) => {
      const { id } = await findPerson(api, email, connection);
      const managed = await api.call<Managed>('GET', `/people/${id}/managed`);
      const rows = managed.targets.flatMap(({ target, connection, attributes }) =>
        attributes.map(({ name, manualEdits, locked }) => [
          name,
          target.name,
          connection.name,
          locked ? 'locked: change it at the source' : manualEdits,
        ]),
      );
      const headings = ['ATTRIBUTE', 'TARGET', 'MANAGED BY', 'EDITS MADE THERE'];
      return { data: managed, lines: table(headings, rows, 'no account of theirs is managed') };
    },
  ).option('--connection <name>', 'the person of this connection');
}

async function placeOf(api: Api, target: string | undefined): Promise<{ targetId?: string }> {
  return target === undefined ? {} : { targetId: pick('target', await listTargets(api), target).id };
}

function withPlace(command: Command): Command {
  return command
    .option('--target <name>', 'at this target; needed where several follow the connection')
    .option('--connection <name>', 'the person of this connection');
}
