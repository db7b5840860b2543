import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FeedSettings, Opened } from '../../src/feeds/feed.ts';
import { httpsSource } from '../../src/feeds/https/source.ts';
import type { TokenMemory } from '../../src/feeds/https/token.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';

let files: FileServer;
let elsewhere: FileServer;
beforeAll(async () => {
  files = await startFileServer();
  elsewhere = await startFileServer((_req, res) => send(res, 'elsewhere'));
});
afterAll(async () => {
  await files?.stop();
  await elsewhere?.stop();
});

const signal = () => AbortSignal.timeout(10_000);
const send = (res: ServerResponse, text: string, status = 200, headers: Record<string, string> = {}) =>
  res.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers }).end(text);
const json = (res: ServerResponse, body: unknown) =>
  send(res, JSON.stringify(body), 200, { 'content-type': 'application/json' });
const source = (
  settings: Record<string, unknown>,
  secrets: Record<string, string> = {},
  memory: TokenMemory = new Map(),
  rows = '',
) => {
  const feed: FeedSettings = {
    kind: 'https',
    settings: { url: `${files.origin}/all`, timeoutSeconds: 2, ...settings },
    secrets,
  };
  return httpsSource(feed, memory, rows);
};
const read = async (opened: Opened) => (opened.kind === 'roster' ? textOf(opened.body) : opened.kind);
const fetched = async (...given: Parameters<typeof source>) =>
  read(await source(...given).open({ seen: null, signal: signal() }));
const refused = (...given: Parameters<typeof source>) =>
  fetched(...given).then(
    (text) => `taken: ${text}`,
    (error: Error) => error.message,
  );

describe('what a request carries', { shuffle: false }, () => {
  test('a header of any name', async () => {
    files.answer = (req, res) => send(res, String(req.headers['x-api-key']));
    expect(await fetched({ auth: 'header', header: 'X-Api-Key' }, { value: 'k-1234567' })).toBe('k-1234567');
  });

  test('a token by client credentials, which is kept until it ends, and fetched anew when it was withdrawn', async () => {
    let issued = 0;
    const good = () => `t-${issued}`;
    const grants: string[] = [];
    files.answer = async (req, res) => {
      if (req.url !== '/token') {
        const taken = req.headers.authorization === `Bearer ${good()}`;
        return taken ? send(res, 'all') : send(res, 'no', 401);
      }
      grants.push(`${req.headers.authorization} ${await bodyOf(req)}`);
      issued += 1;
      json(res, { access_token: good(), expires_in: 3600, token_type: 'Bearer' });
    };
    const settings = { auth: 'oauth', tokenUrl: `${files.origin}/token`, clientId: 'hr feed', scope: 'people' };
    const memory: TokenMemory = new Map();
    const secrets = { clientSecret: 'c/secret' };
    expect(await fetched(settings, secrets, memory)).toBe('all');
    expect(await fetched(settings, secrets, memory)).toBe('all');
    expect(grants).toEqual([
      `Basic ${Buffer.from('hr%20feed:c%2Fsecret').toString('base64')} grant_type=client_credentials&scope=people`,
    ]);
    issued += 1; // withdrawn
    expect(await fetched(settings, secrets, memory)).toBe('all');
    expect(grants).toHaveLength(2);
    await fetched({ ...settings, clientAuth: 'post' }, secrets);
    expect(grants[2]).toContain('client_secret=c%2Fsecret');
  });

  test('a token endpoint that refuses is told in its own words', async () => {
    files.answer = (_req, res) => send(res, '{"error":"invalid_client"}', 401);
    const settings = { auth: 'oauth', tokenUrl: `${files.origin}/token`, clientId: 'hr' };
    expect(await refused(settings, { clientSecret: 'secret-1' })).toMatch(/no token: .* 401: invalid_client/);
  });
});

