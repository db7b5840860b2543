import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totpCode } from '../../src/access/totp.ts';
import { type RunningServer, runServer } from '../admin/running.ts';
import { type Browser, openBrowser, type Page } from '../support/browser.ts';

const PASSWORD = 'the tide is out today';
let server: RunningServer;

beforeAll(async () => {
  server = await runServer({ environment: { LOG_LEVEL: 'silent' } });
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
});
afterAll(() => server.stop());

const at = (path: string) => `${server.origin}/console${path}`;
const link = async (name: string, body = {}) =>
  String((await server.call('POST', `/operators/${name}/link`, { body })).body['url']);

/** An operator who has chosen a password. */
async function operator(name: string, rights: string[], language = 'en'): Promise<Browser> {
  await server.call('POST', '/operators', { body: { name, rights, language } });
  const browser = openBrowser();
  await choosePassword(browser, await link(name));
  return browser;
}

async function choosePassword(browser: Browser, url: string, password = PASSWORD, again = password): Promise<Page> {
  await browser.get(url);
  return browser.submit(new URL(url).pathname, { password, again });
}

async function signIn(browser: Browser, name: string, password = PASSWORD, code = ''): Promise<Page> {
  await browser.get(at('/sign-in'));
  return browser.submit('/console/sign-in', { name, password, code });
}

const sessionCookie = (browser: Browser) => browser.cookies.get(new URL(server.origin).host)?.get('gangway_session');

describe('an operator’s first days', { shuffle: false }, () => {
  const ada = openBrowser();
  let url: string;

  test('a one-time link asks for a password, and looking at it uses nothing up', async () => {
    await server.call('POST', '/operators', { body: { name: 'Ada', rights: ['people'] } });
    url = await link('Ada');
    for (let look = 0; look < 3; look += 1) expect((await openBrowser().get(url)).status).toBe(200);
  });

  test.for([
    { name: 'a short password is refused in words', password: 'short', again: 'short', words: 'at least 12' },
    { name: 'a common one too', password: 'password1234', again: 'password1234', words: 'tried first' },
    { name: 'and two that differ', password: PASSWORD, again: `${PASSWORD}!`, words: 'differ' },
  ])('$name', async ({ password, again, words }) => {
    const page = await choosePassword(ada, url, password, again);
    expect(page.status).toBe(422);
    expect(page.text).toContain(words);
  });

  test('the password signs in, under a new session id (fixation)', async () => {
    await ada.get(url);
    const before = sessionCookie(ada);
    const page = await choosePassword(ada, url);
    expect([page.status, page.location]).toEqual([303, at('')]);
    expect(sessionCookie(ada)).not.toBe(before);
    const account = await ada.get(at('/account'));
    expect(account.text).toContain('You are Ada.');
    expect(account.text).toMatch(/acme<\/td><td>people/);
  });

  test('the link is used up', async () => {
    expect((await openBrowser().get(url)).status).toBe(410);
  });

  test('signing out ends the session on the server, also for a cookie that was copied', async () => {
    const copied = openBrowser();
    copied.cookies = ada.cookies;
    const cookie = `gangway_session=${sessionCookie(ada)}`;
    await ada.get(at('/account'));
    const page = await ada.submit('/console/sign-out');
    expect(page.location).toBe(at('/signed-out'));
    const response = await fetch(at('/account'), { headers: { cookie }, redirect: 'manual' });
    expect(response.status).toBe(303);
  });

  test('name and password sign in again, whatever the case of the name', async () => {
    expect((await signIn(ada, 'ADA')).location).toBe(at(''));
  });

  test('the sign-in is in the audit, in the operator’s name', async () => {
    const { rows } = await server.db.raw("select actor, action from audit where action = 'operator.sign-in'");
    expect(rows).toContainEqual({ actor: 'Ada', action: 'operator.sign-in' });
  });
});

