import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DEFAULT_GUARD } from '../../src/model/policy.ts';
import { type Desk, overflowOf, startDesk, violationsOn } from '../support/console.ts';
import { eventually, settled } from '../support/gangway.ts';
import { csv, employee, employees, push } from '../support/rosters.ts';

// a real browser on a machine that others use
vi.setConfig({ testTimeout: 180_000 });

const PATIENT = { timeout: 180_000 };
let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk?.stop());

/** One more connection, enabled, with people from a roster. */
async function connection(name: string, policy: object, people: string, targetId = desk.gangway.targetId) {
  const { gangway } = desk;
  const { status, body } = await gangway.admin('POST', '/connections', { name, targets: [targetId], policy });
  expect([status, name]).toEqual([201, name]);
  const id = String(body['id']);
  await gangway.admin('POST', `/connections/${id}/enable`);
  const at = { ...gangway, connection: { ...gangway.connection, id } };
  await push(at, people);
  return { id, push: (file: string) => push(at, file) };
}

const file = (text: string, name = 'employees.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const numberOf = async (page: Page, words: string) =>
  (
    await page
      .locator('tr', { has: page.getByRole('rowheader', { name: words, exact: true }) })
      .locator('td')
      .first()
      .textContent()
  )?.trim();

describe('rosters in the console', { shuffle: false }, () => {
  test('a roster is dropped, looked at, applied, and taken back (S27, S33)', PATIENT, async () => {
    const { gangway } = desk;
    const page = await desk.operator('Ada');
    await page.goto(desk.at('/runs'));
    await page.getByRole('link', { name: 'Upload a roster' }).click();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    expect(await page.getByRole('alert').first().textContent()).toContain('There is no file');
    await page.getByLabel('File: choose it').setInputFiles(file(csv(employees(4))));
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.waitForURL('**/runs/*');
    await page.getByText('It was uploaded to be looked at first.').waitFor();
    expect(await page.title()).toBe('Roster of idp · test · Gangway');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    expect(await numberOf(page, 'people who are new')).toBe('4');
    expect(await page.locator('#rows ~ .table').textContent()).toContain('e3@example.com');
    expect(await page.locator('dl.facts').textContent()).toContain('employees.csv');
    expect(await gangway.accounts()).toEqual([]);

    await page.getByText('Release: apply the file').click();
    await page.getByRole('button', { name: 'Release it now' }).click();
    await page.getByText('The file is applied').waitFor();
    await settled(gangway.db);
    expect((await gangway.accounts()).length).toBe(4);

    await page.reload();
    await page.getByRole('button', { name: 'See what undoing it would do' }).click();
    await page.waitForURL('**/undo/*');
    expect(await numberOf(page, 'accounts go again')).toBe('4');
    expect((await gangway.accounts()).every(({ status }) => status === 'invited')).toBe(true);
    await page.getByRole('button', { name: 'Undo it now' }).click();
    await page.getByText('It is being taken back').waitFor();
    expect(await page.locator('h1').textContent()).toBe('Undo at idp');
    await settled(gangway.db);
    expect((await gangway.accounts()).every(({ status }) => status !== 'invited')).toBe(true);
  });

  test(
    'rows that were not taken are saved as a file, mended, and uploaded as they are (S38, S82)',
    PATIENT,
    async () => {
      const page = await desk.operator('Grace');
      await page.goto(desk.at(`/connections/${desk.gangway.connection.id}/roster`));
      await page.getByLabel('Apply at once').check();
      const people = [...employees(4), employee(5, { email: 'five at example' })];
      await page.getByLabel('File: choose it').setInputFiles(file(csv(people)));
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      const rejected = page.locator('section', {
        has: page.getByRole('heading', { name: 'Rows that were not taken' }),
      });
      await rejected.waitFor();
      expect(await rejected.textContent()).toContain('Write one address, like ada@example.com.');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByText('Error file as CSV').click(),
      ]);
      const saved = readFileSync(await download.path(), 'utf8');
      for (const format of ['json', 'xml']) {
        const answer = await page.request.get(`${page.url()}/errors.${format}`);
        expect([answer.status(), await answer.text()]).toEqual([
          200,
          expect.stringContaining('Eine Adresse eintragen'),
        ]);
      }
      await page.getByRole('link', { name: 'Upload another file' }).click();
      await page.getByLabel('Apply at once').check();
      const mended = saved.replace('five at example', 'e5@example.com');
      await page.getByLabel('File: choose it').setInputFiles(file(mended, download.suggestedFilename()));
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      await page.getByText('The file is applied').waitFor();
      expect(await numberOf(page, 'people who are new')).toBe('1');
      expect(await numberOf(page, 'people who are not in the file any more')).toBe('0');
    },
  );

  test('rows are pasted and only looked at, without JavaScript; the form says what is missing', async () => {
    const page = await desk.operator('Hedy', { language: 'de', script: false });
    await page.goto(desk.at(`/connections/${desk.gangway.connection.id}/roster`));
    await page.getByRole('button', { name: 'Hochladen', exact: true }).click();
    expect(await page.getByRole('alert').first().textContent()).toContain('Wählen Sie eine aus');
    await page.getByLabel('Nur ansehen').check();
    await page.getByText('Stattdessen Zeilen einfügen').click();
    await page.getByLabel('Zeilen mit ihren Überschriften').fill(csv(employees(7)));
    await page.getByRole('button', { name: 'Hochladen', exact: true }).click();
    await page.waitForURL('**/runs/*');
    await eventually('it has been compared', async () => {
      await page.reload();
      return (await page.getByRole('status').textContent())?.includes('Nichts wurde geändert');
    });
    expect(await numberOf(page, 'neue Personen')).toBe('2');
    await page.goto(desk.at('/runs?kind=roster'));
    expect(await page.locator('tbody tr').first().textContent()).toContain('nur angesehen');
  });

  test('no file is passed on for a form of somebody else', async () => {
    const page = await desk.operator('Ida');
    const runs = async () => ((await desk.gangway.admin('GET', '/runs')).body['runs'] as unknown[]).length;
    const before = await runs();
    for (const csrf of ['', 'guessed']) {
      const multipart = { csrf, way: 'apply', file: file(csv(employees(1))) };
      const url = desk.at(`/connections/${desk.gangway.connection.id}/roster`);
      const answer = await page.request.post(url, { multipart });
      expect(await answer.text()).toContain('This page was open for too long');
    }
    expect(await runs()).toBe(before);
  });

  test(
    'a file that is refused at its first bytes is read to its end and told of; one that breaks off leaves nothing',
    PATIENT,
    async () => {
      const { gangway } = desk;
      const page = await desk.operator('Ida');
      const url = desk.at(`/connections/${gangway.connection.id}/roster`);
      await page.goto(url);
      const csrf = await page.locator('main input[name=csrf]').first().inputValue();
      const zip = { name: 'all.xlsx', mimeType: 'application/zip', buffer: Buffer.alloc(24_000_000, 'PK\u0003\u0004') };
      const answer = await page.request.post(url, {
        multipart: { csrf, way: 'apply', file: zip },
        headers: { referer: url },
      });
      expect(await answer.text()).toContain('save it as CSV UTF-8');

      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const part = (name: string) => `--x\r\ncontent-disposition: form-data; name="${name}"`;
      const head = `${part('csrf')}\r\n\r\n${csrf}\r\n${part('file')}; filename="a.csv"\r\n\r\n`;
      const sending = request(url, {
        method: 'POST',
        headers: { cookie, 'content-type': 'multipart/form-data; boundary=x', 'content-length': '1000000' },
      });
      sending.on('error', () => {}); // it is we who break it off
      sending.write(`${head}${csv(employees(3))}`);
      const newest = async () =>
        ((await gangway.admin('GET', '/runs?limit=1')).body['runs'] as { state: string; error: string }[])[0];
      await eventually('it is being read', async () => (await newest())?.state === 'reading');
      await page.goto(desk.at('/runs'));
      expect(await page.locator('tbody tr').first().textContent()).toContain('reading');
      sending.destroy();
      await page.locator('tbody tr').first().getByText('failed', { exact: true }).waitFor(); // the list is live
      await eventually('it has failed', async () => (await newest())?.state === 'failed');
      expect((await newest())?.error).toContain('broke off');
    },
  );
});