describe('where a request is led', { shuffle: false }, () => {
  test('a redirect on the same host is followed with the secret', async () => {
    files.answer = (req, res) =>
      req.url === '/all'
        ? res.writeHead(307, { location: '/today' }).end()
        : send(res, `${req.url} ${req.headers['authorization']}`);
    expect(await fetched({ auth: 'header' }, { value: 'Bearer abc' })).toBe('/today Bearer abc');
  });

  test('one to another host is refused, and where it is allowed, this machine and the network around it are not', async () => {
    files.answer = (_req, res) => res.writeHead(302, { location: `${elsewhere.origin}/x` }).end();
    expect(await refused({})).toMatch(/redirects to 127.0.0.1:\d+: if that is right/);
    expect(await refused({ redirects: 'any' })).toMatch(/127.0.0.1:\d+ is refused/);
    expect(elsewhere.asked).toEqual([]);
  });

  test('a name that leads to this machine’s cloud is refused, whatever it is called', async () => {
    expect(() => source({ url: 'https://169.254.169.254/latest' })).toThrow(/169.254.169.254 is refused/);
    expect(() => source({ url: 'https://[fd00:ec2::254]/latest' })).toThrow(/refused/);
    expect(() => source({ url: 'http://hr.example.com/all' })).toThrow(/must begin with https/);
    expect(() => source({ url: 'file:///etc/passwd' })).toThrow(/http or https/);
    expect(() => source({ url: 'https://user:pass@hr.example.com/all' })).toThrow(/must not hold credentials/);
  });

  test('redirects without end are given up', async () => {
    files.answer = (_req, res) => res.writeHead(302, { location: '/all' }).end();
    expect(await refused({})).toMatch(/more than 5 times/);
  });
});

