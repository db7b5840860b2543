import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RequestItem, RequestRecord } from '../model/request-record.ts';
import type { Api } from './api.ts';
import { apiCommand, type Output, usageError } from './command.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';
import { printable } from './text-width.ts';

/** As it comes over the line: times are text. */
type Sent<Item> = Omit<Item, 'at'> & { at: string };
type Page = { requests: Sent<RequestItem>[]; next: string | null };
type Wish = { failed?: boolean; follow?: boolean; show?: string; limit: number; json?: boolean };
type LogWish = { for?: number; off?: boolean };

const LOOK_EVERY_MS = 2_000;
const HOUR_MS = 3_600_000;
const MOST_HOURS = 24;

/** `gangway connection requests`: the last requests of its client, for whoever helps its admin. */
export function requestsCommand(): Command {
  return apiCommand<Wish>('requests <name>', 'show its last SCIM requests', async (api, [name = ''], wish) => {
    const { id } = pick('connection', await listConnections(api), name);
    const path = `/connections/${id}/requests`;
    if (wish.show !== undefined) return shown(await api.call('GET', `${path}/${encodeURIComponent(wish.show)}`));
    const page = await readPage(api, path, wish);
    if (wish.follow) return follow(api, path, wish, page);
    const rows = page.requests.map(({ at, ...one }) => [when(at), ...cells(one), one.id]);
    const headings = ['', 'STATUS', 'REQUEST', 'TOOK', 'TOKEN', 'ID'];
    const nothing = `nothing was kept; to keep what succeeds, too: gangway connection request-log ${name} --for 1`;
    return { data: page, lines: table(headings, rows, nothing) };
  })
    .option('--failed', 'only those that failed')
    .option('--follow', 'go on showing what comes, until Ctrl-C')
    .option('--show <id>', 'one of them, with what was sent and answered')
    .addOption(new Option('--limit <count>', 'how many').argParser(wholeNumber(1000)).default(20));
}

/** `gangway connection request-log`: whether requests that succeed are kept, too. */
export function requestLogCommand(): Command {
  return apiCommand<LogWish>(
    'request-log <name>',
    'keep its requests that succeed, too, for some hours',
    async (api, [name = ''], wish, command) => {
      if (wish.for !== undefined && wish.off) usageError(command, 'choose one: --for or --off');
      const { id } = pick('connection', await listConnections(api), name);
      const path = `/connections/${id}/request-log`;
      const until = wish.for === undefined ? null : new Date(Date.now() + wish.for * HOUR_MS).toISOString();
      const isChange = wish.for !== undefined || wish.off;
      const now = isChange
        ? await api.call<{ until: string | null }>('PUT', path, { until })
        : await api.call<{ until: string | null }>('GET', path);
      const words = now.until === null ? 'failed requests are kept' : `all requests are kept until ${now.until}`;
      return { data: now, lines: [`connection ${name}: ${words}`] };
    },
  )
    .addOption(new Option('--for <hours>', 'from now on, 24 at most').argParser(wholeNumber(MOST_HOURS)))
    .option('--off', 'only those that fail from now on');
}

async function readPage(api: Api, path: string, { failed, limit }: Wish, after?: string): Promise<Page> {
  const query = new URLSearchParams({
    limit: String(limit),
    ...(failed && { failed: 'true' }),
    ...(after && { after }),
  });
  return api.call<Page>('GET', `${path}?${query}`);
}

/** Prints what is new, the oldest first; it ends with the process. */
async function follow(api: Api, path: string, wish: Wish, first: Page): Promise<Output> {
  let last = '';
  for (let page = first; ; page = await newerThan(api, path, wish, last)) {
    const lines = page.requests.toReversed().map((one) => (wish.json ? JSON.stringify(one) : lineOf(one)));
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    last = page.requests[0]?.id ?? last;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Ids are in the order of time; a burst may take several pages. */
async function newerThan(api: Api, path: string, wish: Wish, last: string): Promise<Page> {
  const requests: Page['requests'] = [];
  for (let after: string | undefined; ; ) {
    const page = await readPage(api, path, wish, after);
    const newer = page.requests.filter(({ id }) => id > last);
    requests.push(...newer);
    if (newer.length < page.requests.length || page.next === null) return { requests, next: null };
    after = page.next;
  }
}

function lineOf({ at, ...one }: Sent<RequestItem>): string {
  return printable([at, ...cells(one), one.id].join('  '));
}

function cells({ status, method, path, milliseconds, tokenPrefix }: Omit<RequestItem, 'at'>): string[] {
  return [String(status), `${method} ${path}`, `${milliseconds} ms`, `${tokenPrefix}…`];
}

function shown(one: Sent<RequestRecord>): Output {
  const { id, at, method, path, status, milliseconds, tokenPrefix, userAgent, quirks, request, answer } = one;
  const lines = [
    `${method} ${path}`,
    `${status}, after ${milliseconds} ms, at ${at}`,
    `id ${id}, token ${tokenPrefix}…, by ${userAgent ?? 'a client without a name'}`,
    ...(quirks.length ? [`deviations: ${quirks.join(', ')}`] : []),
    ...(request === null ? [] : ['', 'sent:', request]),
    ...(answer === null ? [] : ['', 'answered:', answer]),
  ];
  return { data: one, lines: lines.map(printable) };
}

function wholeNumber(most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from 1 to ${most}.`);
  };
}
