import type { Command } from 'commander';
import { apiCommand, group } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';

type Group = { id: string; displayName: string; connection: { name: string }; modifiedAt: string };
type Member = { id: string; type: string; name: string | null; owner: string };
type Which = { connection?: string; search?: string; limit: string };

/** `gangway group`: the groups of the sources. */
export function groupCommand(): Command {
  return group('group', 'the groups of the sources, and who is in them', [
    apiCommand<Which>('list', 'show groups by name', async (api, _names, { connection, search, limit }) => {
      const query = new URLSearchParams({ limit });
      if (search !== undefined) query.set('search', search);
      if (connection !== undefined) {
        query.set('connection', pick('connection', await listConnections(api), connection).id);
      }
      const { groups } = await api.call<{ groups: Group[] }>('GET', `/groups?${query}`);
      const rows = groups.map((one) => [one.displayName, one.connection.name, when(one.modifiedAt), one.id]);
      return { data: groups, lines: table(['GROUP', 'CONNECTION', 'CHANGED', 'ID'], rows, 'no groups') };
    })
      .option('--search <text>', 'whose names begin like this')
      .option('--connection <name>', 'of this connection only')
      .option('--limit <number>', 'how many', '100'),
    apiCommand<Which>('members <id>', 'show who is in a group directly', async (api, [id = ''], { limit }) => {
      const path = `/groups/${encodeURIComponent(id)}/members?${new URLSearchParams({ limit })}`;
      const { members } = await api.call<{ members: Member[] }>('GET', path);
      const rows = members.map(({ name, type, owner, id: memberId }) => [name, type, owner, memberId]);
      return { data: members, lines: table(['NAME', 'TYPE', 'GIVEN BY', 'ID'], rows, 'nobody is in it') };
    }).option('--limit <number>', 'how many', '100'),
  ]);
}
