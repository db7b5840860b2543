import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Desk, overflowOf, startDesk, violationsOn } from '../support/console.ts';

// a real browser on a machine that others use
vi.setConfig({ testTimeout: 180_000 });

const SANDBOX = readFileSync(new URL('../../examples/targets/sandbox.yaml', import.meta.url), 'utf8');
const CREW = 'urn:example:params:scim:schemas:extension:crew:2.0:User';
const DAY_MS = 86_400_000;

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk?.stop());

const told = (page: Page) => page.getByRole('status').first().textContent();
const open = (page: Page, words: string) => page.locator('summary', { hasText: words }).first().click();

describe('targets', () => {
  test('a target is added, checked, mended and removed, and its secret is never shown', async () => {
    const { origin, vault } = desk.gangway.running;
    const page = await desk.operator('Ada');
    await page.goto(desk.at('/targets'));
    expect(await page.locator('tbody').textContent()).toContain('idp'); // who feeds it
    await page.getByRole('link', { name: 'Add a target' }).click();
    await page.getByRole('link', { name: 'App with an API of its own' }).click();
    await page.getByLabel('Name', { exact: true }).fill('pinboard');
    await page.getByLabel('Description of the API').fill('name: 1');
    await page.getByRole('button', { name: 'Add a target' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('not valid');
    expect(await page.getByLabel('Description of the API').inputValue()).toBe('name: 1');
    await page.getByLabel('Description of the API').fill(SANDBOX);
    await page.getByLabel('Settings that the description names').fill(`url=${origin}/sandbox`);
    await page.getByLabel('Name of secret 1').fill('key');
    await page.getByLabel('Secret 1', { exact: true }).fill('a wrong one');
    await page.getByRole('button', { name: 'Add a target' }).click();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('The app answers, but refuses us').waitFor();
    await page.getByLabel('key', { exact: true }).fill(vault.derive('sandbox'));
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await told(page)).toContain('was changed');
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('It answers and takes our secret').waitFor();
    expect(await page.locator('#checked').textContent()).toContain('Suspends accounts');
    expect(await page.content()).not.toContain(vault.derive('sandbox'));
    await open(page, 'Remove this target');
    await page.getByRole('button', { name: 'Remove pinboard' }).click();
    expect(await told(page)).toContain('was removed');
  });

  test('one that connections feed cannot be removed, and says so', async () => {
    const page = await desk.operator('Ada');
    await page.goto(desk.at(`/targets/${desk.gangway.targetId}`));
    expect(await page.locator('main').textContent()).toContain('Detach it from each of them first');
    expect(await page.getByRole('button', { name: /Remove/ }).count()).toBe(0);
  });
});

describe('operators', () => {
  test('are added, get a link that is shown once, other rights, are signed out and removed', async () => {
    const page = await desk.operator('Ada');
    await page.goto(desk.at('/settings'));
    await page.getByRole('link', { name: 'Operators' }).click();
    await page.getByLabel('Name').fill('Grace');
    await page.getByLabel('people').check();
    await page.getByRole('button', { name: 'Add an operator' }).click();
    expect(await told(page)).toContain('Grace was added');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = String(await page.locator('#url').textContent());
    expect(await page.getByRole('button', { name: 'Copy' }).isVisible()).toBe(true);
    expect(await violationsOn(page)).toEqual([]);
    await page.goto(page.url()); // the address of the answer leads to the page without the link
    expect(await page.locator('#url').count()).toBe(0);
    expect((await fetch(link)).status).toBe(200);

    const theirs = await desk.operator('Grace', { rights: ['people'] });
    await page.reload();
    await page.getByLabel('audit').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await theirs.goto(desk.at('/audit'));
    expect(await theirs.locator('h1').textContent()).toBe('Audit');
    await open(page, 'Sign out everywhere');
    await page.getByRole('button', { name: 'End all sessions' }).click();
    expect(await told(page)).toContain('ended');
    await theirs.reload();
    expect(theirs.url()).toContain('/console/sign-in');
    await open(page, 'Take the role away');
    await page.getByRole('button', { name: 'Take the role of Grace away' }).click();
    expect(await page.locator('tbody').textContent()).not.toContain('Grace');
  });

  test('who only reads sees no button that changes anything, and no operators', async () => {
    const page = await desk.operator('Hedy', { rights: ['audit'] });
    for (const path of [`/targets/${desk.gangway.targetId}`, '/targets', '/settings/extensions', '/audit']) {
      await page.goto(desk.at(path));
      const buttons = await page.locator('main form[method=post] button').allTextContents();
      expect([path, buttons]).toEqual([path, []]);
    }
    await page.goto(desk.at('/settings'));
    expect(await page.getByRole('link', { name: 'Operators' }).count()).toBe(0);
    await page.goto(desk.at('/settings/operators'));
    expect(await page.locator('h1').textContent()).toBe('You may not do this');
  });
});

test('S36, S37: a technical user gets a key that is shown once, a second one, and loses the older by rotation', async () => {
  const { origin } = desk.gangway.running;
  const status = async (key: string) =>
    (await fetch(`${origin}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status;
  const page = await desk.operator('Dora', { language: 'de' });
  await page.goto(desk.at('/settings/technical-users'));
  expect(await page.locator('main').textContent()).toContain('Es gibt noch keinen');
  await page.getByLabel('Name').fill('hr-export');
  await page.getByLabel('Mitarbeiterlisten', { exact: true }).check();
  await page.getByLabel('Verbindung', { exact: true }).selectOption({ label: 'idp' });
  await page.getByRole('button', { name: 'Technischen Benutzer anlegen' }).click();
  await page.getByLabel('Läuft ab mit dem Tag').fill(new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Schlüssel anlegen' }).click();
  const first = String(await page.locator('#key').textContent());
  expect(await status(first)).toBe(200);
  expect(await violationsOn(page)).toEqual([]);
  await page.getByRole('button', { name: 'Schlüssel anlegen' }).click();
  const second = String(await page.locator('#key').textContent());
  expect(await page.locator('main').textContent()).toContain('Es gibt zwei gültige Schlüssel');
  await open(page, 'Austauschen');
  const [, ending = ''] =
    /Dieser Schlüssel enthält ([\w-]+)…/.exec((await page.locator('details[open]').textContent()) ?? '') ?? [];
  expect([first.includes(ending), second.includes(ending)]).toEqual([true, false]);
  await page.getByRole('button', { name: 'Jetzt austauschen' }).click();
  const third = String(await page.locator('#key').textContent());
  expect([await status(first), await status(second), await status(third)]).toEqual([401, 200, 200]);
  expect(await page.content()).not.toContain(second);
  await open(page, 'Diesen technischen Benutzer widerrufen');
  await page.getByRole('button', { name: 'hr-export widerrufen' }).click();
  expect(await told(page)).toContain('widerrufen');
  expect([await status(second), await status(third)]).toEqual([401, 401]);
});

test('attributes of one’s own are declared as JSON and removed; a slip is said and what was typed stays', async () => {
  const page = await desk.operator('Ada');
  await page.goto(desk.at('/settings/extensions'));
  await page.getByLabel('Declaration').fill('{"urn": ');
  await page.getByRole('button', { name: 'Declare' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('no JSON object');
  expect(await page.getByLabel('Declaration').inputValue()).toBe('{"urn":');
  const crew = { urn: CREW, name: 'Crew', attributes: [{ name: 'berth', type: 'string' }] };
  await page.getByLabel('Declaration').fill(JSON.stringify(crew));
  await page.getByRole('button', { name: 'Declare' }).click();
  expect(await told(page)).toContain('was declared');
  expect(await violationsOn(page)).toEqual([]);
  await open(page, 'Remove');
  await page.getByRole('button', { name: 'Remove Crew' }).click();
  expect(await told(page)).toContain('was removed');
});

test('S40: the configuration is saved as a file, and one that differs shows its plan before it counts', async () => {
  const page = await desk.operator('Ada');
  await page.goto(desk.at('/settings/configuration'));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the file' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('test.yaml');
  const text = readFileSync(await download.path(), 'utf8');
  expect(text).toContain('connections:\n  idp:');
  const upload = async (name: string, file: string) => {
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name, mimeType: 'text/yaml', buffer: Buffer.from(file) });
    await page.getByRole('button', { name: 'Show what would change' }).click();
  };
  await upload('same.yaml', text);
  expect(await page.locator('main').textContent()).toContain('There is nothing to do');
  await page.getByRole('link', { name: 'Take another file' }).click();
  await upload('odd.yaml', 'environment: live\npeople: {}\n');
  expect(await page.getByRole('alert').textContent()).toContain('there is no "people"');
  const more = `${text}  second:\n    profile: okta\n    targets: [app]\n`;
  await upload('more.yaml', more);
  expect(await page.locator('ol.steps').textContent()).toContain('make the connection second');
  expect((await desk.gangway.admin('GET', '/connections')).body['connections']).toHaveLength(1);
  expect(await violationsOn(page)).toEqual([]);
  await page.getByRole('button', { name: 'Make it so' }).click();
  expect(await told(page)).toContain('Steps that were done: 1');
  const { connections } = (await desk.gangway.admin('GET', '/connections')).body as { connections: object[] };
  expect(connections).toMatchObject([{ name: 'idp' }, { name: 'second', profile: 'okta', state: 'connected' }]);
});

test('the audit is narrowed, its subjects are linked, and its CSV has what the list shows', async () => {
  const page = await desk.operator('Ada');
  await desk.gangway.admin('PATCH', `/targets/${desk.gangway.targetId}`, { name: 'app', check: false });
  await page.goto(desk.at('/audit'));
  await page.getByLabel('What', { exact: true }).selectOption({ label: 'target changed' });
  await page.getByLabel('From').fill(new Date().toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Show' }).click();
  expect(page.url()).toContain('action=target.change');
  await open(page, 'Show');
  expect(await page.locator('td details[open]').textContent()).toContain('checked');
  const csv = await page.request.get(desk.at('/audit.csv?action=target.change'));
  expect(csv.headers()['content-type']).toContain('text/csv');
  const lines = (await csv.text()).trim().split('\r\n');
  expect(lines.length).toBe(1 + (await page.locator('tbody > tr').count()));
  await page.locator('tbody').getByRole('link', { name: 'app', exact: true }).first().click();
  expect(await page.locator('h1').textContent()).toBe('app');
  await page.goto(desk.at('/audit?actor=nobody'));
  expect(await page.locator('main').textContent()).toContain('No entry fits');
});

describe('the language', () => {
  test('is one’s own, switched at the foot of each page and kept with the account', async () => {
    const page = await desk.operator('Lise');
    await page.goto(desk.at('/targets'));
    await page.getByRole('contentinfo').getByRole('button', { name: 'Deutsch' }).click();
    expect([await page.locator('h1').textContent(), page.url()]).toEqual(['Ziele', desk.at('/targets')]);
    const { entries } = (await desk.gangway.admin('GET', '/audit?action=operator.language')).body as {
      entries: object[];
    };
    expect(entries).toMatchObject([{ actor: 'Lise', detail: { language: 'de' } }]);
    await page.goto(`${desk.gangway.running.origin}/console/account`);
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('h1').textContent()).toBe('You are signed in');
  });

  test('of who has not signed in is chosen by a link and lasts', async () => {
    const context = await desk.browser.newContext({ locale: 'en-GB', viewport: { width: 360, height: 800 } });
    const page = await context.newPage();
    const { origin } = desk.gangway.running;
    await page.goto(`${origin}/console/sign-in`);
    await page.getByRole('link', { name: 'Deutsch' }).click();
    await page.getByLabel('Name').fill('Niemand');
    await page.getByLabel('Passwort').fill('irgendetwas');
    await page.getByRole('button', { name: 'Anmelden' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Das hat nicht geklappt');
    expect([await violationsOn(page), await overflowOf(page)]).toEqual([[], 0]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violationsOn(page)).toEqual([]);
    await context.close();
  });
});

test('no page has anything that WCAG forbids, light and dark, in both languages, and all fit a phone', async () => {
  const { gangway } = desk;
  const { body: operator } = await gangway.admin('POST', '/operators', { name: 'Mary', rights: ['people'] });
  const { body: user } = await gangway.admin('POST', '/technical-users', { name: 'loader', rights: ['audit'] });
  await gangway.admin('POST', `/technical-users/${user['id']}/keys`, {});
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  await gangway.admin('POST', `/connections/${gangway.connection.id}/tokens`, { expiresAt });
  const found: string[] = [];
  const paths = [
    '/targets',
    '/targets/new',
    ...['scim', 'rest', 'webhook', 'sandbox'].map((kind) => `/targets/new?kind=${kind}`),
    `/targets/${gangway.targetId}`,
    '/audit',
    '/settings',
    '/settings/operators',
    `/settings/operators/${operator['id']}`,
    '/settings/technical-users',
    `/settings/technical-users/${user['id']}`,
    '/settings/extensions',
    '/settings/configuration',
  ];
  for (const look of [
    { dark: true, width: 360, language: 'de' },
    { dark: false, language: 'en' },
  ] as const) {
    const page = await desk.operator(`Emmy ${look.language}`, look);
    for (const path of paths) {
      const answer = await page.goto(desk.at(path));
      expect([path, answer?.status()]).toEqual([path, 200]);
      await page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })");
      found.push(...(await violationsOn(page)).map((words) => `${path}: ${words}`));
      const over = await overflowOf(page);
      if (over > 0) found.push(`${path}: ${over} px too wide`);
      // a phrase that nobody wrote stands there by its name
      const odd = /\b[a-z]\w*\.[a-z]\w*Help\b|\bnull\b|\bundefined\b/.exec(
        (await page.locator('main').textContent()) ?? '',
      );
      if (odd) found.push(`${path}: says ${odd[0]}`);
    }
  }
  expect(found).toEqual([]);
});

test('a dangerous act with an old proof asks again who one is, and leads back to its page', async () => {
  const { gangway } = desk;
  const page = await desk.operator('Ada');
  await page.goto(desk.at('/settings/technical-users'));
  await gangway.db.raw(`update access.sessions set sess = jsonb_set(sess::jsonb, '{provedAt}', '0')::json`);
  await page.getByLabel('Name').fill('late');
  await page.getByLabel('audit').check();
  await page.getByRole('button', { name: 'Add a technical user' }).click();
  expect(await page.locator('h1').textContent()).toBe('Who are you?');
  expect(await violationsOn(page)).toEqual([]);
  await page.getByLabel('Password').fill('the tide is out today');
  await page.getByRole('button', { name: 'Go on' }).click();
  expect(page.url()).toBe(desk.at('/settings/technical-users'));
});
