import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTarget } from '../../src/directory/targets.ts';
import { createTenant } from '../../src/directory/tenants.ts';
import { adminOf } from '../support/admin.ts';
import { type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
let person: string;
let account: string;
beforeAll(async () => {
  gangway = await startGangway({
    policy: { invite: 'automatic', manualEdits: { title: 'lock', default: 'override' } },
  });
  person = String((await gangway.scim('POST', '/Users', scimUser('ada'))).body['id']);
  await settled(gangway.db);
  account = (await gangway.accounts())[0]?.id ?? '';
});
afterAll(() => gangway?.stop());

type Badge = { account: string; token: string; svg: string; html: string };

const managed = async (remoteId = account) =>
  gangway.admin('GET', `/targets/${gangway.targetId}/accounts/${encodeURIComponent(remoteId)}/managed`);
async function badgeFor(remoteId = account): Promise<Badge> {
  const { body } = await gangway.admin('POST', `/targets/${gangway.targetId}/badges`, { accounts: [remoteId] });
  return (body['badges'] as [Badge])[0];
}
async function open(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers: { 'accept-language': 'en', ...headers } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('an account of the app', { shuffle: false }, () => {
  test('S11, S30, S55: the API says by what it is managed, and which fields are locked, but not whose it is', async () => {
    const { status, headers, body } = await managed();
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, max-age=60']);
    expect(body).toMatchObject({
      account,
      managed: true,
      connection: { id: gangway.connection.id, name: 'idp' },
      label: 'added via idp',
      origin: 'invited',
      state: 'invited',
      syncState: 'synced',
      locked: ['title'],
    });
    expect(body['attributes']).toContainEqual({ name: 'email', manualEdits: 'override', locked: false });
    expect(JSON.stringify(body)).not.toMatch(new RegExp(`ada|Tester|${person}`));
  });

  test('what has not changed is not sent again', async () => {
    const path = `/targets/${gangway.targetId}/accounts/${account}/managed`;
    const url = `${gangway.running.origin}/api/v1${path}`;
    const authorization = `Bearer ${gangway.running.adminKey}`;
    const first = await fetch(url, { headers: { authorization } });
    const tag = first.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { authorization, 'if-none-match': tag } })).status).toBe(304);
    const { svg } = await badgeFor();
    const { headers } = await open(svg);
    expect((await open(svg, { 'if-none-match': headers.get('etag') ?? '' })).status).toBe(304);
    expect((await open(`${svg}?lang=de`, { 'if-none-match': headers.get('etag') ?? '' })).status).toBe(200);
  });

  test('S11, S21: the badge says so as a picture and as a page, in the reader’s language', async () => {
    const { svg, html } = await badgeFor();
    const picture = await open(svg);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(picture.text).toContain('Managed by idp');
    expect(picture.text).toContain('Locked: title');
    expect(picture.headers.get('cache-control')).toBe('private, max-age=60');
    expect(picture.headers.get('vary')).toContain('Accept-Language');
    const page = await open(html, { 'accept-language': 'de-AT,de;q=0.9' });
    expect(page.text).toContain('<html lang="de">');
    expect(page.text).toContain('Verwaltet durch idp');
    expect((await open(`${html}?lang=en`, { 'accept-language': 'de' })).text).toContain('Managed by idp');
    expect((await open(html, { 'accept-language': 'fr' })).text).toContain('Managed by idp');
    expect(`${picture.text}${page.text}`).not.toMatch(new RegExp(`ada|Tester|${person}|@example`));
  });

  test('it has no script, loads nothing, and goes into the frames that the target allows', async () => {
    const { svg, html } = await badgeFor();
    for (const url of [svg, html]) {
      const { text, headers } = await open(url);
      expect(text).not.toMatch(/<script|\son\w+=|<link|<img|@import|url\(/i);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'; style-src 'sha256-/);
      expect(policy).toMatch(/frame-ancestors \*$/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    const set = (badgeOrigins: unknown) =>
      gangway.admin('PATCH', `/targets/${gangway.targetId}`, { settings: { badgeOrigins } });
    expect((await set(['https://app.example.com'])).status).toBe(200);
    const limited = (await open(html)).headers.get('content-security-policy');
    expect(limited).toMatch(/frame-ancestors https:\/\/app\.example\.com$/);
    expect((await set(["x; script-src 'unsafe-inline'"])).status).toBe(422);
    expect((await set(null)).status).toBe(200);
  });

  test('an account that no connection knows is not managed, and nothing is said about anybody', async () => {
    for (const unknown of ['nobody', person, '../../etc', 'ü/?#%', 'ada@example.com']) {
      expect((await managed(unknown)).body).toEqual({ account: unknown, managed: false });
      const { svg, html } = await badgeFor(unknown);
      const [picture, page] = [await open(svg), await open(html)];
      expect([picture.status, page.status]).toEqual([200, 200]);
      expect(picture.text).toContain('Not managed');
      expect(`${picture.text}${page.text}`).not.toMatch(/idp|Locked|ada/);
    }
  });

  test('a token that was not made with the target’s key shows nothing', async () => {
    const { token, html } = await badgeFor();
    const base = html.slice(0, html.length - token.length - '.html'.length);
    const [tenant = '', target = '', , signed = ''] = token.split('.');
    const other = Buffer.from('another').toString('base64url');
    const swapped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const bad of [
      swapped,
      `${tenant}.${target}.${other}.${signed}`,
      `${target}.${tenant}.${other}.${signed}`,
      'x',
      '%00',
      '%E0%A4%A',
    ]) {
      const page = await open(`${base}${bad}.html`);
      expect([bad, page.status, page.headers.get('cache-control')]).toEqual([bad, 404, 'no-store']);
      expect(page.text).not.toMatch(/idp|anaged/);
    }
    expect((await open(`${base}${token}`)).status).toBe(404);
    expect((await open(`${base}${token}.png`)).status).toBe(404);
  });

  test('the app makes tokens by itself with the target’s badge key, in Node and in Python; another key ends it', async () => {
    const { token: before, html: old } = await badgeFor();
    const made = await gangway.admin('POST', `/targets/${gangway.targetId}/badge-key`, {});
    const { key, prefix, url } = made.body as { key: string; prefix: string; url: string };
    expect([made.status, url]).toEqual([201, `${gangway.running.origin}/badge/`]);
    expect((await open(old)).status).toBe(404);
    const { token } = await badgeFor();
    expect(token).not.toBe(before);
    for (const program of examples()) {
      expect(run(program, { BADGE_KEY: key, BADGE_PREFIX: prefix, ACCOUNT: account })).toBe(token);
    }
    expect((await open(`${url}${token}.html`)).text).toContain('Managed by idp');
    const { rows } = await gangway.db.raw(`select detail from audit where action = 'target.badge-key'`);
    expect(rows).toEqual([{ detail: { name: 'app', edition: 1 } }]);
  });

  test.for([
    { name: 'no accounts', body: { accounts: [] } },
    { name: 'more than 1,000', body: { accounts: Array.from({ length: 1001 }, (_, index) => `r${index}`) } },
    { name: 'an empty name', body: { accounts: [''] } },
    { name: 'a name that nothing can hold', body: { accounts: ['\0'] } },
    { name: 'a field that is not known', body: { accounts: ['r1'], until: 'tomorrow' } },
  ])('$name: 422', async ({ body }) => {
    expect((await gangway.admin('POST', `/targets/${gangway.targetId}/badges`, body)).status).toBe(422);
  });

  test('1,000 badges come at once', async () => {
    const accounts = Array.from({ length: 1000 }, (_, index) => `r${index}`);
    const { body } = await gangway.admin('POST', `/targets/${gangway.targetId}/badges`, { accounts });
    expect((body['badges'] as Badge[]).map((badge) => badge.account)).toEqual(accounts);
  });

  test('S79: a suspended account is still managed, one that was let go is not', async () => {
    const { html } = await badgeFor();
    const active = async (value: boolean) => {
      await gangway.scim('PATCH', `/Users/${person}`, patchOp({ op: 'replace', path: 'active', value }));
      await settled(gangway.db);
    };
    await fetch(`${gangway.running.origin}/sandbox/accounts/${account}/accept`, { method: 'POST', redirect: 'manual' });
    await active(false);
    expect((await managed()).body).toMatchObject({ managed: true, state: 'suspended' });
    expect((await open(html)).text).toContain('suspended, up to date');
    await active(true);
    expect((await open(html)).text).toContain('active, up to date');
    await gangway.admin('POST', `/connections/${gangway.connection.id}/disconnect`);
    await settled(gangway.db);
    expect((await managed()).body).toEqual({ account, managed: false });
    expect((await open(html)).text).toContain('Not managed');
  });

  // the last one: with a second tenant each request has to name its own
  test('another tenant cannot make, or ask for, badges of this target', async () => {
    const tenantId = await createTenant(gangway.db, 'stranger');
    const stranger = adminOf(gangway, tenantId);
    const ours = `/targets/${gangway.targetId}`;
    expect((await stranger('GET', `${ours}/accounts/${account}/managed`)).status).toBe(404);
    expect((await stranger('POST', `${ours}/badges`, { accounts: [account] })).status).toBe(404);
    expect((await stranger('POST', `${ours}/badge-key`, {})).status).toBe(404);
    const target = { name: 'app', kind: 'sandbox', settings: {}, secrets: null };
    const { id } = await createTarget(gangway.db, tenantId, target);
    const { body } = await stranger('POST', `/targets/${id}/badges`, { accounts: [account] });
    const [badge] = body['badges'] as [Badge];
    expect((await open(badge.html)).text).toContain('Not managed'); // the same account id means nothing there
    await stranger('DELETE', `/targets/${id}`);
    expect((await open(badge.html)).status).toBe(404);
  });
});

/** The programs of docs/badge.md, word for word. */
function examples(): { language: string; text: string }[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/badge.md'), 'utf8');
  const found = [...page.matchAll(/```(js|python)\n([\s\S]*?)```/g)];
  expect(found.map(([, language]) => language)).toEqual(['js', 'python']);
  return found.map(([, language = '', text = '']) => ({ language, text }));
}

/** What a program prints. */
function run({ language, text }: { language: string; text: string }, environment: Record<string, string>): string {
  const env = { PATH: process.env['PATH'], ...environment };
  const [command, args] =
    language === 'js' ? [process.execPath, ['--input-type=module', '-e', text]] : ['python3', ['-c', text]];
  return execFileSync(command, args, { env, encoding: 'utf8' }).trim();
}
