import type { Command } from 'commander';
import { Fault } from '../errors.ts';
import { apiCommand, group } from './command.ts';
import { listConnections, pick } from './named.ts';
import { textOf } from './pairs.ts';
import { table, when } from './print.ts';

type Made = { id: string; clientId: string; clientSecret: string | null };
type ClientItem = { id: string; clientId: string; authentication: string; createdAt: string };

/** `gangway client`: who may fetch short-lived tokens for a connection (OAuth client credentials). */
export function clientCommand(): Command {
  return group('client', 'who may fetch short-lived tokens for a connection (OAuth)', [
    addCommand(),
    apiCommand('list <connection>', 'show a connection’s clients', async (api, [name = '']) => {
      const { id } = pick('connection', await listConnections(api), name);
      const { clients } = await api.call<{ clients: ClientItem[] }>('GET', `/connections/${id}/clients`);
      const rows = clients.map((client) => [client.clientId, client.authentication, when(client.createdAt), client.id]);
      const headings = ['CLIENT_ID', 'PROVES ITSELF BY', 'MADE', 'ID'];
      return { data: clients, lines: table(headings, rows, `no clients yet: gangway client add ${name}`) };
    }),
    apiCommand('revoke <id>', 'end a client and every token that it has fetched', async (api, [id = '']) => {
      await api.call('DELETE', `/clients/${encodeURIComponent(id)}`);
      return { data: { id, revoked: true }, lines: [`client ${id} is revoked`] };
    }),
  ]);
}

function addCommand(): Command {
  return apiCommand<{ jwk?: string }>('add <connection>', 'make a client', async (api, [name = ''], { jwk }) => {
    const { id } = pick('connection', await listConnections(api), name);
    const made = await api.call<Made>('POST', `/connections/${id}/clients`, jwk ? { jwks: keysIn(jwk) } : {});
    const tokenUrl = `${api.url}/oauth/token`;
    const secret = made.clientSecret
      ? [`client_secret   ${made.clientSecret}`, '', 'The secret is shown here and never again.']
      : ['', 'It proves itself by its private key (private_key_jwt); it has no secret.'];
    const lines = [
      `Token URL       ${tokenUrl}`,
      `client_id       ${made.clientId}`,
      ...secret,
      `To end it: gangway client revoke ${made.id}`,
    ];
    return { data: { tokenUrl, ...made }, lines };
  }).option('--jwk <file:path>', 'its public key, or several ({"keys": […]}), as JSON; then it gets no secret');
}

/** A file with one public key or a set of them (RFC 7517 §5). */
function keysIn(place: string): object {
  const path = place.replace(/^file:/, '');
  try {
    const keys = JSON.parse(textOf(path, '--jwk')) as object;
    return 'keys' in keys ? keys : { keys: [keys] };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    // the parser's own words would repeat what may be a private key
    throw new Fault('config_invalid', `--jwk: ${path} is not JSON`);
  }
}
