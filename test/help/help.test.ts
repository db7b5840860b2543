import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { openBrowser } from '../support/browser.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await runServer({ environment: { LOG_LEVEL: 'silent' } });
  await server.call('POST', '/tenants', { body: { name: 'acme' } });
});
afterAll(() => server?.stop());

const at = (path = '') => `${server.origin}/help${path}`;
const counts = async () =>
  (await server.db.raw('select page, helpful, count::int from access.help_feedback order by 1, 2')).rows;

describe('help', () => {
  test('S20, S53: everybody finds the supported systems, each with a guide that has this installation’s own addresses', async () => {
    const browser = openBrowser();
    const { text } = await browser.get(at());
    for (const name of ['okta', 'entra', 'google', 'rosters']) expect(text).toContain(`href="/help/${name}"`);
    const guide = await browser.get(at('/okta'));
    expect(guide.text).toContain(`${server.origin}/scim/v2`);
    expect(guide.text).not.toContain('gangway.example.com');
  });

  test('every guide is a page, and every link between pages leads somewhere', async () => {
    const browser = openBrowser();
    const names = readdirSync(join(import.meta.dirname, '../../docs')).flatMap(
      (file) => /^(.+)\.md$/.exec(file)?.[1] ?? [],
    );
    const pages = new Map<string, string>();
    for (const name of names) {
      const page = await browser.get(at(`/${name}`));
      expect([name, page.status]).toEqual([name, 200]);
      pages.set(name, page.text);
    }
    const broken = [...pages].flatMap(([name, text]) =>
      [...text.matchAll(/href="(?:\/help\/([\w-]+))?(?:#([^"]+))?"/g)].flatMap(([link, page = name, anchor]) => {
        const there = pages.get(page);
        return there === undefined || (anchor && !there.includes(`id="${anchor}"`)) ? [`${name}: ${link}`] : [];
      }),
    );
    expect(broken).toEqual([]);
  });

  test.for([
    { words: 'entra token', page: 'entra' },
    { words: 'unknown_department', page: 'rosters' },
    { words: 'guard hold', page: 'operations' },
  ])('S26: a search for "$words" finds the place', async ({ words, page }) => {
    const { text } = await openBrowser().get(at(`?search=${encodeURIComponent(words)}`));
    expect(text).toMatch(new RegExp(`href="/help/${page}#`));
  });

  test('S26: a search that finds nothing says so, whatever is searched for', async () => {
    for (const words of ['xyzzyplugh', '<script>alert(1)</script>', '"'.repeat(500)]) {
      const { status, text } = await openBrowser().get(at(`?search=${encodeURIComponent(words)}`));
      expect([status, text.includes('Nothing for')]).toEqual([200, true]);
      expect(text).not.toContain('<script>');
    }
  });

  test('S83: the advice of how to live with a source is where help begins, in German too', async () => {
    expect((await openBrowser().get(at())).text).toContain('Change people at the source');
    const german = await openBrowser().get(at(), { 'accept-language': 'de' });
    expect(german.text).toContain('Ändern Sie Personen an der Quelle');
  });

  test('S47: whether a page helped is counted without a name; comments are for who signed in', async () => {
    const browser = openBrowser();
    await browser.get(at('/okta'));
    const done = await browser.submit('/help/okta/feedback', { helpful: 'yes', comment: 'spam' });
    expect(done.location).toBe(at('/okta?thanks#feedback'));
    expect(await counts()).toEqual([{ page: 'okta', helpful: true, count: 1 }]);
    await browser.get(at('/okta'));
    await browser.submit('/help/okta/feedback', { helpful: 'perhaps' });
    await server.call('POST', '/operators', { body: { name: 'Ada', rights: ['people'] } });
    const { body } = await server.call('POST', '/operators/Ada/link', { body: {} });
    const url = new URL(String(body['url']));
    await browser.get(url.href);
    await browser.submit(url.pathname, { password: 'the tide is out today', again: 'the tide is out today' });
    await browser.get(at('/okta'));
    await browser.submit('/help/okta/feedback', { helpful: 'no', comment: 'Where is the token?' });
    expect(await counts()).toEqual([
      { page: 'okta', helpful: false, count: 1 },
      { page: 'okta', helpful: true, count: 1 },
    ]);
    const { rows } = await server.db.raw('select page, comment from access.help_comments');
    expect(rows).toEqual([{ page: 'okta', comment: 'Where is the token?' }]);
  });

  test('pages that do not exist lead to the first one', async () => {
    expect((await openBrowser().get(at('/..%2fpackage'))).location).toBe(at());
    expect((await openBrowser().get(at('/constructor'))).location).toBe(at());
  });
});