test(
  'a comparison that was held because the list of the app has shrunk is begun again from its page (S5)',
  PATIENT,
  async () => {
    const { gangway } = desk;
    const staff = Array.from({ length: 8 }, (_, index) => employee(401 + index));
    const { id } = await connection('drift', { invite: 'automatic', guard: 'off' }, csv(staff));
    const gone = (await gangway.accounts()).filter(({ email }) => /^e40[1-6]/.test(email));
    for (const account of gone) await gangway.sandbox('DELETE', `/users/${account.id}`);
    const { body } = await gangway.admin('POST', `/connections/${id}/reconcile`, {});
    const [run] = body['runs'] as { id: string }[];
    await settled(gangway.db);
    const page = await desk.operator('Gerda', { language: 'de' });
    await page.goto(desk.at(`/runs/${run?.id}`));
    expect(await page.getByRole('status').first().textContent()).toContain('angehalten');
    await page.getByText('Noch einmal vergleichen und der App glauben').click();
    expect(await page.locator('details').textContent()).toContain('6 Konten fehlen');
    await page.getByRole('button', { name: 'Jetzt vergleichen und glauben' }).click();
    await page.getByText('Die Konten werden verglichen.').waitFor();
    await page.locator('#run .pill').getByText('fertig', { exact: true }).waitFor();
    await settled(gangway.db);
    expect((await gangway.accounts()).filter(({ email }) => email.startsWith('e40')).length).toBe(8);
  },
);

