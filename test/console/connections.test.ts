import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Desk, overflowOf, startDesk, violationsOn } from '../support/console.ts';
import { eventually, scimUser, settled } from '../support/gangway.ts';

// a real browser on a machine that others use
vi.setConfig({ testTimeout: 180_000 });

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk?.stop());

const own = () => `/connections/${desk.gangway.connection.id}`;
const found = async (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first();

/** Asks the endpoint with a token as an identity provider would. */
async function scim(token: string, method: string, path: string, body?: object): Promise<number> {
  const response = await fetch(`${desk.gangway.running.origin}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.status;
}

/** Goes on with the tabulator until something of this name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let press = 0; press < 80; press += 1) {
    await page.keyboard.press('Tab');
    const focused = `(document.activeElement.labels?.[0] ?? document.activeElement).textContent`;
    if (name.test(String(await page.evaluate(focused)).trim())) return;
  }
  throw new Error(`the tabulator never came to ${name}`);
}

describe('connections in the console', { shuffle: false, timeout: 120_000 }, () => {
  test('S2, S13–S15, S52, S54: from nothing to enabled with one person delivered, in German', async () => {
    const { gangway } = desk;
    const page = await desk.operator('Ada', { language: 'de' });
    await page.goto(desk.at('/connections'));
    await page.getByRole('link', { name: 'Neue Verbindung' }).click();
    await page.getByLabel('OneLogin').check();
    await page.getByLabel('Name', { exact: true }).fill('Unser OneLogin');
    await page.getByLabel('Wer ein Konto bekommt').selectOption({ label: 'alle, die die Quelle nennt' });
    await page.getByRole('button', { name: 'Verbindung anlegen' }).click();
    expect(await page.locator('h1').textContent()).toBe('Unser OneLogin');
    expect(await page.getByRole('status').textContent()).toContain('Vor dem Einschalten geht nichts hinaus');
    expect(await page.getByRole('heading', { level: 2 }).first().textContent()).toContain('0 von 4');

    await page.getByRole('link', { name: 'Zum offenen Schritt' }).click();
    expect(new URL(page.url()).hash).toBe('#target');
    await page.getByRole('button', { name: 'Ziel anhängen' }).click();
    await page.getByText('Das Ziel folgt jetzt Unser OneLogin.').waitFor();
    expect(await page.locator('#source').textContent()).toContain(`${gangway.running.origin}/scim/v2`);
    expect(await page.locator('#source').textContent()).toContain('SCIM Bearer Token');
    await page.getByRole('button', { name: 'Token anlegen' }).click();
    const token = String(await page.locator('#shown-token').textContent());
    await page.getByRole('link', { name: 'Ich habe es eingetragen' }).click();
    expect(await page.locator('#people').textContent()).toContain('Noch ist niemand angekommen');
    expect(await page.content()).not.toContain(token);

    expect(await scim(token, 'POST', '/Users', scimUser('lovelace'))).toBe(201);
    await page.getByText('Personen: 1.').waitFor({ timeout: 20_000 }); // the page looks by itself
    await page.reload();
    await page.getByRole('link', { name: 'Ersten Plan ansehen', exact: true }).first().click();
    await page.locator('.columns').waitFor();
    const plan = await page.locator('#plan-found').textContent();
    expect(plan).toContain('nur an der Quelle');
    expect(plan).toContain('wird eingeladen');
    expect(await gangway.accounts()).toEqual([]);
    await page.getByRole('button', { name: 'Jetzt einschalten' }).click();
    await page.getByText('Unser OneLogin ist eingeschaltet').waitFor();
    await settled(gangway.db);
    expect((await gangway.accounts()).map(({ email }) => email)).toEqual(['lovelace@example.com']);
  });

  test('S37: a token is rotated without a gap, and shown once', async () => {
    const { gangway } = desk;
    const page = await desk.operator('Grace');
    await page.goto(desk.at(own()));
    await page.getByText(/^Rotate/).click();
    await page.getByRole('button', { name: 'Make the successor' }).click();
    const token = String(await page.locator('#shown-token').textContent());
    expect(token).not.toBe(gangway.token);
    await page.goto(desk.at(`${own()}/tokens`)); // no second one, and nothing shown again
    expect(page.url()).toContain('#source');
    expect(await page.locator('#source').textContent()).toContain('has not been used yet');
    expect(await page.content()).not.toContain(token);
    expect([await scim(token, 'GET', '/Users'), await scim(gangway.token, 'GET', '/Users')]).toEqual([200, 200]);
    await eventually('its use is seen', async () => {
      await page.reload();
      return (await page.locator('#source').textContent())?.includes('is in use');
    });
    await page
      .getByText(/^Revoke/)
      .first()
      .click();
    await page
      .getByRole('button', { name: /^Revoke/ })
      .first()
      .click();
    await page.getByText('The token is revoked.').waitFor();
    expect([await scim(token, 'GET', '/Users'), await scim(gangway.token, 'GET', '/Users')]).toEqual([200, 401]);
    const audit = await gangway.admin('GET', '/audit?action=token.revoke');
    expect(audit.body['entries'] ?? audit.body['audit']).toMatchObject([{ actor: 'Grace' }]);
  });

  test('S19, S69: what works is told, everything is looked through on demand, and it pauses and goes on', async () => {
    const page = await desk.operator('Katherine');
    await page.goto(desk.at(own()));
    await page.getByText('Suspend leavers').waitFor();
    await page.getByRole('button', { name: 'Look through everything now' }).click();
    await page.getByText('All accounts are looked through now.').waitFor();
    await page.locator('#rhythm-now .pill.good').waitFor(); // by itself, once it is done
    await page.getByText('Pause', { exact: true }).click();
    await page.getByRole('button', { name: 'Pause now' }).click();
    await page.getByText('is paused: nothing leaves').waitFor();
    await page.getByRole('link', { name: 'See what resuming would do' }).click();
    await page.getByRole('button', { name: 'Resume now' }).click();
    await page.getByText('goes on: what waits leaves now').waitFor();
  });

  test('the first requests of the identity provider are played, and its guide is there', async () => {
    const page = await desk.operator('Ada', { language: 'de' });
    await page.goto(desk.at(`${own()}?source=entra`));
    await page.getByRole('button', { name: 'Mit den ersten Anfragen testen: Microsoft Entra ID' }).click();
    await page.getByText('Alles wurde so beantwortet').waitFor();
    expect(await page.locator('tbody .pill.good').count()).toBeGreaterThan(2);
    expect([await violationsOn(page), await overflowOf(page)]).toEqual([[], 0]);
    await page.getByRole('link', { name: 'Zurück zur Verbindung' }).click();
    await page.getByRole('link', { name: 'Die ganze Anleitung' }).click();
    expect(new URL(page.url()).pathname).toBe('/help/entra');
    await page.getByRole('heading', { level: 1, name: /Entra/ }).waitFor();
  });

  test('S63–S65: disconnecting shows first what becomes of whom, and can be taken back', async () => {
    const { gangway } = desk;
    const { body } = await gangway.admin('GET', '/connections');
    const list = body['connections'] as { id: string; name: string }[];
    const id = list.find(({ name }) => name === 'Unser OneLogin')?.id;
    const page = await desk.operator('Hedy');
    await page.goto(desk.at(`/connections/${id}`));
    await page.getByRole('link', { name: 'Disconnect…' }).click();
    await page.getByRole('button', { name: 'Disconnect Unser OneLogin' }).waitFor();
    expect(await page.locator('#parting-found tbody td').allTextContents()).toEqual(['0', '0', '1']);
    expect(await page.locator('#parting-found').textContent()).toContain('loses the invitation');
    expect(await gangway.accounts()).toHaveLength(1);
    await page.getByRole('button', { name: 'Disconnect Unser OneLogin' }).click();
    await page.getByText('Unser OneLogin is disconnected.').waitFor();
    await settled(gangway.db);
    expect(await gangway.accounts()).toEqual([]);
    await page.getByRole('button', { name: 'Connect again' }).click();
    await page.getByText('is connected again. Nothing leaves').waitFor();
  });

  test('S10, S49, S52: a connection is made with the keyboard alone, and says what the missing grant takes away', async () => {
    const page = await desk.operator('Mary');
    await page.goto(desk.at('/connections'));
    await tabTo(page, /^New connection$/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/connections/new');
    await tabTo(page, /^Okta/);
    await page.keyboard.press('ArrowDown'); // one radio button further
    await tabTo(page, /^Name$/);
    await page.keyboard.type('Entra of Mary');
    await tabTo(page, /^app$/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Who sets it up at the source$/);
    await page.keyboard.type('somebody without');
    await tabTo(page, /^Make the connection$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Entra of Mary' }).waitFor();
    const { body } = await desk.gangway.admin('GET', '/connections');
    expect(body['connections']).toContainEqual(
      expect.objectContaining({ name: 'Entra of Mary', profile: 'entra', targetIds: [desk.gangway.targetId] }),
    );
    await page.getByText('a mere user made this connection').first().waitFor();
  });

  test('what is refused is said on the form, with what was filled in', async () => {
    const page = await desk.operator('Radia');
    await page.goto(desk.at('/connections/new'));
    await page.getByLabel('Okta').check();
    await page.getByLabel('Name', { exact: true }).fill('Entra of Mary');
    await page.getByRole('button', { name: 'Make the connection' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('exists already');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Entra of Mary');
    expect(await page.getByLabel('Okta').isChecked()).toBe(true);
  });

  test('S12: who has one of the two rights is told who can enable, and sees no button', async () => {
    const page = await desk.operator('Lin', { rights: ['people'] });
    await page.goto(desk.at('/connections'));
    expect(await page.getByRole('link', { name: 'New connection' }).count()).toBe(0);
    await (await found(page, 'Entra of Mary')).click();
    expect(await page.getByRole('button', { name: 'Make a token' }).count()).toBe(0);
    expect(await page.locator('#source').textContent()).toContain('with the right "integrations"');
    await page.getByRole('link', { name: 'See the first plan', exact: true }).first().click();
    await page.getByText('ask an operator who has both').waitFor();
    expect(await page.getByRole('button', { name: 'Enable now' }).count()).toBe(0);
  });

  test('what the source asked and was refused is shown for support, without secrets', async () => {
    const { gangway } = desk;
    const refused = { ...scimUser('refused'), userName: '', password: 'never-to-be-seen' };
    const { body } = await gangway.admin('POST', '/connections', { name: 'asked', targets: [] });
    const { body: made } = await gangway.admin('POST', `/connections/${body['id']}/tokens`, {});
    expect(await scim(String(made['token']), 'POST', '/Users', refused)).toBe(400);
    const page = await desk.operator('Hedy');
    await eventually('it is kept', async () => {
      await page.goto(desk.at(`/connections/${body['id']}/requests`));
      return (await page.locator('tbody tr').count()) > 0;
    });
    await page.getByRole('link', { name: 'POST /scim/v2/Users' }).first().click();
    expect(await page.locator('main').textContent()).toContain('invalidValue');
    expect(await page.content()).not.toContain('never-to-be-seen');
    await page.goto(desk.at(`/connections/${body['id']}/requests?failed=true`));
    await page.getByLabel('Keep successful ones as well').selectOption('4');
    await page.getByRole('button', { name: 'Switch on' }).click();
    expect(await page.getByRole('status').textContent()).toContain('all requests are kept');
    await page.getByRole('button', { name: 'Stop now' }).click();
    expect(await page.getByRole('status').textContent()).toContain('only those that fail');
  });

  test('the pages have nothing that WCAG forbids, light and dark, in both languages, and fit a phone', async () => {
    const { gangway } = desk;
    await gangway.admin('POST', `${own()}/clients`, {});
    const parts = ['', '/enable', '/first-plan', '/disconnect', '/parting', '/rhythm', '/abilities', '/requests'];
    const paths = [
      '/connections',
      '/connections/new',
      '/connections/guides/okta',
      ...parts.map((part) => own() + part),
    ];
    for (const [name, look] of [
      ['Dora', { dark: true, width: 360, language: 'de' }],
      ['Evelyn', { dark: false }],
    ] as const) {
      const page = await desk.operator(name, look);
      for (const path of paths) {
        await page.goto(desk.at(path));
        for (const part of await page.locator('main [hx-trigger="load"] a').all())
          await part.waitFor({ state: 'detached' });
        for (const summary of await page.locator('main summary').all()) await summary.click();
        expect([path, await violationsOn(page)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
      }
      await page.goto(desk.at(`${own()}?source=okta`));
      await page
        .getByText(/^(Rotate|Ablösen)/)
        .first()
        .click();
      await page.locator('form[action*="/tokens?"] button').first().click();
      await page.locator('#shown-token').waitFor();
      expect(await violationsOn(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      const { body } = await gangway.admin('GET', `${own()}/tokens`);
      const [oldest] = body['tokens'] as { id: string }[];
      await gangway.admin('DELETE', `/tokens/${oldest?.id}`);
    }
  });
});
