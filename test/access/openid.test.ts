import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { type Browser, openBrowser, type Page } from '../support/browser.ts';
import { type OpenidProvider, startOpenidProvider } from '../support/openid-provider.ts';

let provider: OpenidProvider;
let server: RunningServer;

beforeAll(async () => {
  provider = await startOpenidProvider();
  const roles = [
    { group: 'gangway-hr', tenant: 'acme', rights: ['people'] },
    { group: 'gangway-it', tenant: 'acme', rights: ['integrations', 'audit'] },
  ];
  server = await runServer({
    environment: {
      GANGWAY_OIDC_ISSUER: provider.issuer,
      GANGWAY_OIDC_CLIENT_ID: 'gangway',
      GANGWAY_OIDC_CLIENT_SECRET: 'client-secret',
      GANGWAY_OIDC_ROLES: JSON.stringify(roles),
    },
  });
  provider.register(server.origin);
  for (const name of ['acme', 'other']) await server.call('POST', '/tenants', { body: { name } });
});
afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});
afterEach(() => {
  provider.state.tamper = null;
});

const at = (path: string) => `${server.origin}/console${path}`;

/** Goes to the issuer, signs in there, agrees, and stops where the issuer sends the browser back to Gangway. */
async function authorize(browser: Browser, login: string, start = at('/sign-in/openid')): Promise<Page> {
  let page = await browser.get(start);
  for (let step = 0; step < 20; step += 1) {
    if (page.location?.startsWith(at('/sign-in/openid/callback'))) return page;
    if (page.location !== null) page = await browser.get(page.location);
    else if (page.text.includes('name="login"')) page = await submitFirst(browser, page, { login, password: 'any' });
    else page = await submitFirst(browser, page);
  }
  throw new Error(`the issuer did not send the browser back: ${page.status} ${page.url}`);
}

function submitFirst(browser: Browser, page: Page, fields: Record<string, string> = {}): Promise<Page> {
  const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return browser.submit(action, fields);
}

async function signIn(browser: Browser, login: string): Promise<Page> {
  const back = await authorize(browser, login);
  return browser.get(back.location ?? '');
}

const rightsOf = async (name: string) => {
  const { operators } = (await server.call('GET', '/operators', { tenant: 'acme' })).body as unknown as {
    operators: { name: string; rights: string[]; signIn: string }[];
  };
  return operators.find((operator) => operator.name === name);
};

describe('OpenID Connect, as a person lives with it', { shuffle: false }, () => {
  const browser = openBrowser();

  test('S12: groups of the company account become rights', async () => {
    provider.people.set('vera', { groups: ['gangway-hr', 'gangway-it', 'staff'] });
    const page = await signIn(browser, 'vera');
    expect(page.location).toBe(at(''));
    const account = await browser.get(at('/account'));
    expect(account.text).toContain('You are vera.');
    expect(account.text).toMatch(/acme<\/td><td>people, integrations, audit/);
    expect(account.text).not.toContain('other');
    expect(await rightsOf('vera')).toMatchObject({ signIn: 'openid', rights: ['people', 'integrations', 'audit'] });
  });

  test('signing out ends the session here and leads to the issuer, which leads back', async () => {
    await browser.get(at('/account'));
    const out = await browser.submit('/console/sign-out');
    expect(out.location).toMatch(new RegExp(`^${provider.issuer}/session/end\\?`));
    const asked = await browser.follow(out);
    const body = await browser.submit(/<form[^>]*action="([^"]+)"/.exec(asked.text)?.[1] ?? '', { logout: 'yes' });
    const done = await browser.follow(body);
    expect(done.url).toBe(at('/signed-out'));
    expect((await browser.get(at('/account'))).location).toBe(at('/sign-in'));
  });

  test('what was taken away there is gone at the next sign-in', async () => {
    provider.people.set('vera', { groups: ['gangway-hr'] });
    await signIn(browser, 'vera');
    expect(await rightsOf('vera')).toMatchObject({ rights: ['people'] });
  });

  test('without a group that counts nobody is let in, in words, and keeps no role', async () => {
    provider.people.set('vera', { groups: ['staff'] });
    const page = await signIn(openBrowser(), 'vera');
    expect(page.status).toBe(403);
    expect(page.text).toContain('none of its groups has a role in Gangway');
    expect(await rightsOf('vera')).toBeUndefined();
    expect((await browser.get(at('/account'))).location).toBe(at('/sign-in'));
  });

  test('an operator of a company account gets no link for a password', async () => {
    provider.people.set('vera', { groups: ['gangway-hr'] });
    await signIn(openBrowser(), 'vera');
    const answer = await server.call('POST', '/operators/vera/link', { tenant: 'acme' });
    expect([answer.status, answer.body['code']]).toEqual([403, 'not_permitted']);
  });
});