describe('a hold of many', { shuffle: false }, () => {
  test('is released by two people, each in a browser of their own', PATIENT, async () => {
    const { gangway } = desk;
    const guard = { ...DEFAULT_GUARD, floor: 1, perHourPercent: 0, perDayPercent: 0, twoPeoplePercent: 40 };
    const staff = Array.from({ length: 6 }, (_, index) => employee(100 + index));
    const hr = await connection('hr', { invite: 'automatic', guard }, csv(staff));
    await hr.push(csv(staff.slice(0, 2)));
    await settled(gangway.db);

    const anna = await desk.operator('Anna', { language: 'de' });
    await anna.goto(desk.at('/holds'));
    await anna.getByRole('link', { name: 'hr → app' }).click();
    expect(await anna.locator('main').textContent()).toContain('4 von 6 Konten');
    expect(await anna.locator('dl.facts').textContent()).toContain('zwei Personen');
    expect(await anna.locator('tbody tr').first().textContent()).toMatch(
      /fehlt in der Mitarbeiterliste.*eingeladen.*gesperrt/s,
    );
    await anna.getByLabel('Alle, die hier warten').check();
    await anna.getByText('Freigeben: geschehen lassen').click();
    await anna.getByRole('button', { name: 'Der Freigabe zustimmen' }).click();
    expect(await anna.getByRole('status').textContent()).toContain('Noch jemand anderes muss zustimmen');
    await settled(gangway.db);
    const suspended = async () =>
      (await gangway.accounts()).filter(({ email, status }) => email.startsWith('e10') && status === 'suspended')
        .length;
    expect(await suspended()).toBe(1);

    const bert = await desk.operator('Bert', { language: 'de' });
    await bert.goto(anna.url());
    expect(await bert.locator('.told.warn').textContent()).toContain('Der Freigabe zugestimmt: Anna');
    expect(await violationsOn(bert)).toEqual([]);
    await bert.getByLabel('Alle, die hier warten').check();
    await bert.getByText('Freigeben: geschehen lassen').click();
    await bert.getByRole('button', { name: 'Der Freigabe zustimmen' }).click();
    expect(await bert.getByRole('status').textContent()).toContain('Freigegeben: 3');
    await settled(gangway.db);
    expect(await suspended()).toBe(4);
    await bert.goto(`${anna.url()}?state=decided`);
    expect(await bert.locator('tbody tr').first().textContent()).toContain('freigegeben und ausgeführt, Bert');
    const list = await bert.request.get(`${anna.url()}/people.csv`);
    expect((await list.text()).split('\r\n').length).toBe(5);
  });

  test('may be discarded for those who are ticked', async () => {
    const guard = { ...DEFAULT_GUARD, floor: 0, perHourPercent: 0, perDayPercent: 0, twoPeoplePercent: 100 };
    const staff = [employee(201), employee(202), employee(203)];
    const shop = await connection('shop', { invite: 'automatic', guard }, csv(staff));
    await shop.push(csv(staff.slice(0, 1)));
    await settled(desk.gangway.db);
    const page = await desk.operator('Ada');
    await page.goto(desk.at('/holds'));
    await page.getByRole('link', { name: 'shop → app' }).click();
    await page.getByText('Discard: they keep their access').click();
    await page.getByRole('button', { name: 'Discard now' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('Nobody is ticked');
    await page.getByLabel('e202@example.com').check();
    await page.getByText('Discard: they keep their access').click();
    await page.getByRole('button', { name: 'Discard now' }).click();
    expect(await page.getByRole('status').textContent()).toContain('Discarded: 1.');
    expect(await page.locator('tbody tr').count()).toBe(1);
  });
});

describe('inviting', { shuffle: false }, () => {
  test('many at once by hand, with entity, access and a printed sheet (S58–S61, S74)', async () => {
    const { gangway } = desk;
    const settings = { entities: 'Acme GmbH, Acme Ltd', access: 'Card, Reimbursements only' };
    const target = await gangway.admin('POST', '/targets', { name: 'spend', kind: 'sandbox', settings });
    const staff = [employee(301), employee(302), employee(303)];
    await connection(
      'finance',
      { invite: 'manual', guard: 'off', inviteChannel: ['email'] },
      csv(staff),
      String(target.body['id']),
    );
    const page = await desk.operator('Ada');
    await page.goto(desk.at('/invites'));
    expect(await page.locator('tbody tr').count()).toBe(3);
    const saved = await page.request.get(desk.at('/invites/ready.csv'));
    expect((await saved.text()).split('\r\n').length).toBe(5);
    await page.getByLabel('e301@example.com').check();
    await page.getByLabel('e302@example.com').check();
    await page.getByLabel('Entity').selectOption('Acme Ltd');
    await page.getByLabel('Access').selectOption('Card');
    await page.getByLabel('By', { exact: true }).selectOption('print');
    await page.getByRole('button', { name: 'Invite those who are ticked' }).click();
    expect(await page.getByRole('status').textContent()).toContain('Being invited: 2.');
    await settled(gangway.db);
    await page.reload();
    expect(await page.locator('tbody tr').count()).toBe(1);

    await page.goto(desk.at('/invites/print'));
    await page.getByLabel('Connection').selectOption({ label: 'finance' });
    const [sheets] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Make the sheets' }).click(),
    ]);
    await sheets.waitForLoadState();
    expect(await sheets.locator('svg').count()).toBe(2);
    await sheets.close();
  });

  test('an invite is marked, sent anew and revoked', async () => {
    const page = await desk.operator('Grace');
    await page.goto(desk.at('/invites/sent?state=sent'));
    expect(await page.locator('tbody tr').count()).toBe(2);
    const saved = await page.request.get(desk.at('/invites/sent.csv?state=sent'));
    expect((await saved.text()).split('\r\n').length).toBe(4);
    await page.getByRole('link', { name: 'e301@example.com' }).click();
    await page.getByText('Say what became of the message').click();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('status').textContent()).toContain('It is noted.');
    expect(await page.locator('.pill').first().textContent()).toBe('delivered');
    await page.getByText('Send anew', { exact: true }).click();
    await page.getByRole('button', { name: 'Send it anew' }).click();
    expect(await page.locator('.pill').first().textContent()).toBe('waits');
    await page.getByText('Revoke', { exact: true }).click();
    await page.getByRole('button', { name: 'Revoke it now' }).click();
    expect(await page.locator('.pill').first().textContent()).toBe('revoked');
    await page.goto(desk.at('/invites/sent?state=sent'));
    await page.getByRole('link', { name: 'e302@example.com' }).click();
    await page.getByText('Mark as accepted').click();
    await page.getByRole('button', { name: 'It is accepted' }).click();
    expect(await page.locator('.pill').first().textContent()).toBe('accepted');
  });
});

