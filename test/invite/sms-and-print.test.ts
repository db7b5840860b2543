import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gangway as command } from '../cli/gangway.ts';
import { eventually, type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';

type Sms = { headers: Record<string, unknown>; body: { recipient: string; message: { text: string; sender: string } } };
type Row = {
  id: string;
  personId: string;
  state: string;
  channel: string;
  lastAnswer: string | null;
  location: string;
};

const SECRET = 'gateway-secret-that-nobody-may-see';
let gateway: Server;
let status = 202;
const received: Sms[] = [];
let gangway: Gangway;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gangway-sheets-'));
  gateway = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => {
      text += chunk;
    });
    req.on('end', () => {
      received.push({ headers: req.headers, body: JSON.parse(text) });
      res.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  gangway = await startGangway({
    policy: { invite: 'automatic', inviteChannel: ['email', 'sms', 'print'] },
    environment: {
      PUBLIC_URL: 'https://join.example',
      GANGWAY_SMS_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`,
      GANGWAY_SMS_SECRET: SECRET,
      GANGWAY_SMS_FROM: 'Acme',
      GANGWAY_SMS_TEMPLATE: '{"recipient":"{to}","message":{"text":"{text}","sender":"{from}"}}',
    },
  });
});
afterAll(async () => {
  await gangway?.stop();
  gateway?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function joiner(name: string, more: Record<string, unknown> = {}): Promise<string> {
  return String((await gangway.scim('POST', '/Users', scimUser(name, more))).body['id']);
}
const mobile = (value: string) => ({ phoneNumbers: [{ type: 'mobile', value }] });
const until = (personId: string, state: string) =>
  eventually(`the invite is ${state}`, async () => {
    const { invites } = (await gangway.admin('GET', '/invites?limit=1000')).body as { invites: Row[] };
    return invites.find((invite) => invite.personId === personId && invite.state === state);
  });
const locally = (link: string) => link.replace('https://join.example', gangway.running.origin);

describe('S73: by SMS', { shuffle: false }, () => {
  test('one short message with the link, by the gateway’s own words', async () => {
    const id = await joiner('sam', mobile('+49 151 12345678'));
    expect(await until(id, 'sent')).toMatchObject({ channel: 'sms' });
    const [one] = received;
    expect(one?.headers).toMatchObject({ authorization: `Bearer ${SECRET}` });
    expect(one?.body).toMatchObject({ recipient: '+4915112345678', message: { sender: 'Acme' } });
    const text = one?.body.message.text ?? '';
    expect(text).toMatch(/^test invites you to app: https:\/\/join\.example\/join\/[\w-]{44}$/);
    expect(text.length).toBeLessThanOrEqual(160);
    expect((await fetch(locally(text.slice(text.indexOf('https'))), { method: 'POST' })).status).toBe(200);
    await until(id, 'accepted');
  });

  test.for([
    [400, 'bounced'],
    [503, 'queued'],
    [500, 'sent'],
  ] as const)('an answer of %s leaves it %s', async ([answer, state]) => {
    status = answer;
    const id = await joiner(`sam${answer}`, mobile(`+49151000000${answer}`));
    const invite = await eventually('it was tried', async () => {
      const found = await until(id, state);
      return found && found.lastAnswer !== null && found;
    });
    expect(invite.lastAnswer).toBe(`the gateway answered ${answer}`);
    status = 202;
  });

  test('no secret of the gateway is in an answer or the database', async () => {
    const { rows } = await gangway.db.raw('select json_agg(i)::text as text from invites i');
    expect(rows[0].text).not.toContain(SECRET);
  });
});

describe('S74: on paper', { shuffle: false }, () => {
  const work = (locality: string) => ({ addresses: [{ type: 'work', locality }] });
  let first: string;
  const linksIn = (html: string) =>
    [...html.matchAll(/https:\/\/join\.example\/join\/[\w-]{44}/g)].map(([link]) => link);
  const print = async (more: object = {}) => {
    const path = `${gangway.running.origin}/api/v1/invites/print`;
    const headers = { authorization: `Bearer ${gangway.running.adminKey}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ connection: gangway.connection.id, ...more });
    const response = await fetch(path, { method: 'POST', headers, body });
    return { status: response.status, type: response.headers.get('content-type'), html: await response.text() };
  };

  test('a sheet for each person of a place: name, code, drawing; the rest waits', async () => {
    const bonn = await joiner('pia', { ...work('Bonn'), displayName: 'Pia <Print>', preferredLanguage: 'de' });
    const ulm = await joiner('paul', work('Ulm'));
    await until(bonn, 'queued');
    await until(ulm, 'queued');
    const { type, html } = await print({ location: 'bonn' });
    expect(type).toContain('text/html');
    expect(html.match(/<section/g)).toHaveLength(1);
    expect(html).toContain('Pia &lt;Print&gt;');
    expect(html).toContain('Scannen Sie diesen Code');
    expect(html).toMatch(/<svg[\s\S]*<\/svg>/);
    [first = ''] = linksIn(html);
    expect((await fetch(locally(first))).status).toBe(200);
    await until(bonn, 'sent');
    await until(ulm, 'queued');
    const { rows } = await gangway.db.raw(`select detail from audit where action = 'invite.print'`);
    expect(rows[0].detail).toMatchObject({ location: 'bonn', sheets: 1 });
  });

  test('printed again, the former sheet is worth nothing; a run without "again" prints nobody twice', async () => {
    expect((await print({ location: 'Bonn' })).html).not.toContain('<section');
    const { html } = await print({ location: 'Bonn', again: true });
    const [second = ''] = linksIn(html);
    expect(second).not.toBe(first);
    expect([(await fetch(locally(first))).status, (await fetch(locally(second))).status]).toEqual([404, 200]);
  });

  test('from the command line the sheets go to a file that only its owner can read', { timeout: 60_000 }, async () => {
    const env = { GANGWAY_ADMIN_KEY: gangway.running.adminKey };
    const out = join(folder, 'sheets.html');
    const url = ['--url', gangway.running.origin];
    const printed = await command(['invite', 'print', '--connection', 'idp', '--out', out, ...url], env);
    expect([printed.code, printed.stderr]).toEqual([0, '']);
    expect(printed.stdout).toContain(`1 sheets are in ${out}`);
    expect(linksIn(readFileSync(out, 'utf8'))).toHaveLength(1);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const again = await command(['invite', 'print', '--connection', 'idp', '--out', out, ...url], env);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
    const list = await command(['invite', 'list', '--channel', 'print', ...url], env);
    expect(list.stdout).toMatch(/paul@example\.com +print +sent/);
    const id = /paul@.* ([-0-9a-f]{36}) /.exec(list.stdout)?.[1] ?? '';
    const say = async (...words: string[]) => (await command(['invite', ...words, ...url], env)).stdout;
    expect(await say('resend', id)).toBe(`invite ${id} is sent anew\n`);
    expect(await say('send', 'paul@example.com', 'nobody@example.com', '--channel', 'print')).toBe(
      'paul@example.com is invited once more\n' +
        'nobody@example.com is not: no connection knows anybody as "nobody@example.com"\n',
    );
    expect(await say('revoke', id)).toBe(`invite ${id} is withdrawn\n`);
  });

  test('sheets are never reminded of, and expire', async () => {
    await settled(gangway.db);
    const { rows } = await gangway.db.raw(
      `select count(*)::int as odd from invites where channel = 'print' and state = 'sent'
          and (next_at is not null or expires_at is null)`,
    );
    expect(rows).toEqual([{ odd: 0 }]);
  });
});