test('the request carries PKCE, state and nonce', async () => {
  const { location } = await openBrowser().get(at('/sign-in/openid'));
  const query = new URL(location ?? '').searchParams;
  expect(query.get('code_challenge_method')).toBe('S256');
  for (const name of ['code_challenge', 'state', 'nonce']) expect(query.get(name)?.length).toBeGreaterThan(20);
});

test('somebody without any group never becomes an operator', async () => {
  provider.people.set('stranger', { groups: [] });
  expect((await signIn(openBrowser(), 'stranger')).status).toBe(403);
  const { rows } = await server.db.raw("select 1 from access.operators where name = 'stranger'");
  expect(rows).toEqual([]);
});

test.for([
  { name: 'an ID token for another client', tamper: () => ({ aud: 'someone-else' }) },
  { name: 'an ID token of another issuer', tamper: () => ({ iss: 'https://elsewhere.example.com' }) },
  { name: 'an ID token that has expired', tamper: () => ({ exp: 1_000_000_000 }) },
  { name: 'an ID token with another nonce', tamper: () => ({ nonce: 'of-somebody-else' }) },
])('$name is refused', async ({ tamper }) => {
  provider.people.set('mallory', { groups: ['gangway-it'] });
  provider.state.tamper = (claims) => ({ ...claims, ...tamper() });
  const page = await signIn(openBrowser(), 'mallory');
  expect(page.status).toBe(401);
  const { rows } = await server.db.raw("select 1 from access.operators where name = 'mallory'");
  expect(rows).toEqual([]);
});

test('an answer that is replayed, made up, or brought to another browser is refused', async () => {
  provider.people.set('lena', { groups: ['gangway-hr'] });
  const browser = openBrowser();
  const { location } = await authorize(browser, 'lena');
  const elsewhere = openBrowser();
  await elsewhere.get(at('/sign-in/openid'));
  expect((await elsewhere.get(location ?? '')).status).toBe(401);
  const madeUp = new URL(location ?? '');
  madeUp.searchParams.set('state', 'guessed');
  const other = openBrowser();
  const begun = await authorize(other, 'lena');
  expect((await other.get(madeUp.href)).status).toBe(401);
  expect((await other.get(begun.location ?? '')).status).toBe(401); // what was asked counted once
  expect((await browser.get(location ?? '')).location).toBe(at(''));
  expect((await browser.get(location ?? '')).status).toBe(401);
});

test('a local account is never taken over by a name', async () => {
  await server.call('POST', '/operators', { tenant: 'acme', body: { name: 'nora', rights: ['owner'] } });
  provider.people.set('nora', { groups: ['gangway-hr'] });
  const page = await signIn(openBrowser(), 'nora');
  expect([page.status, page.text.includes('same name')]).toEqual([403, true]);
  expect(await rightsOf('nora')).toMatchObject({ rights: ['owner'], signIn: 'link' });
});

test('a proof that is asked for again is made at the issuer', async () => {
  provider.people.set('olga', { groups: ['gangway-hr'] });
  const browser = openBrowser();
  await signIn(browser, 'olga');
  const led = await browser.get(at('/sign-in/again'));
  expect(led.location).toBe(at('/sign-in/openid?again=1'));
  const old = `update access.sessions set sess = jsonb_set(sess::jsonb, '{provedAt}', '1')::json
                where sess->>'operatorId' = (select id::text from access.operators where name = 'olga') returning sid`;
  const before = await server.db.raw(old);
  const back = await authorize(browser, 'olga', at('/sign-in/openid?again=1'));
  expect((await browser.get(back.location ?? '')).location).toBe(at(''));
  const { rows } = await server.db.raw(
    `select sid, (sess->>'provedAt')::bigint > 1 as proved from access.sessions where sid = ?`,
    [before.rows[0].sid],
  );
  expect(rows).toEqual([{ sid: before.rows[0].sid, proved: true }]);
});
