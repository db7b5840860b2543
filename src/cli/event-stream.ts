import { type Command, Option } from 'commander';
import { STREAM_KINDS } from '../model/event.ts';
import type { Api } from './api.ts';
import { apiCommand, collect, group, type Output } from './command.ts';
import { type Named, pick } from './named.ts';
import { table, when } from './print.ts';
import { secrets } from './target.ts';

type Stream = Named & {
  kind: string;
  url: string;
  types: string[] | null;
  audience: string | null;
  state: string;
  pausedWhy: string | null;
  behind: number;
  missed: number;
  failures: number;
  failingSince: string | null;
  lastError: string | null;
  lastAt: string | null;
  nextAt: string | null;
  secret?: string;
  key?: string;
};
type AddOptions = { kind: string; to?: string; type?: string; audience?: string; oldest?: boolean; secret?: string[] };

/** `gangway events stream`: the receivers of events. */
export function streamCommand(): Command {
  return group('stream', 'receivers that events are sent to, or that fetch them', [
    addCommand(),
    apiCommand('list', 'show all streams, and how far each has come', async (api) => {
      const streams = await listStreams(api);
      const rows = streams.map((one) => [one.name, one.kind, standing(one), String(one.behind), one.url, one.id]);
      const nothing = 'no streams yet: gangway events stream add NAME --kind webhook --to URL';
      return { data: streams, lines: table(['NAME', 'KIND', 'STATE', 'BEHIND', 'URL', 'ID'], rows, nothing) };
    }),
    apiCommand('show <name>', 'show one stream and why it does not go on', async (api, [name = '']) => {
      const stream = pick('event stream', await listStreams(api), name);
      return { data: stream, lines: linesOf(stream) };
    }),
    rotateCommand(),
    stateCommand('pause', 'stop sending', 'paused'),
    stateCommand('resume', 'go on where it stopped', 'active'),
    replayCommand(),
    apiCommand('remove <name>', 'remove a stream', async (api, [name = '']) => {
      const { id } = pick('event stream', await listStreams(api), name);
      await api.call('DELETE', `/event-streams/${id}`);
      return { data: { id, removed: true }, lines: [`event stream ${name} is removed`] };
    }),
  ]);
}

function addCommand(): Command {
  return apiCommand<AddOptions>('add <name>', 'make a stream', async (api, [name], options, command) => {
    const { kind, to, type, audience, oldest = false } = options;
    const { token } = secrets(options.secret ? { secret: options.secret } : {}, command);
    const made = await api.call<Stream>('POST', '/event-streams', {
      ...{ name, kind, from: oldest ? 'oldest' : 'now' },
      ...(to !== undefined && { url: to }),
      ...(type !== undefined && { types: type.split(',') }),
      ...(audience !== undefined && { audience }),
      ...(token !== undefined && { token }),
    });
    return { data: made, lines: [`event stream ${made.name} is there: ${made.id}`, ...shownOnce(made)] };
  })
    .addOption(
      new Option(
        '--kind <kind>',
        'webhook (Standard Webhooks), set-push or set-poll (Security Event Tokens, sent or fetched)',
      )
        .choices([...STREAM_KINDS])
        .default('webhook'),
    )
    .option('--to <url>', 'where the receiver is; one that fetches has none')
    .option('--type <types>', 'only these types, with commas')
    .option('--audience <text>', 'who the tokens are for, as the receiver wants to read it')
    .option('--oldest', 'begin with everything that is kept')
    .option('--secret <name=value>', 'token=env:NAME: what a receiver of tokens wants as bearer token', collect);
}

function rotateCommand(): Command {
  return apiCommand(
    'rotate <name>',
    'make another secret; the former one counts for a day',
    async (api, [name = '']) => {
      const { id } = pick('event stream', await listStreams(api), name);
      const made = await api.call<Stream>('POST', `/event-streams/${id}/rotate`, {});
      return { data: made, lines: shownOnce(made) };
    },
  );
}

function stateCommand(verb: string, description: string, state: string): Command {
  return apiCommand(`${verb} <name>`, description, (api, [name = '']) => change(api, name, { state }));
}

function replayCommand(): Command {
  return apiCommand<{ after: string }>(
    'replay <name>',
    'send again from a place on, or skip to one',
    (api, [name = ''], { after }) => change(api, name, { after }),
  ).requiredOption('--after <cursor>', 'a cursor of `gangway events list`, oldest, or latest');
}

async function change(api: Api, name: string, wanted: object): Promise<Output> {
  const { id } = pick('event stream', await listStreams(api), name);
  const stream = await api.call<Stream>('PATCH', `/event-streams/${id}`, wanted);
  return { data: stream, lines: linesOf(stream) };
}

async function listStreams(api: Api): Promise<Stream[]> {
  return (await api.call<{ streams: Stream[] }>('GET', '/event-streams')).streams;
}

function shownOnce({ kind, url, secret, key }: Stream): string[] {
  const shown = secret ?? key;
  if (shown === undefined) return [];
  const what = secret === undefined ? 'key' : 'secret';
  const where = kind === 'set-poll' ? [`fetch from  ${url}`] : [];
  return [...where, `${what.padEnd(10)}  ${shown}`, '', `The ${what} is shown here and never again.`];
}

function standing({ state, failures }: Stream): string {
  return state === 'active' && failures > 0 ? 'failing' : state;
}

function linesOf(stream: Stream): string[] {
  const { name, kind, url, types, audience, pausedWhy, behind, missed, failures, failingSince, lastError } = stream;
  return [
    `${name} (${kind}): ${standing(stream)}${pausedWhy ? `, ${pausedWhy}` : ''}`,
    `  receiver: ${url}${audience ? `, for ${audience}` : ''}`,
    `  carries: ${types?.join(', ') ?? 'all that there is for its kind'}`,
    `  behind: ${behind} events${missed ? `, ${missed} were too old to be sent` : ''}`,
    `  last received: ${stream.lastAt ? when(stream.lastAt) : 'never'}`,
    ...(failures && failingSince ? [`  failed ${failures} times since ${when(failingSince)}`] : []),
    ...(lastError ? [`  last error: ${lastError}`] : []),
    ...(stream.nextAt ? [`  next try: ${when(stream.nextAt)}`] : []),
  ];
}
