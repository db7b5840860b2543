import { type Endpoint, sayHello } from '../opening/play.ts';
import type { Api } from './api.ts';
import { type Finding, fine, note, wrong } from './doctor-finding.ts';
import type { ConnectionItem } from './named.ts';

type TokenItem = { id: string; prefix: string; scopes: string[]; expiresAt: string | null };
type Known = { connection: ConnectionItem; token: TokenItem };

const CHECK = 'token';
const NO_TOKEN =
  'no token was given: name the one that was pasted, by --token env:NAME, where the environment has it under NAME';

/** What is wrong with the form of a token; null when it looks like one of ours. No words repeat it. */
export function malformed(token: string | undefined): Finding | null {
  if (!token) return wrong(CHECK, NO_TOKEN);
  if (/^bearer\s/i.test(token)) return wrong(CHECK, 'the token begins with the word "Bearer": give it without');
  if (/\s/.test(token)) return wrong(CHECK, 'the token has a blank or a line break in it: copy it anew');
  return null;
}

/** Whether the endpoint takes the token, whose it is, and what it may do. */
export async function judgeToken(
  api: Api,
  connection: ConnectionItem,
  connections: readonly ConnectionItem[],
  endpoint: Endpoint,
): Promise<Finding[]> {
  const { status, passed, words } = await sayHello(endpoint);
  const again = `gangway token add ${connection.name}`;
  if (status === 401) {
    return [wrong(CHECK, `the token is not taken: it is unknown, revoked or expired; make a new one: ${again}`)];
  }
  if (!passed) return [wrong('ServiceProviderConfig', `under the base URL, ${words}`)];
  const taken = fine('ServiceProviderConfig', 'the token is taken, and ServiceProviderConfig can be read');
  return [taken, ...owner(await knownToken(api, connections, endpoint.token), connection, again)];
}

function owner(known: Known | null, connection: ConnectionItem, again: string): Finding[] {
  if (!known) return [note(CHECK, `this token cannot be found among those of ${connection.name}; fetched by OAuth?`)];
  const { token } = known;
  if (known.connection.id !== connection.id) {
    return [wrong(CHECK, `the token is one of ${known.connection.name}, not of ${connection.name}: ${again}`)];
  }
  if (!token.scopes.includes('write')) {
    return [wrong(CHECK, `the token may only read, so nobody can be created: ${again}`)];
  }
  const until = token.expiresAt ? `; it ends on ${token.expiresAt.slice(0, 10)}` : '';
  return [fine(CHECK, `the token is one of ${connection.name}${until}`)];
}

/** Tokens are known by how their secrets begin. */
async function knownToken(api: Api, connections: readonly ConnectionItem[], text: string): Promise<Known | null> {
  const secret = /^gw_[\w-]{22}_([\w-]+)$/.exec(text)?.[1] ?? text;
  for (const connection of connections) {
    const { tokens } = await api.call<{ tokens: TokenItem[] }>('GET', `/connections/${connection.id}/tokens`);
    const token = tokens.find(({ prefix }) => prefix !== '' && (secret.startsWith(prefix) || text.startsWith(prefix)));
    if (token) return { connection, token };
  }
  return null;
}
