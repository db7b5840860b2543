import { type Command, Option } from 'commander';
import { Fault } from '../errors.ts';
import { NOTICE_KINDS, NOTICE_LANGUAGES } from '../model/notice.ts';
import type { Api } from './api.ts';
import { apiCommand, collect, type Output, usageError } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table } from './print.ts';

/** Whether notices are mailed at all. */
export type Mailing = { mailed: boolean; note?: string };
type Recipient = { address: string; language?: string; kinds?: string[] };
type List = { recipients: Recipient[]; timeZone: string | null; expectedEvery?: string | null };
type Shown = Mailing & List;
type Which = { connection?: string };
type Wish = Which & { language?: string; kind?: string[] };
type Change = Which & { expectedEvery?: string; timeZone?: string };

/** What to say first where nothing is mailed. */
export function mailingLines({ note }: Mailing): string[] {
  return note === undefined ? [] : [note];
}

/** `gangway notice recipients`: who is on a list. */
export function recipientsCommand(): Command {
  return ofList(
    apiCommand<Which>('recipients', 'show who gets which notices', async (api, _names, { connection }) => {
      return shownList(await api.call<Shown>('GET', await pathOf(api, connection)));
    }),
  );
}

/** `gangway notice add`: puts an address on a list, or changes what it gets. */
export function addCommand(): Command {
  return ofList(
    apiCommand<Wish>(
      'add <address>',
      'put an address on the list, or change what it gets',
      async (api, names, wish) => {
        const [address = ''] = names;
        const { connection, language, kind: kinds } = wish;
        return changed(api, connection, (list) => {
          const before = list.recipients.find((one) => isSame(one, address));
          const one = { ...before, address, ...(language && { language }), ...(kinds && { kinds }) };
          return { ...list, recipients: [...list.recipients.filter((other) => other !== before), one] };
        });
      },
    ),
  )
    .addOption(new Option('--language <language>', 'of the mails (default: en)').choices([...NOTICE_LANGUAGES]))
    .option(
      '--kind <kind>',
      `this kind only; several times (default: what needs a human): ${NOTICE_KINDS.join(', ')}`,
      collect,
    );
}

/** `gangway notice remove`: takes an address off a list. */
export function removeCommand(): Command {
  return ofList(
    apiCommand<Which>('remove <address>', 'take an address off the list', async (api, [address = ''], { connection }) =>
      changed(api, connection, (list) => {
        const recipients = list.recipients.filter((one) => !isSame(one, address));
        if (recipients.length < list.recipients.length) return { ...list, recipients };
        const mend = 'look at `gangway notice recipients`, with --connection NAME for the list of one connection';
        throw new Fault('not_found', `${address} is not on this list: ${mend}`);
      }),
    ),
  );
}

/** `gangway notice set`: how often a roster is expected, and whose clocks count. */
export function setCommand(): Command {
  return ofList(
    apiCommand<Change>(
      'set',
      'say how often a roster is expected, and whose Monday morning counts',
      async (api, _names, change, command) => {
        const { connection, expectedEvery, timeZone } = change;
        if (expectedEvery === undefined && timeZone === undefined) {
          usageError(command, 'say what: --expected-every or --time-zone');
        }
        if (expectedEvery !== undefined && connection === undefined) {
          usageError(command, 'say of which connection a roster is expected: --connection NAME');
        }
        return changed(api, connection, (list) => ({
          ...list,
          ...(expectedEvery !== undefined && { expectedEvery: expectedEvery === 'off' ? null : expectedEvery }),
          ...(timeZone !== undefined && { timeZone: timeZone === 'off' ? null : timeZone }),
        }));
      },
    ),
  )
    .option('--expected-every <span>', 'a roster is expected that often, like 7d or 36h; off: none is')
    .option('--time-zone <zone>', 'like Europe/Berlin; off: the tenant’s, or UTC');
}

/** `gangway notice test`: whether mails arrive. */
export function testCommand(): Command {
  return ofList(
    apiCommand<Wish>('test <address>', 'send a test mail', async (api, [address = ''], { connection, language }) => {
      const path = `${await pathOf(api, connection)}/test`;
      const answer = await api.call<{ answer: string }>('POST', path, { address, ...(language && { language }) });
      return { data: answer, lines: [`the mail server has taken a test mail to ${address}: ${answer.answer}`] };
    }),
  ).addOption(new Option('--language <language>', 'of the mail (default: en)').choices([...NOTICE_LANGUAGES]));
}

function ofList(command: Command): Command {
  return command.option('--connection <name>', 'the list of this connection (default: of the whole tenant)');
}

async function pathOf(api: Api, connection: string | undefined): Promise<string> {
  if (connection === undefined) return '/notice-list';
  return `/connections/${pick('connection', await listConnections(api), connection).id}/notice-list`;
}

async function changed(api: Api, connection: string | undefined, change: (list: List) => List): Promise<Output> {
  const path = await pathOf(api, connection);
  const { mailed: _, note: __, ...list } = await api.call<Shown>('GET', path);
  return shownList(await api.call<Shown>('PUT', path, change(list)));
}

function shownList(list: Shown): Output {
  const rows = list.recipients.map(({ address, language, kinds = [] }) => [address, language, kinds.join(', ')]);
  const expected = 'expectedEvery' in list ? [`a roster is expected every: ${list.expectedEvery ?? 'off'}`] : [];
  const zone = `time zone: ${list.timeZone ?? 'off'}`;
  const people = table(['ADDRESS', 'LANGUAGE', 'KINDS'], rows, 'nobody is on this list: gangway notice add ADDRESS');
  return { data: list, lines: [...mailingLines(list), ...people, ...expected, zone] };
}

function isSame(one: Recipient, address: string): boolean {
  return one.address.toLowerCase() === address.trim().toLowerCase();
}
