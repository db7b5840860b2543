import { type Command, InvalidArgumentError, Option } from 'commander';
import { apiCommand, group } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';

type AddOptions = { expires?: number; scope?: 'read' | 'write' };
type TokenItem = {
  id: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
};

/** `gangway token`: what an identity provider proves with that it is a connection. */
export function tokenCommand(): Command {
  return group('token', 'what an identity provider signs in with', [
    addCommand(),
    apiCommand('list <connection>', 'show a connection’s tokens, never their text', async (api, [name = '']) => {
      const { id } = pick('connection', await listConnections(api), name);
      const { tokens } = await api.call<{ tokens: TokenItem[] }>('GET', `/connections/${id}/tokens`);
      const rows = tokens.map(({ prefix, scopes, createdAt, expiresAt, lastUsedAt, id: tokenId }) => [
        `${prefix}…`,
        scopes.join(', '),
        when(createdAt),
        expiresAt ? when(expiresAt) : 'never',
        lastUsedAt ? when(lastUsedAt) : 'never',
        tokenId,
      ]);
      const headings = ['BEGINS WITH', 'MAY', 'MADE', 'EXPIRES', 'LAST USED', 'ID'];
      return { data: tokens, lines: table(headings, rows, `no tokens yet: gangway token add ${name}`) };
    }),
    apiCommand('revoke <id>', 'end a token', async (api, [id = '']) => {
      await api.call('DELETE', `/tokens/${encodeURIComponent(id)}`);
      return { data: { id, revoked: true }, lines: [`token ${id} is revoked`] };
    }),
  ]);
}

function addCommand(): Command {
  return apiCommand<AddOptions>(
    'add <connection>',
    'make a token and show it once',
    async (api, [name = ''], options) => {
      const { id } = pick('connection', await listConnections(api), name);
      const issued = await api.call<{ id: string; token: string }>('POST', `/connections/${id}/tokens`, {
        ...(options.expires ? { expiresAt: new Date(Date.now() + options.expires).toISOString() } : {}),
        ...(options.scope ? { scopes: [options.scope] } : {}),
      });
      const scim = `${api.url}/scim/v2`;
      const lines = [
        `SCIM base URL   ${scim}`,
        `Token           ${issued.token}`,
        `Token id        ${issued.id}`,
        '',
        `The token is shown here and never again. To end it: gangway token revoke ${issued.id}`,
      ];
      return { data: { scim, ...issued }, lines };
    },
  )
    .addOption(new Option('--expires <in>', 'how long it lives: 90d, 12h (default: until revoked)').argParser(span))
    .addOption(
      new Option('--scope <scope>', 'all that it may do (default: read and write)').choices(['read', 'write']),
    );
}

const HOUR_MS = 3_600_000;

function span(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,3})([dh])$/.exec(text) ?? [];
  if (!count) throw new InvalidArgumentError('Give days or hours, like 90d or 12h.');
  return Number(count) * (unit === 'd' ? 24 : 1) * HOUR_MS;
}
