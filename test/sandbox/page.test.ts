import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSandbox } from './running.ts';

let sandbox: Awaited<ReturnType<typeof runSandbox>>;
beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(() => sandbox.stop());

const invite = async (email: string, more: object = {}) =>
  (await sandbox.call('POST', '/invitations', { email, ...more })).body;
const get = (path: string, accept?: string) =>
  fetch(sandbox.page + path, { redirect: 'manual', headers: accept ? { accept } : {} });
const html = async (path = '/accounts') => (await get(path, 'text/html')).text();

// the page fills up from test to test
describe('the accounts page', { shuffle: false }, () => {
  test('an empty page says so, and the bare address leads to it', async () => {
    const res = await get('');
    expect([res.status, res.headers.get('location')]).toEqual([302, '/some/where/accounts']);
    expect(await html()).toContain('No accounts yet');
  });

  test.for([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['image/png', 'text/html; charset=utf-8'],
  ] as const)('Accept: %s is answered with %s', async ([accept, type]) => {
    const res = await get('/accounts', accept);
    expect([res.status, res.headers.get('content-type'), res.headers.get('vary')]).toEqual([200, type, 'Accept']);
  });

  test('as JSON it lists all accounts, the newest first', async () => {
    const first = await invite('first@example.org', { display_name: 'First', first_name: 'F', last_name: 'L' });
    const second = await invite('second@example.org', { title: 'Nurse', department: 'Ward 4' });
    const group = (await sandbox.call('POST', '/groups', { name: 'Everyone' })).body;
    await sandbox.call('PUT', `/groups/${group.id}/members/${first.id}`);
    const all = (await (await get('/accounts', 'application/json')).json()) as { id: string }[];
    const list = all.filter(({ id }) => id === first.id || id === second.id);
    expect(list).toEqual([
      {
        id: second.id,
        email: 'second@example.org',
        status: 'invited',
        displayName: null,
        firstName: null,
        lastName: null,
        title: 'Nurse',
        department: 'Ward 4',
        groups: [],
        createdAt: second.created_at,
        updatedAt: second.updated_at,
      },
      expect.objectContaining({
        id: first.id,
        displayName: 'First',
        firstName: 'F',
        lastName: 'L',
        groups: ['Everyone'],
      }),
    ]);
    const found = await (await get('/accounts?email=FIRST@example.org', 'application/json')).json();
    expect(found).toMatchObject([{ id: first.id }]);
  });

  test('names, groups and addresses are shown, never run', async () => {
    const evil = '<script>alert("1")</script>';
    const { id } = await invite('evil@example.org', { display_name: evil, title: evil });
    const group = (await sandbox.call('POST', '/groups', { name: `"'${evil}` })).body;
    await sandbox.call('PUT', `/groups/${group.id}/members/${id}`);
    for (const page of [await html(), await html(`/accounts?email=${encodeURIComponent(evil)}`)]) {
      expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
      expect(page).not.toMatch(/<script/i);
    }
  });

  test('the page allows no script and nothing from elsewhere', async () => {
    const { headers } = await get('/accounts', 'text/html');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(await html()).not.toMatch(/\sstyle=|<style|\son\w+=/i);
  });

  test('all that the page links to is there', async () => {
    const page = await html();
    const links = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links).toContain('/some/where/style.css');
    for (const link of links) expect((await fetch(sandbox.origin + link)).status, link).toBe(200);
  });

  test('the page renews itself until it is stopped', async () => {
    expect(await html()).toContain('<meta http-equiv="refresh" content="2">');
    expect(await html('/accounts?live=off')).not.toContain('http-equiv="refresh"');
  });

  test('the button accepts the invitation and leads back', async () => {
    const { id } = await invite('press@example.org');
    const action = new RegExp(`action="(/some/where/accounts/${id}/accept[^"]*)"`);
    const path = action.exec(await html('/accounts?live=off'))?.[1];
    const res = await fetch(sandbox.origin + path, { method: 'POST', redirect: 'manual' });
    expect([res.status, res.headers.get('location')]).toEqual([303, '/some/where/accounts?live=off']);
    expect((await sandbox.call('GET', `/users/${id}`)).body.status).toBe('active');
    expect(await html()).not.toMatch(action);
  });

  test('the page shows what arrived, and how often', async () => {
    for (let index = 0; index < 3; index++) {
      await sandbox.call('POST', '/invitations', { email: 'often@example.org' }, { key: 'often' });
    }
    expect((await html()).replace(/\s+/g, ' ')).toMatch(/201<\/span>.*<b>POST<\/b> \/invitations.*repeated 2 ×/);
  });

  test.for([
    { name: 'our own form', headers: { 'sec-fetch-site': 'same-origin', origin: 'HERE' }, status: 303 },
    { name: 'our own form on plain http', headers: { origin: 'HERE' }, status: 303 },
    { name: 'a script without a browser', headers: {}, status: 303 },
    { name: 'a form on another site', headers: { 'sec-fetch-site': 'cross-site' }, status: 403 },
    { name: 'a form on a sister site', headers: { 'sec-fetch-site': 'same-site', origin: 'HERE' }, status: 403 },
    { name: 'another origin', headers: { origin: 'http://evil.example' }, status: 403 },
    { name: 'another port', headers: { origin: 'http://127.0.0.1:1' }, status: 403 },
    { name: 'an origin that hides', headers: { origin: 'null' }, status: 403 },
  ])('accepting from $name is answered with $status', async ({ name, headers, status }) => {
    const { id } = await invite(`${name.replaceAll(' ', '.')}@example.org`);
    const sent = Object.entries(headers).map(([field, value]) => [field, value === 'HERE' ? sandbox.origin : value]);
    const res = await fetch(`${sandbox.page}/accounts/${id}/accept`, {
      method: 'POST',
      redirect: 'manual',
      headers: Object.fromEntries(sent),
    });
    expect(res.status).toBe(status);
    const after = (await sandbox.call('GET', `/users/${id}`)).body.status;
    expect(after).toBe(status === 303 ? 'active' : 'invited');
  });
});
