import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Right, TECHNICAL_RIGHTS } from '../model/principal.ts';
import type { Api } from './api.ts';
import { apiCommand, group } from './command.ts';
import { listConnections, listTargets, pick } from './named.ts';
import { table, when } from './print.ts';

type User = {
  id: string;
  name: string;
  email: string | null;
  rights: Right[];
  connectionId: string | null;
  targetId: string | null;
};
type Key = { id: string; prefix: string; createdAt: string; expiresAt: string | null; lastUsedAt: string | null };
type Made = { id: string; key: string; prefix: string; expiresAt: string | null; ended: string | null };
type AddOptions = { rights: Right[]; connection?: string; target?: string; email?: string };
type KeyOptions = { rotate?: boolean; expires?: number };

const HOUR_MS = 3_600_000;

/** `gangway technical-user`: programs with API keys; they never sign in. */
export function technicalUserCommand(): Command {
  return group('technical-user', 'programs that have API keys and never sign in', [
    addCommand(),
    apiCommand('list', 'show the technical users of the tenant', async (api) => {
      const users = await listUsers(api);
      const rows = users.map(({ name, rights, email, id }) => [name, rights.join(', '), email, id]);
      const nothing = 'no technical users yet: gangway technical-user add NAME --rights rosters --connection NAME';
      return { data: users, lines: table(['NAME', 'RIGHTS', 'E-MAIL', 'ID'], rows, nothing) };
    }),
    keyCommand(),
    apiCommand('keys <name>', 'show their live keys, never the text', async (api, [name = '']) => {
      const { id } = pick('technical user', await listUsers(api), name);
      const { keys } = await api.call<{ keys: Key[] }>('GET', `/technical-users/${id}/keys`);
      const rows = keys.map(({ prefix, createdAt, expiresAt, lastUsedAt, id: keyId }) => [
        `${prefix}…`,
        when(createdAt),
        expiresAt ? when(expiresAt) : 'never',
        lastUsedAt ? when(lastUsedAt) : 'never',
        keyId,
      ]);
      const nothing = `no keys yet: gangway technical-user key ${name}`;
      return { data: keys, lines: table(['BEGINS WITH', 'MADE', 'EXPIRES', 'LAST USED', 'ID'], rows, nothing) };
    }),
    revokeCommand(),
  ]);
}

function addCommand(): Command {
  return apiCommand<AddOptions>('add <name>', 'make a technical user', async (api, [name = ''], wish) => {
    const { rights, connection, target, email } = wish;
    const bound = {
      ...(connection && { connectionId: pick('connection', await listConnections(api), connection).id }),
      ...(target && { targetId: pick('target', await listTargets(api), target).id }),
    };
    const made = await api.call<User>('POST', '/technical-users', { name, rights, ...bound, ...(email && { email }) });
    const next = `To give it a key: gangway technical-user key ${JSON.stringify(made.name)}`;
    return { data: made, lines: [`technical user ${made.name} has the rights ${made.rights.join(', ')}`, next] };
  })
    .addOption(
      new Option('--rights <rights>', `what it may do, with commas: ${TECHNICAL_RIGHTS.join(', ')}`)
        .argParser(rightsIn)
        .makeOptionMandatory(),
    )
    .option('--connection <name>', 'the connection that the right rosters is for')
    .option('--target <name>', 'the target that the right badges is for')
    .option('--email <address>', 'where mail about it goes');
}

function keyCommand(): Command {
  return apiCommand<KeyOptions>('key <name>', 'make a key and show it once', async (api, [name = ''], wish) => {
    const { id } = pick('technical user', await listUsers(api), name);
    const expiresAt = wish.expires ? new Date(Date.now() + wish.expires).toISOString() : null;
    const made = await api.call<Made>('POST', `/technical-users/${id}/keys${wish.rotate ? '/rotate' : ''}`, {
      expiresAt,
    });
    const lines = [
      `API key   ${made.key}`,
      `Key id    ${made.id}`,
      ...(made.ended ? [`Ended     ${made.ended}`] : []),
      '',
      `The key is shown here and never again. To end it: gangway technical-user revoke ${name} --only-key ${made.id}`,
    ];
    return { data: made, lines };
  })
    .option('--rotate', 'where there are two live keys, end the older one')
    .addOption(new Option('--expires <in>', 'how long it lives: 90d, 12h (default: until revoked)').argParser(span));
}

function revokeCommand(): Command {
  return apiCommand<{ onlyKey?: string }>(
    'revoke <name>',
    'end a technical user, or one key',
    async (api, [name = ''], wish) => {
      const { id } = pick('technical user', await listUsers(api), name);
      const { onlyKey: keyId } = wish;
      const path = keyId === undefined ? '' : `/keys/${encodeURIComponent(keyId)}`;
      await api.call('DELETE', `/technical-users/${id}${path}`);
      const what = keyId === undefined ? `technical user ${name} and its keys are revoked` : `key ${keyId} is revoked`;
      return { data: { id, ...(keyId && { keyId }), revoked: true }, lines: [what] };
    },
  ).option('--only-key <id>', 'only this key');
}

async function listUsers(api: Api): Promise<User[]> {
  return (await api.call<{ technicalUsers: User[] }>('GET', '/technical-users')).technicalUsers;
}

function rightsIn(text: string): Right[] {
  const named = text.split(',').map((one) => one.trim());
  const rights = TECHNICAL_RIGHTS.filter((right) => named.includes(right));
  if (rights.length === new Set(named).size) return rights;
  throw new InvalidArgumentError(`Choose from ${TECHNICAL_RIGHTS.join(', ')}.`);
}

function span(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,3})([dh])$/.exec(text) ?? [];
  if (!count) throw new InvalidArgumentError('Give days or hours, like 90d or 12h.');
  return Number(count) * (unit === 'd' ? 24 : 1) * HOUR_MS;
}
