import type { Command } from 'commander';
import { apiCommand, group } from './command.ts';
import { listConnections, pick } from './named.ts';

/** `gangway token`: what an identity provider proves with that it is a connection. */
export function tokenCommand(): Command {
  return group('token', 'what an identity provider signs in with', [
    apiCommand('add <connection>', 'make a token and show it once', async (api, [name = '']) => {
      const { id } = pick('connection', await listConnections(api), name);
      const issued = await api.call<{ id: string; token: string }>('POST', `/connections/${id}/tokens`);
      const scim = `${api.url}/scim/v2`;
      const lines = [
        `SCIM base URL   ${scim}`,
        `Token           ${issued.token}`,
        `Token id        ${issued.id}`,
        '',
        `The token is shown here and never again. To end it: gangway token revoke ${issued.id}`,
      ];
      return { data: { scim, ...issued }, lines };
    }),
    apiCommand('revoke <id>', 'end a token', async (api, [id = '']) => {
      await api.call('DELETE', `/tokens/${encodeURIComponent(id)}`);
      return { data: { id, revoked: true }, lines: [`token ${id} is revoked`] };
    }),
  ]);
}
