import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Desk, overflowOf, startDesk, violationsOn } from '../support/console.ts';
import { eventually, patchOp, scimUser, settled } from '../support/gangway.ts';

// a real browser on a machine that others use
vi.setConfig({ testTimeout: 180_000 });

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
  for (const name of ['ada', 'grace', 'katherine']) await desk.gangway.scim('POST', '/Users', scimUser(name));
  await settled(desk.gangway.db);
});
afterAll(() => desk?.stop());

describe('people in the console', () => {
  test('are found while one types, and their page tells where they stand and why', async () => {
    const page = await desk.operator('Ada');
    await page.goto(desk.at('/people'));
    await page.getByLabel('Search').pressSequentially('grace');
    await page.waitForURL('**search=grace*');
    await eventually('one person is left', async () => (await page.locator('tbody tr').count()) === 1);
    await page.getByRole('link', { name: /grace/ }).click();
    expect(await page.locator('h1').textContent()).toBe('grace Tester');
    await page.getByText('Nothing: it is as it should be').waitFor();
    expect(await page.locator('.timeline').textContent()).toContain('invited');
    expect(await violationsOn(page)).toEqual([]);
  });

  test('who was suspended is given back by one click (S77)', async () => {
    const { gangway } = desk;
    const { body } = await gangway.scim('GET', '/Users?filter=userName eq "ada@example.com"');
    const [{ id } = { id: '' }] = body['Resources'] as { id: string }[];
    await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    await settled(gangway.db);
    const page = await desk.operator('Grace', { language: 'de' });
    await page.goto(desk.at(`/people/${id}`));
    await page.getByRole('button', { name: 'Konten zurückgeben' }).click();
    expect(await page.getByRole('status').textContent()).toContain('zurückgegeben');
    await settled(gangway.db);
    expect((await gangway.accounts()).find(({ email }) => email.startsWith('ada'))?.status).toBe('invited');
  });

  test('the first page and the lists have nothing that WCAG forbids, light and dark, and fit a phone', async () => {
    for (const look of [{ dark: true, width: 360 }, { dark: false }]) {
      const page = await desk.operator('Katherine', look);
      for (const path of ['', '/people', '/people/waiting', '/people/edited', '/nowhere']) {
        await page.goto(desk.at(path));
        expect([path, await violationsOn(page)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
      }
    }
  });
});
