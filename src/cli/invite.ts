import { existsSync, writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { Fault } from '../errors.ts';
import { INVITE_STATES } from '../model/invite.ts';
import type { Api } from './api.ts';
import { apiCommand, group, usageError } from './command.ts';
import { listConnections, listTargets, pick } from './named.ts';
import { table, when } from './print.ts';

type Item = {
  id: string;
  userName: string;
  channel: string;
  state: string;
  confirmed: boolean;
  sentAt: string | null;
  expiresAt: string | null;
  lastAnswer: string | null;
};
type Result = { person: string; result: string; detail?: string };
type Which = { state?: string; connection?: string; channel?: string };
type Wish = { target?: string; entity?: string; access?: string; channel?: string };
type PrintOptions = { connection: string; location?: string; again?: boolean; out: string };

const PAGE = 1000;
const CHANNELS = ['email', 'sms', 'print'];
const OUTCOME: Readonly<Record<string, string>> = {
  inviting: 'is being invited',
  again: 'is invited once more',
  accepted: 'has an account everywhere already',
};

/** `gangway invite`: who was invited how, and inviting them. */
export function inviteCommand(): Command {
  return group('invite', 'invites by e-mail, SMS and print, and what became of them', [
    listCommand(),
    sendCommand(),
    actCommand('resend', 'send it anew; the link before is dead', 'is sent anew').addOption(channelOption()),
    actCommand('revoke', 'withdraw it; the account stays', 'is withdrawn'),
    printCommand(),
  ]);
}

function listCommand(): Command {
  return apiCommand<Which>('list', 'show invites', async (api, _names, options) => {
    const invites = await all(api, options);
    const rows = invites.map(({ userName, channel, state, confirmed, sentAt, expiresAt, lastAnswer, id }) => [
      userName,
      channel,
      confirmed ? state : `${state}, unconfirmed`,
      sentAt && when(sentAt),
      expiresAt && when(expiresAt),
      id,
      lastAnswer,
    ]);
    const headings = ['USERNAME', 'BY', 'STATE', 'SENT', 'VALID', 'ID', 'LAST ANSWER'];
    return { data: invites, lines: table(headings, rows, 'no such invites') };
  })
    .addOption(new Option('--state <state>', 'in this state only').choices([...INVITE_STATES]))
    .addOption(channelOption())
    .option('--connection <name>', 'of this connection only');
}

function sendCommand(): Command {
  return apiCommand<Wish>('send <people...>', 'invite people, by e-mail address or id', async (api, people, wish) => {
    const { target, entity, access, channel } = wish;
    const targetId = target === undefined ? undefined : pick('target', await listTargets(api), target).id;
    const body = { people, targetId, entity, access, channel };
    const { results } = await api.call<{ results: Result[] }>('POST', '/invites/batch', body);
    const lines = results.map(({ person, result, detail }) => `${person} ${OUTCOME[result] ?? `is not: ${detail}`}`);
    return { data: results, lines };
  })
    .option('--target <name>', 'at this target only')
    .option('--entity <name>', 'the entity of the app that they belong to')
    .option('--access <name>', 'the kind of access that they get')
    .addOption(channelOption());
}

function actCommand(verb: 'resend' | 'revoke', description: string, effect: string): Command {
  return apiCommand<Which>(`${verb} <id>`, description, async (api, [id = ''], { channel }) => {
    const invite = await api.call<Item>(
      'POST',
      `/invites/${encodeURIComponent(id)}/${verb}`,
      channel ? { channel } : {},
    );
    return { data: invite, lines: [`invite ${id} ${effect}`] };
  });
}

function printCommand(): Command {
  return apiCommand<PrintOptions>(
    'print',
    'print the sheets that wait, as HTML',
    async (api, _names, options, command) => {
      const { connection, location, again = false, out } = options;
      if (existsSync(out)) usageError(command, '--out names a file that exists already');
      const { id } = pick('connection', await listConnections(api), connection);
      const body = { connection: id, location, again };
      const { html, ...printed } = await api.call<{ html: string; sheets: number; batch: string }>(
        'POST',
        '/invites/print',
        body,
      );
      if (printed.sheets === 0) return { data: printed, lines: ['nobody waits for a sheet'] };
      save(out, html);
      const lines = [
        `${printed.sheets} sheets are in ${out}`,
        'Their codes are in this file and nowhere else: delete it after printing.',
      ];
      return { data: { ...printed, file: out }, lines };
    },
  )
    .requiredOption('--connection <name>', 'of this connection')
    .requiredOption('--out <file>', 'where the sheets go; the file must not exist yet')
    .option('--location <place>', 'only of people who work there')
    .option('--again', 'also those that were printed before; their former sheets are worth nothing then');
}

function channelOption(): Option {
  return new Option('--channel <channel>', 'by this channel').choices(CHANNELS);
}

async function all(api: Api, { state, connection, channel }: Which): Promise<Item[]> {
  const id = connection === undefined ? undefined : pick('connection', await listConnections(api), connection).id;
  const given = Object.entries({ state, connection: id, channel }).filter(
    (pair): pair is [string, string] => !!pair[1],
  );
  const invites: Item[] = [];
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams([...given, ['limit', String(PAGE)], ...(after ? [['after', after]] : [])]);
    const page = (await api.call<{ invites: Item[] }>('GET', `/invites?${query}`)).invites;
    invites.push(...page);
    after = page.at(-1)?.id;
    if (page.length < PAGE) return invites;
  }
}

/** Readable by its owner alone: whoever has the sheets has the codes. */
function save(path: string, html: string): void {
  try {
    writeFileSync(path, html, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const lost = 'the codes are lost; give another --out and add --again';
    throw new Fault('config_invalid', `cannot write ${path} (${code}): ${lost}`, { cause });
  }
}