describe('what an answer must be', { shuffle: false }, () => {
  test.for([
    {
      name: 'larger than it may be',
      more: { maxMegabytes: 1 },
      answer: (res: ServerResponse) => send(res, 'x'.repeat(1_000_001)),
      words: /more than 1000000 bytes/,
    },
    { name: 'silent', more: { timeoutSeconds: 0.2 }, answer: () => {}, words: /said nothing for 0.2 seconds/ },
    {
      name: 'silent in the middle',
      more: { timeoutSeconds: 0.2 },
      answer: (res: ServerResponse) => res.writeHead(200, { 'content-length': 10 }).write('x'),
      words: /said nothing|broke off/,
    },
    {
      name: 'of no known length',
      more: {},
      answer: (res: ServerResponse) => {
        res.socket?.end('HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\na,b\n');
      },
      words: /does not say how long/,
    },
    {
      name: 'packed in a way that is not read',
      more: {},
      answer: (res: ServerResponse) => send(res, 'x', 200, { 'content-encoding': 'br' }),
      words: /packs its answer with br/,
    },
    {
      name: 'packed and damaged',
      more: {},
      answer: (res: ServerResponse) => send(res, 'x', 200, { 'content-encoding': 'gzip' }),
      words: /broke off \(Z_/,
    },
    { name: 'no file at all', more: {}, answer: (res: ServerResponse) => res.writeHead(204).end(), words: /204/ },
  ])('S43: $name: it is refused', async ({ more, answer, words }) => {
    files.answer = (_req, res) => void answer(res);
    expect(await refused(more)).toMatch(words);
  });
});

describe('S43, S70: a list that comes in pages', { shuffle: false }, () => {
  const people = Array.from({ length: 7 }, (_, index) => ({ no: index + 1 }));
  const paged = (req: IncomingMessage) => new URL(req.url ?? '', files.origin).searchParams;
  const pageOf = (from: number, size = 3) => people.slice(from, from + size);
  const all = JSON.stringify({ data: { people } });
  const inOne = async (paging: Record<string, unknown>) =>
    JSON.stringify(JSON.parse(await fetched({ paging }, {}, new Map(), 'data/people')));
  const notInOne = (paging: Record<string, unknown>) => refused({ paging }, {}, new Map(), 'data/people');

  test('by the next link', async () => {
    files.answer = (req, res) => {
      const from = Number(paged(req).get('from') ?? 0);
      const next = from + 3 < people.length ? { next: `/all?from=${from + 3}` } : {};
      json(res, { links: next, data: { people: pageOf(from) } });
    };
    expect(await inOne({ by: 'next', path: 'links/next' })).toBe(all);
  });

  test('by number, and by offset', async () => {
    files.answer = (req, res) =>
      json(res, { meta: { total: 7 }, data: { people: pageOf((Number(paged(req).get('page')) - 1) * 3) } });
    expect(await inOne({ by: 'page', parameter: 'page', total: 'meta/total' })).toBe(all);
    files.answer = (req, res) =>
      json(res, { data: { people: pageOf(Number(paged(req).get('skip')), Number(paged(req).get('limit'))) } });
    expect(await inOne({ by: 'offset', parameter: 'skip', size: { parameter: 'limit', rows: 2 } })).toBe(all);
  });

  test.for([
    {
      name: 'a page that fails',
      answer: (page: number, res: ServerResponse) =>
        page === 2 ? send(res, 'no', 500) : json(res, { data: { people: pageOf((page - 1) * 3) } }),
      words: /500/,
    },
    {
      name: 'a page without a list',
      answer: (page: number, res: ServerResponse) =>
        json(res, page === 2 ? { data: {} } : { data: { people: pageOf(0) } }),
      words: /page 2 .* has no list at data\/people/,
    },
    {
      name: 'a server that knows no pages',
      answer: (_page: number, res: ServerResponse) => json(res, { meta: { total: 7 }, data: { people: pageOf(0) } }),
      words: /the same rows, whatever "page" says/,
    },
    {
      name: 'a total that moves',
      answer: (page: number, res: ServerResponse) =>
        json(res, { meta: { total: 6 + page }, data: { people: pageOf((page - 1) * 3) } }),
      words: /there were 7 rows, and by page 2 there are 8/,
    },
    {
      name: 'fewer rows than it says',
      answer: (page: number, res: ServerResponse) =>
        json(res, { meta: { total: 9 }, data: { people: pageOf((page - 1) * 3) } }),
      words: /the pages have 7 rows, and say that there are 9/,
    },
  ])('S43: $name: nothing of it counts', async ({ name, answer, words }) => {
    files.answer = (req, res) => void answer(Number(paged(req).get('page')), res);
    const total = name.includes('fails') || name.includes('without') ? {} : { total: 'meta/total' };
    expect(await notInOne({ by: 'page', parameter: 'page', ...total })).toMatch(words);
  });

  test('a next page on another host gets no secret of ours', async () => {
    files.answer = (_req, res) => json(res, { next: `${elsewhere.origin}/more`, data: { people } });
    expect(await notInOne({ by: 'next', path: 'next' })).toMatch(/is not on 127.0.0.1/);
  });
});

describe('settings that do not fit', () => {
  test.for([
    {
      name: 'a secret that is missing',
      settings: { auth: 'basic', username: 'a' },
      secrets: {},
      words: /needs secrets.password/,
    },
    {
      name: 'a secret that nobody asks for',
      settings: {},
      secrets: { password: 'x' },
      words: /takes no secrets.password/,
    },
    {
      name: 'no user name',
      settings: { auth: 'basic' },
      secrets: { password: 'x' },
      words: /settings.username is needed/,
    },
    {
      name: 'a line break in a header',
      settings: { auth: 'header' },
      secrets: { value: 'a\r\nb: c' },
      words: /one line of ASCII/,
    },
    { name: 'a field that there is not', settings: { urls: 1 }, secrets: {}, words: /urls/ },
    { name: 'paging of no known kind', settings: { paging: { by: 'luck' } }, secrets: {}, words: /settings.paging/ },
  ])('$name', ({ settings, secrets, words }) => {
    expect(() => source(settings, secrets as Record<string, string>)).toThrow(words);
  });
});

async function bodyOf(req: IncomingMessage): Promise<string> {
  return textOf(req);
}
