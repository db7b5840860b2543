import { type Command, Option } from 'commander';
import { NOTICE_KINDS } from '../model/notice.ts';
import { apiCommand, group } from './command.ts';
import { listConnections, pick } from './named.ts';
import {
  addCommand,
  type Mailing,
  mailingLines,
  recipientsCommand,
  removeCommand,
  setCommand,
  testCommand,
} from './notice-list.ts';
import { table, when } from './print.ts';

type Mail = { address: string; state: string; answer: string | null };
type Item = {
  id: string;
  kind: string;
  connection: { name: string } | null;
  createdAt: string;
  mails: Mail[];
  help: { command: string };
};
type Page = Mailing & { notices: Item[]; next: string | null };
type Which = { connection?: string; kind?: string; before?: string; limit?: string };

/** `gangway notice`: what somebody is told by e-mail, and who. */
export function noticeCommand(): Command {
  return group('notice', 'what happened, and who is told of it by e-mail', [
    listCommand(),
    recipientsCommand(),
    addCommand(),
    removeCommand(),
    setCommand(),
    testCommand(),
  ]);
}

function listCommand(): Command {
  return apiCommand<Which>('list', 'show the newest notices', async (api, _names, options) => {
    const { connection, kind, before, limit } = options;
    const id = connection === undefined ? undefined : pick('connection', await listConnections(api), connection).id;
    const given = Object.entries({ connection: id, kind, before, limit });
    const query = new URLSearchParams(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    const page = await api.call<Page>('GET', `/notices?${query}`);
    const rows = page.notices.map((notice) => [
      notice.kind,
      notice.connection?.name,
      when(notice.createdAt),
      notice.mails.map(({ address, state }) => `${address} ${state}`).join(', '),
      notice.help.command,
    ]);
    const headings = ['KIND', 'CONNECTION', 'WHEN', 'MAILED TO', 'GO ON WITH'];
    const more = page.next === null ? [] : [`older ones: gangway notice list --before ${page.next}`];
    return { data: page, lines: [...mailingLines(page), ...table(headings, rows, 'no notices'), ...more] };
  })
    .option('--connection <name>', 'of this connection only')
    .addOption(new Option('--kind <kind>', 'of this kind only').choices([...NOTICE_KINDS]))
    .option('--before <id>', 'older than this one: the next page')
    .option('--limit <number>', 'how many (default: 100)');
}