describe('a second factor', { shuffle: false }, () => {
  let browser: Browser;
  let secret: string;
  let recovery: string[];
  const step = () => Math.floor(Date.now() / 30_000);

  test('it is set up by a code of the app', async () => {
    browser = await operator('Grace', ['audit']);
    await browser.get(at('/account'));
    const asked = await browser.submit('/console/account/code');
    secret = /[A-Z2-7]{32}/.exec(asked.text)?.[0] ?? '';
    expect(asked.text).toContain('<svg');
    expect((await browser.submit('/console/account/code/confirm', { code: '000000' })).status).toBe(422);
    const done = await browser.submit('/console/account/code/confirm', { code: totpCode(secret, step()) });
    recovery = [...done.text.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code = '']) => code);
    expect(recovery).toHaveLength(10);
  });

  test('the password alone signs in no more, and the answer does not say why', async () => {
    const without = await signIn(openBrowser(), 'Grace');
    const wrong = await signIn(openBrowser(), 'Grace', 'another password');
    expect([without.status, wrong.status]).toEqual([401, 401]);
    const stripped = (page: Page) => page.text.replaceAll(/(nonce|value)="[^"]*"/g, '');
    expect(stripped(without)).toBe(stripped(wrong));
  });

  test('a code that was used is used up, the next one signs in', async () => {
    expect((await signIn(openBrowser(), 'Grace', PASSWORD, totpCode(secret, step()))).status).toBe(401);
    expect((await signIn(openBrowser(), 'Grace', PASSWORD, totpCode(secret, step() + 1))).status).toBe(303);
  });

  test('a recovery code signs in once', async () => {
    const [code = ''] = recovery;
    expect((await signIn(openBrowser(), 'Grace', PASSWORD, code.toUpperCase())).status).toBe(303);
    expect((await signIn(openBrowser(), 'Grace', PASSWORD, code)).status).toBe(401);
  });

  test('a link sets another password, ends all sessions, and does not get past the second factor', async () => {
    const page = await choosePassword(openBrowser(), await link('Grace'), 'a different sentence');
    expect(page.status).toBe(200);
    expect((await browser.get(at('/account'))).status).toBe(303);
    expect((await signIn(openBrowser(), 'Grace', 'a different sentence')).status).toBe(401);
  });

  test('who lost phone and codes gets a link that takes the second factor away', async () => {
    const page = await choosePassword(openBrowser(), await link('Grace', { resetCode: true }));
    expect(page.status).toBe(303);
  });

  test('neither secret nor codes nor password lie open in the database', async () => {
    const { rows } = await server.db.raw('select o::text as operator from access.operators o');
    const { rows: audit } = await server.db.raw('select detail::text as detail from audit');
    const text = JSON.stringify([rows, audit]);
    for (const open of [secret, PASSWORD, ...recovery]) expect(text).not.toContain(open);
  });
});

test('nobody learns who has an account: unknown name and wrong password get the same page', async () => {
  await operator('Mary', ['people']);
  const known = await signIn(openBrowser(), 'Mary', 'not her password');
  const unknown = await signIn(openBrowser(), 'Nobody', 'not her password');
  const stripped = (page: Page, name: string) =>
    page.text.replaceAll(/(nonce|value)="[^"]*"/g, '').replaceAll(name, '');
  expect([known.status, unknown.status]).toEqual([401, 401]);
  expect(stripped(known, 'Mary')).toBe(stripped(unknown, 'Nobody'));
});

test('ten tries are enough for one account, then even the right password waits', async () => {
  await operator('Edith', ['people']);
  for (let tries = 0; tries < 10; tries += 1) expect((await signIn(openBrowser(), 'Edith', 'wrong')).status).toBe(401);
  const late = await signIn(openBrowser(), 'Edith');
  expect([late.status, late.headers.get('retry-after')]).toEqual([429, '900']);
});

test('a form without the token of its session is refused', async () => {
  const browser = await operator('Joan', ['people']);
  await browser.get(at('/account'));
  expect((await browser.submit('/console/sign-out', { csrf: 'guessed' })).status).toBe(403);
  expect((await browser.get(at('/account'))).status).toBe(200);
});

test('an address that cannot be read and a form that is too long are answered, not logged as failures', async () => {
  expect((await openBrowser().get(at('/sign-in/link/%E0%A4%A'))).status).toBe(400);
  const body = `name=${'x'.repeat(30_000)}`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await fetch(at('/sign-in'), { method: 'POST', headers, body })).status).toBe(413);
});

test('a session ends eight hours after its last use, and a day after it began', async () => {
  const browser = await operator('Hedy', ['people']);
  const set = (sql: string) =>
    server.db.raw(`${sql} where sess->>'operatorId' = (select id::text from access.operators where name = 'Hedy')`);
  const { rows } = await server.db.raw(
    `select extract(epoch from expire - now()) / 3600 as hours from access.sessions
      where sess->>'operatorId' = (select id::text from access.operators where name = 'Hedy')`,
  );
  expect(Number(rows[0].hours)).toBeGreaterThan(7.9);
  expect(Number(rows[0].hours)).toBeLessThan(8.1);
  const dayAgo = Date.now() - 24 * 3_600_000;
  await set(`update access.sessions set sess = jsonb_set(sess::jsonb, '{startedAt}', '${dayAgo}')::json`);
  expect((await browser.get(at('/account'))).location).toBe(at('/sign-in'));
  await signIn(browser, 'Hedy');
  expect((await browser.get(at('/account'))).status).toBe(200);
  await set(`update access.sessions set expire = now() - interval '1 second'`);
  expect((await browser.get(at('/account'))).location).toBe(at('/sign-in'));
});

