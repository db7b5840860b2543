import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningServer, runServer } from '../admin/running.ts';
import { type Browser, openBrowser, type Page } from '../support/browser.ts';

const PASSWORD = 'the tide is out today';
let server: RunningServer;

beforeAll(async () => {
  server = await runServer({ environment: { LOG_LEVEL: 'silent' } });
  for (const name of ['acme', 'ümlaut & co']) await server.call('POST', '/tenants', { body: { name } });
});
afterAll(() => server?.stop());

const at = (path: string) => `${server.origin}/console${path}`;

async function operator(name: string, rights: string[], tenants = ['acme']): Promise<Browser> {
  for (const tenant of tenants) await server.call('POST', '/operators', { tenant, body: { name, rights } });
  const { body } = await server.call('POST', `/operators/${name}/link`, { tenant: tenants[0] ?? '', body: {} });
  const url = new URL(String(body['url']));
  const browser = openBrowser();
  await browser.get(url.href);
  const page = await browser.submit(url.pathname, { password: PASSWORD, again: PASSWORD });
  expect(page.status).toBe(303);
  return browser;
}

const navigation = ({ text }: Page) => [...text.matchAll(/<li><a href="([^"]*)"/g)].map(([, href]) => href);

describe('the frame of the console', () => {
  test('strangers are led to where they sign in, and from there to the page they wanted', async () => {
    await operator('Mary', ['people']);
    const browser = openBrowser();
    const page = await browser.get(at('/t/acme/people?search=a'));
    expect([page.status, page.location]).toEqual([303, at('/sign-in')]);
    await browser.follow(page);
    const back = await browser.submit('/console/sign-in', { name: 'Mary', password: PASSWORD, code: '' });
    expect(back.location).toBe(at('/t/acme/people?search=a'));
    expect((await browser.get(back.location ?? '')).text).toContain('value="a"');
    // only once
    await browser.get(at('/account'));
    await browser.submit('/console/sign-out');
    await browser.get(at('/sign-in'));
    const again = await browser.submit('/console/sign-in', { name: 'Mary', password: PASSWORD, code: '' });
    expect(again.location).toBe(at(''));
  });

  test('S12: the navigation shows what one may open, and nothing else opens', async () => {
    const audit = await operator('Anna', ['audit']);
    const integrations = await operator('Ivan', ['integrations']);
    const home = await audit.get(at('/t/acme'));
    expect(navigation(home)).toContain('/console/t/acme/audit');
    const other = await integrations.get(at('/t/acme'));
    expect(navigation(other)).not.toContain('/console/t/acme/people');
    const refused = await integrations.get(at('/t/acme/people'));
    expect([refused.status, refused.text.includes('You may not do this')]).toEqual([403, true]);
  });

  test('another tenant is led away from, and a name of any letters is a place', async () => {
    const one = await operator('Olga', ['people']);
    for (const tenant of ['%C3%BCmlaut%20%26%20co', 'nobody', '..%2f..']) {
      expect((await one.get(at(`/t/${tenant}/people`))).location).toBe(at(''));
    }
    const both = await operator('Bert', ['people'], ['acme', 'ümlaut & co']);
    const page = await both.get(at('/t/%C3%BCmlaut%20%26%20co'));
    expect(page.text).toContain('ümlaut &amp; co');
    expect(page.text).toContain('href="/console/t/acme"');
  });

  test('a form without the token of its session changes nothing', async () => {
    const browser = await operator('Carl', ['people']);
    await browser.get(at('/t/acme/people'));
    const cookie = [...(browser.cookies.get(new URL(server.origin).host) ?? [])].map((one) => one.join('=')).join('; ');
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const id = '01a20000-0000-7000-8000-000000000000';
    for (const body of ['', 'csrf=', 'csrf=made-up']) {
      const sent = await fetch(at(`/t/acme/people/${id}/sync`), { method: 'POST', headers, body, redirect: 'manual' });
      expect([sent.status, (await sent.text()).includes('open for too long')]).toEqual([403, true]);
    }
  });

  test('pages come with a policy that lets nothing in from elsewhere, and nobody keeps them', async () => {
    const browser = await operator('Dora', ['people']);
    const { headers, text } = await browser.get(at('/t/acme/people'));
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect([headers.get('cache-control'), headers.get('x-frame-options')]).toEqual(['no-store', 'DENY']);
    expect(text).not.toMatch(/<script(?![^>]*src="\/)|<style|style="|\son\w+="/);
    for (const [, path] of text.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)) {
      const asset = await fetch(`${server.origin}${path}`);
      expect([path, asset.status, asset.headers.get('cache-control')]).toEqual([path, 200, 'public, max-age=3600']);
    }
    expect((await fetch(at('/assets/..%2frouter.ts'))).status).toBe(404);
    expect((await fetch(at('/assets/constructor'))).status).toBe(404);
  });

  test('what people are called is text, whatever they are called', async () => {
    const tenant = 'acme';
    const name = '<img src=x onerror=alert(1)>';
    const made = await server.call('POST', '/connections', { tenant, body: { name, targets: [] } });
    expect(made.status).toBe(201);
    const browser = await operator('Ewa', ['people', 'integrations']);
    const { text } = await browser.get(at('/t/acme'));
    expect(text).toContain('&lt;img src=x');
    expect(text).not.toContain('<img src=x');
  });

  test('what does not exist is said on a page, with a way back', async () => {
    const browser = await operator('Fred', ['people']);
    for (const path of ['/t/acme/nowhere', '/t/acme/people/01a20000-0000-7000-8000-000000000000', '/t/acme/people/x']) {
      const { status, text } = await browser.get(at(path));
      expect([path, status, text.includes('There is nothing here')]).toEqual([path, 404, true]);
    }
  });
});
