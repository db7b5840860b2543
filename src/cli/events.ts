import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { isFault } from '../errors.ts';
import type { Api } from './api.ts';
import { apiCommand, group, type Output } from './command.ts';
import { streamCommand } from './event-stream.ts';
import { table, when } from './print.ts';
import { printable } from './text-width.ts';

type Shown = { id: string; at: string; type: string; attributes?: string[] } & Record<string, unknown>;
type Page = { events: Shown[]; next: string };
type Which = { after?: string; type?: string; limit?: string; json?: boolean };

const LOOK_MS = 1_000;

/** `gangway events`: what happened, for programs outside. */
export function eventsCommand(): Command {
  return group('events', 'what happened, in its order, and who is sent it', [
    listCommand(),
    followCommand(),
    streamCommand(),
    signingKeyCommand(),
  ]);
}

function listCommand(): Command {
  return withTypes(
    apiCommand<Which>('list', 'show what happened, the oldest first', async (api, _names, wish) => {
      const page = await pageOf(api, wish);
      const rows = page.events.map((event) => [when(event.at), event.type, aboutOf(event), event.id]);
      const nothing = wish.after === undefined ? 'nothing has happened yet' : 'nothing has happened since';
      return { data: page, lines: [...table(['WHEN', 'TYPE', 'ABOUT', 'ID'], rows, nothing), `next: ${page.next}`] };
    }),
  ).option('--limit <number>', 'how many');
}

function followCommand(): Command {
  return withTypes(
    apiCommand<Which>('follow', 'print what happens, as it happens, until it is interrupted', (api, _names, wish) =>
      follow(api, wish),
    ),
  );
}

function withTypes(command: Command): Command {
  return command
    .option('--after <cursor>', 'behind this place: the `next` of a list')
    .option('--type <types>', 'only these types, with commas');
}

function signingKeyCommand(): Command {
  return group('signing-key', 'what Security Event Tokens are signed with', [
    apiCommand('list', 'show the keys that receivers find', async (api) => {
      const { keys } = await api.call<{ keys: { kid: string; createdAt: string; retiredAt: string | null }[] }>(
        'GET',
        '/signing-keys',
      );
      const rows = keys.map((key) => [key.kid, when(key.createdAt), key.retiredAt ? when(key.retiredAt) : 'signs now']);
      return { data: keys, lines: table(['KEY', 'MADE', 'RETIRED'], rows, 'no keys yet: the first stream makes one') };
    }),
    apiCommand('rotate', 'sign with a new key from now on', async (api) => {
      const rotated = await api.call<{ kid: string; former: string | null }>('POST', '/signing-keys/rotate', {});
      const stays = rotated.former === null ? [] : [`${rotated.former} stays published for seven days`];
      return { data: rotated, lines: [`signs now: ${rotated.kid}`, ...stays] };
    }),
  ]);
}

/** Asks again and again behind the last place; a server that is away is waited for. */
async function follow(api: Api, wish: Which): Promise<Output> {
  let after = wish.after ?? 'latest';
  for (let isAway = false; ; ) {
    try {
      const page = await pageOf(api, { ...wish, after });
      for (const event of page.events) process.stdout.write(`${lineOf(event, wish.json)}\n`);
      after = page.next;
      isAway = false;
      if (page.events.length === 0) await sleep(LOOK_MS);
    } catch (error) {
      if (!isFault(error, 'server_unreachable', 'database_unavailable')) throw error;
      if (!isAway) process.stderr.write(`${error.message}; waiting for it\n`);
      isAway = true;
      await sleep(LOOK_MS);
    }
  }
}

function pageOf(api: Api, { after, type, limit }: Which): Promise<Page> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ after, type, limit })) {
    if (value !== undefined) query.set(name, value);
  }
  return api.call<Page>('GET', `/events?${query}`);
}

function lineOf(event: Shown, json = false): string {
  return json ? JSON.stringify(event) : `${event.at}  ${event.type}  ${printable(aboutOf(event))}`;
}

/** What an event is about, in a line. */
function aboutOf(event: Shown): string {
  const { attributes = [] } = event;
  const ids = ['person', 'action', 'hold', 'run', 'kind', 'state'].flatMap((name) =>
    typeof event[name] === 'string' ? [`${name} ${event[name]}`] : [],
  );
  return [...ids, ...(attributes.length ? [attributes.join(' ')] : [])].join(', ');
}