test('sessions are listed and can be ended one by one', async () => {
  const one = await operator('Lise', ['people']);
  const other = openBrowser();
  await signIn(other, 'Lise');
  const account = await one.get(at('/account'));
  const ends = [...account.text.matchAll(/action="(\/console\/account\/sessions\/[0-9a-f]+\/end)"/g)];
  expect(ends).toHaveLength(2);
  await one.submit(ends[0]?.[1] ?? ''); // the newest is the other one
  expect((await other.get(at('/account'))).status).toBe(303);
  expect((await one.get(at('/account'))).status).toBe(200);
});

test('pages have no script, a strict policy, and a label for each field, in both languages', async () => {
  const english = await openBrowser().get(at('/sign-in'));
  const german = await openBrowser().get(at('/sign-in'), { 'accept-language': 'de-AT,de;q=0.9' });
  expect(english.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'self'; form-action 'self'/,
  );
  expect(english.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/);
  expect(english.text).toContain('<html lang="en">');
  expect(german.text).toMatch(/<html lang="de">[\s\S]*Anmelden/);
  for (const { text } of [english, german]) {
    expect(text).not.toMatch(/<script|javascript:| on\w+=/);
    const fields = [...text.matchAll(/<input id="([^"]+)"/g)].map(([, id]) => id);
    expect(fields).toEqual(['name', 'password', 'code']);
    for (const id of fields) expect(text).toContain(`<label for="${id}">`);
  }
});

describe('a session as proof for the API', () => {
  const ask = async (
    browser: Browser,
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ) => {
    const headers = {
      cookie: `gangway_session=${sessionCookie(browser)}`,
      'content-type': 'application/json',
      ...more,
    };
    const sent = body === undefined ? null : JSON.stringify(body);
    const response = await fetch(`${server.origin}/api/v1${path}`, { method, headers, body: sent });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  };
  const tokenOf = async (browser: Browser) =>
    /name="csrf" value="([0-9a-f]+)"/.exec((await browser.get(at('/account'))).text)?.[1] ?? '';

  test('it reads; to change something it needs the token of the session', async () => {
    const browser = await operator('Rosa', ['owner']);
    expect((await ask(browser, 'GET', '/me')).body).toMatchObject({ kind: 'operator', name: 'Rosa' });
    const wanted = { name: 'made-by-rosa' };
    expect((await ask(browser, 'POST', '/connections', wanted)).status).toBe(401);
    const made = await ask(browser, 'POST', '/connections', wanted, { 'x-csrf-token': await tokenOf(browser) });
    expect(made.status).toBe(201);
    const { rows } = await server.db.raw('select actor from audit where subject = ?', [made.body.id]);
    expect(rows).toEqual([{ actor: 'Rosa' }]);
  });

  test('dangerous acts need a proof that is younger than ten minutes', async () => {
    const browser = await operator('Emmy', ['owner']);
    const csrf = { 'x-csrf-token': await tokenOf(browser) };
    const add = (name: string) => ask(browser, 'POST', '/technical-users', { name, rights: ['audit'] }, csrf);
    expect((await add('fresh')).status).toBe(201);
    await server.db.raw(
      `update access.sessions set sess = jsonb_set(sess::jsonb, '{provedAt}', to_jsonb(?::bigint))::json
        where sess->>'operatorId' = (select id::text from access.operators where name = 'Emmy')`,
      [Date.now() - 600_001],
    );
    const stale = await add('stale');
    expect([stale.status, stale.body.code]).toEqual([403, 'sign_in_again']);
    await browser.get(at('/account'));
    const led = await browser.submit('/console/account/code');
    expect(led.location).toBe(at('/sign-in/again'));
    await browser.follow(led);
    expect((await browser.submit('/console/sign-in/again', { password: 'wrong' })).status).toBe(401);
    expect((await browser.submit('/console/sign-in/again', { password: PASSWORD })).status).toBe(303);
    expect((await add('stale')).status).toBe(201);
  });

  test('who loses the role is out at the next request', async () => {
    const browser = await operator('Ida', ['people']);
    expect((await browser.get(at('/account'))).status).toBe(200);
    expect((await server.call('DELETE', '/operators/Ida')).status).toBe(204);
    expect((await browser.get(at('/account'))).status).toBe(303);
    expect((await ask(browser, 'GET', '/me')).status).toBe(401);
  });
});