test('whoever may only look at people has no button, and is refused', async () => {
  const page = await desk.operator('Max', { rights: ['audit'] });
  const { body } = await desk.gangway.admin('GET', '/holds');
  const open = (body['holds'] as { id: string; state: string }[]).find(({ state }) => state === 'held');
  for (const path of ['/runs', '/invites', `/holds/${open?.id}`]) {
    await page.goto(desk.at(path));
    expect([path, await page.locator('main form:not(.filter) button:not([hidden])').count()]).toEqual([path, 0]);
  }
  const form = { csrf: await page.locator('input[name=csrf]').first().inputValue(), which: 'all' };
  const answer = await page.request.post(desk.at(`/holds/${open?.id}/release`), { form });
  expect(await answer.text()).toContain('needs the right');
});

test(
  'nothing here is forbidden by WCAG, light and dark, in both languages, and all of it fits a phone',
  PATIENT,
  async () => {
    const { gangway } = desk;
    const held = await push(gangway, csv([...employees(3), employee(6, { department: 'Quality' })]), {
      query: '?hold=true',
    });
    const { body } = await gangway.admin('GET', '/runs');
    const runs = body['runs'] as { id: string; kind: string; counts: Record<string, number> }[];
    const holds = (await gangway.admin('GET', '/holds')).body['holds'] as { id: string }[];
    const invites = (await gangway.admin('GET', '/invites')).body['invites'] as { id: string }[];
    const undone = runs.find(({ kind }) => kind === 'undo')?.id;
    const plan = await gangway.admin('POST', '/plans', { actor: 'Ada', change: { kind: 'undo', runId: undone } });
    const bad = runs.find(({ counts }) => Number(counts['rejected']) > 0);
    const paths = [
      ...['/runs', `/runs/${held.id}`, `/runs/${held.id}?verdict=missing`, `/runs/${bad?.id}`],
      ...[`/runs/${undone}`, `/runs/${undone}/undo/${plan.body['id']}`, `/connections/${gangway.connection.id}/roster`],
      ...['/holds', `/holds/${holds[0]?.id}`, `/holds/${holds.at(-1)?.id}?state=decided`],
      ...['/invites', '/invites/sent', '/invites/print', `/invites/${invites.at(-1)?.id}`],
    ];
    for (const look of [{ dark: true, width: 360, language: 'de' }, { dark: false }] as const) {
      const page = await desk.operator(look.dark ? 'Käthe' : 'Katherine', look);
      for (const path of paths) {
        const answer = await page.goto(desk.at(path));
        expect([path, answer?.status()]).toEqual([path, 200]);
        await page.locator('main details').evaluateAll((all) => {
          for (const one of all) one.setAttribute('open', '');
        });
        expect([path, await violationsOn(page)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
      }
    }
  },
);
