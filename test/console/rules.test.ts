import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Desk, overflowOf, startDesk, violationsOn } from '../support/console.ts';
import { type FileServer, serves, startFileServer } from '../support/file-server.ts';
import { eventually, scimUser, settled } from '../support/gangway.ts';
import { decoded, type MailServer, startMailServer } from '../support/mail-server.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ROSTER = 'Personalnummer;Vorname;Nachname;E-Mail;Eintrittsdatum\n17;Ada;Muster;ada.m@example.com;31.01.2024\n';
const GUARD = { floor: 5, perHourPercent: 10, perDayPercent: 20, twoPeoplePercent: 50, whileHeld: 'wait' as const };

// a browser on a busy machine
vi.setConfig({ testTimeout: 180_000 });

let desk: Desk;
let mail: MailServer;
let files: FileServer;
let hr = '';
/** The window of somebody who may do everything. */
let page: Page;
beforeAll(async () => {
  mail = await startMailServer();
  files = await startFileServer();
  const environment = { GANGWAY_SMTP_URL: mail.url, GANGWAY_MAIL_FROM: 'Gangway <gangway@example.com>' };
  desk = await startDesk({ environment, policy: { invite: 'manual', guard: GUARD } });
  const departments = { ada: '102', grace: 'supply chain', katherine: '103' };
  for (const [name, department] of Object.entries(departments)) {
    await desk.gangway.scim('POST', '/Users', scimUser(name, { [ENTERPRISE]: { department } }));
  }
  const { body } = await desk.gangway.admin('POST', '/connections', { name: 'hr' });
  hr = String(body['id']);
  await settled(desk.gangway.db);
  page = await desk.operator('Ada');
});
afterAll(async () => {
  await desk?.stop();
  await mail?.stop();
  await files?.stop();
});

const idp = (path: string) => desk.at(`/connections/${desk.gangway.connection.id}${path}`);
const ofHr = (path: string) => desk.at(`/connections/${hr}${path}`);
const textOf = async (page: Page, selector: string) => (await page.locator(selector).textContent())?.trim() ?? '';

describe('a policy in the console', { shuffle: false }, () => {
  test('says where each value comes from, and the tenant’s own is the layer below (S85)', async () => {
    const page = await desk.operator('Lise', { language: 'de' });
    await page.goto(desk.at('/settings/policy'));
    await page.locator('#match').selectOption('any');
    await page.getByRole('button', { name: 'Ansehen, für wen sich etwas ändert' }).click();
    await page.getByRole('button', { name: 'Jetzt ausführen' }).click();
    await page.getByRole('status').waitFor();
    await page.goto(idp('/policy'));
    expect(await textOf(page, '#field-match .pill')).toBe('vom Mandanten');
    expect(await textOf(page, '#field-invite .pill')).toBe('hier festgelegt');
    expect(await textOf(page, '#field-graceDays .pill')).toBe('eingebaut');
    await page.locator('#field-match .pill a').click();
    expect(await textOf(page, '#field-match .pill')).toBe('hier festgelegt');
  });

  test('is changed by keyboard: who would change is seen before it is saved', async () => {
    await page.goto(idp('/policy'));
    await page.locator('#invite').focus();
    await page.keyboard.type('at once');
    await page.getByRole('button', { name: 'Look who would change' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/plans/*');
    expect(await textOf(page, '.cards')).toContain('3 would be invited');
    expect(await textOf(page, 'section[aria-labelledby=changes]')).toContain('by hand');
    expect(await desk.gangway.accounts()).toEqual([]);
    expect(await violationsOn(page)).toEqual([]);
    // back to the form without typing it again, and on
    await page.getByRole('link', { name: 'Back to the form' }).click();
    expect(await page.locator('#invite').inputValue()).toBe('automatic');
    await page.goBack();
    await page.getByRole('button', { name: 'Do it now' }).press('Enter');
    await page.getByRole('status').waitFor();
    await settled(desk.gangway.db);
    expect(await desk.gangway.accounts()).toHaveLength(3);
  });

  test('that ends more accounts waits for a second person, who finds it among the plans', async () => {
    const ada = page;
    await ada.goto(idp('/policy'));
    await ada.locator('#onDelete').selectOption('erase');
    await ada.getByRole('button', { name: 'Look who would change' }).click();
    await ada.waitForURL('**/plans/*');
    expect(await textOf(ada, 'main')).toContain('One person alone may not decide this');
    expect(await textOf(ada, '#address')).toBe(ada.url());
    expect(await ada.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    const grace = await desk.operator('Grace');
    await grace.getByRole('link', { name: 'Plans' }).click();
    await grace.getByRole('link', { name: 'Another policy for idp' }).first().click();
    await grace.getByRole('button', { name: 'Approve as the second person' }).click();
    expect(await textOf(grace, '[role=status]')).toContain('Approved');
    await ada.reload();
    await ada.getByRole('button', { name: 'Do it now' }).click();
    await ada.waitForURL('**/policy');
    expect(await textOf(ada, '#field-onDelete strong')).toBe('erase at once');
  });

  test('that would do something else by now is refused, and nothing has changed', async () => {
    await page.goto(idp('/policy'));
    await page.locator('#invite').selectOption('manual');
    await page.getByRole('button', { name: 'Look who would change' }).click();
    await page.waitForURL('**/plans/*');
    await desk.gangway.admin('POST', `/connections/${desk.gangway.connection.id}/pause`, {});
    await desk.gangway.scim('POST', '/Users', scimUser('mary'));
    await page.getByRole('button', { name: 'Do it now' }).click();
    expect(await textOf(page, '[role=alert]')).toContain('it would do something else by now');
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await textOf(page, '[role=status]')).toContain('Nothing has changed');
    await desk.gangway.admin('POST', `/connections/${desk.gangway.connection.id}/enable`, {});
    await settled(desk.gangway.db);
  });

  test('that is not valid comes back as it was filled in, with the fault beside its field', async () => {
    await page.goto(idp('/policy'));
    await page.locator('#invite').selectOption('onDate');
    await page.locator('#onDelete').selectOption('suspend');
    await page.getByRole('button', { name: 'Look who would change' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('#fault-invite').count()).toBeGreaterThan(0);
    expect(await page.locator('#onDelete').inputValue()).toBe('suspend');
    expect(await violationsOn(page)).toEqual([]);
  });
});

describe('a mapping in the console', { shuffle: false }, () => {
  const TEXT =
    'attributes:\n  department:\n    from: department\n    table: { "102": Supply Chain, "103": Sales, Supply Chain: Supply Chain }\n';

  beforeAll(async () => {
    const policy = { invite: 'automatic', guard: GUARD };
    await desk.gangway.admin('PUT', `/connections/${desk.gangway.connection.id}/policy`, policy);
    await settled(desk.gangway.db);
  });

  test('says what is wrong at its line', async () => {
    await page.goto(idp('/mapping'));
    await page.locator('#document').fill(TEXT.replace('from: department', 'from: departmnt'));
    await page.getByRole('button', { name: 'Look who would change' }).click();
    expect(await textOf(page, '#faults')).toMatch(/Line 3:.*was department meant/s);
    await page.locator('#document').fill('attributes: [');
    await page.getByRole('button', { name: 'Look who would change' }).click();
    expect(await textOf(page, '#faults')).toContain('Line 1:');
    expect(await page.locator('#document').inputValue()).toBe('attributes: [');
  });

  test('is tried on somebody who is found while one types, and saved after a look (S71)', async () => {
    await page.goto(idp('/mapping'));
    await page.locator('#document').fill(TEXT);
    await page.locator('#person').pressSequentially('ada');
    await page.getByRole('radio', { name: /ada/ }).waitFor();
    await page.getByRole('button', { name: 'Try it', exact: true }).click();
    expect(await textOf(page, '#tried')).toMatch(/has an account.*Supply Chain/s);
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Look who would change' }).click();
    await page.waitForURL('**/plans/*');
    expect(await textOf(page, '.cards')).toContain('other attributes');
    await page.getByRole('button', { name: 'Do it now' }).click();
    await page.waitForURL('**/mapping');
    expect(await textOf(page, 'section[aria-labelledby=holds]')).toContain('102 → Supply Chain');
  });

  test('lists values that nobody named, with what comes near (S81)', async () => {
    await page.goto(idp('/mapping'));
    const row = page.locator('#unmatched tbody tr');
    await row.waitFor();
    expect(await row.textContent()).toMatch(/supply chain.*department.*1.*Supply Chain/s);
    const csv = await page.request.get(idp('/mapping/unmatched.csv'));
    expect(await csv.text()).toBe('\ufeffattribute,value,people,near\r\ndepartment,supply chain,1,Supply Chain\r\n');
  });
});

describe('a roster profile in the console', () => {
  test('is proposed from pasted lines or a file, looked at, and saved (S44)', async () => {
    await page.goto(ofHr('/roster-profile'));
    await page.locator('#lines').fill(ROSTER);
    await page.getByRole('button', { name: 'Propose' }).click();
    expect(await textOf(page, 'section[aria-labelledby=proposal]')).toMatch(/Personalnummer.*employeeNumber.*95 %/s);
    const large = ROSTER + '18;Grace;Muster;grace.m@example.com;01.02.2024\n'.repeat(20_000);
    await page.locator('#file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(large) });
    await page.getByRole('button', { name: 'Propose' }).click();
    await page.getByRole('status').waitFor();
    expect(await page.locator('input[name="column.0"]').inputValue()).toBe('Personalnummer');
    expect(await page.locator('#dateFormat').inputValue()).toBe('DD.MM.YYYY');
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await textOf(page, '[role=status]')).toContain('saved');
    const { body } = await desk.gangway.admin('GET', `/connections/${hr}/roster-profile`);
    expect(body['set']).toMatchObject({ columns: { Personalnummer: 'employeeNumber' }, dateFormat: 'DD.MM.YYYY' });
  });
});

test.for([
  { name: 'without a boundary', type: 'multipart/form-data', body: '' },
  {
    name: 'that breaks off within its file',
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nname;',
  },
])('a form with a file $name is refused, and the server goes on', async ({ type, body }) => {
  const answer = await page.request.post(ofHr('/roster-profile/propose'), {
    headers: { 'content-type': type },
    data: body,
  });
  expect(answer.status()).toBe(400);
  expect((await page.goto(ofHr('/roster-profile')))?.status()).toBe(200);
});

test('a form with a file that is not ours is refused', async () => {
  const multipart = { csrf: 'another', lines: ROSTER };
  expect((await page.request.post(ofHr('/roster-profile/propose'), { multipart })).status()).toBe(403);
});

describe('a feed in the console', { shuffle: false }, () => {
  test('is tested with what was typed, saved, and its secret never comes back', async () => {
    files.answer = (req, res) => {
      const known = req.headers.authorization === `Basic ${Buffer.from('gangway:s3cret').toString('base64')}`;
      if (known) serves(ROSTER, '"1"')(req, res);
      else res.writeHead(401).end();
    };
    await desk.gangway.admin('PUT', `/connections/${hr}/roster-profile`, {
      columns: { Personalnummer: 'employeeNumber', Vorname: 'givenName', Nachname: 'familyName', 'E-Mail': 'email' },
    });
    await page.goto(ofHr('/feed'));
    await page.getByRole('link', { name: 'HTTPS' }).click();
    await page.getByLabel('Address', { exact: true }).fill(`${files.origin}/people.csv`);
    await page.getByLabel('How Gangway shows who it is').selectOption('basic');
    await page.getByLabel('User name', { exact: true }).fill('gangway');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.locator('#tested .refused').waitFor();
    await page.getByLabel('Password').fill('s3cret');
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.locator('#tested .done').waitFor();
    expect(await textOf(page, '#tested')).toContain('Of the first 1 rows 1 can be taken');
    await page.locator('#cron').fill('0 6 * * 1-5');
    await page.locator('#cron').blur();
    await page.getByText('Monday to Friday at 06:00').waitFor();
    expect(await page.locator('#schedule time').count()).toBe(3);
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await textOf(page, '[role=status]')).toContain('saved');
    expect(await page.content()).not.toContain('s3cret');
  });

  test('is fetched by hand, and says what came of it', async () => {
    await page.goto(ofHr('/feed'));
    await page.getByRole('button', { name: 'Fetch now' }).click();
    await page.locator('#last .pill.good').waitFor();
    expect(await textOf(page, '#last')).toMatch(/taken in.*To the run/s);
    await page.getByText('Fetch no more').click();
    await page.getByRole('button', { name: 'Remove the feed' }).click();
    expect(await textOf(page, '[role=status]')).toContain('removed');
    expect((await desk.gangway.admin('GET', `/connections/${hr}/feed`)).status).toBe(404);
  });

  test('works without script: the whole page comes back with what the test found', async () => {
    const page = await desk.operator('Dorothy');
    await page.route('**/assets/htmx.js', (route) => route.abort());
    await page.goto(ofHr('/feed?kind=sftp'));
    await page.getByLabel('Server', { exact: true }).fill('127.0.0.1');
    await page.getByRole('button', { name: 'Test now' }).click();
    await page.waitForURL('**/feed/test*');
    await page.locator('#tested .refused').waitFor();
    expect(await page.getByLabel('Server', { exact: true }).inputValue()).toBe('127.0.0.1');
  });
});

describe('notices in the console', () => {
  test('are for whom one says, and a test mail arrives (S39)', async () => {
    await page.goto(idp('/notices'));
    await page.getByLabel('E-mail address').fill('it@example.com');
    await page.getByRole('button', { name: 'Add an address' }).click();
    await page.getByText('it@example.com gets notices').waitFor();
    await page.locator('summary', { hasText: 'it@example.com' }).click();
    await page.getByRole('button', { name: 'Send a test mail' }).click();
    await page.getByText('took the test mail').waitFor();
    expect(mail.mails.map(({ to }) => to)).toEqual([['it@example.com']]);
    expect(decoded(mail.mails[0] ?? { to: [], raw: '' })).toContain('Gangway');
    await page.getByLabel('A roster is expected every').fill('7d');
    await page.locator('form[action$="/when"] button').click();
    const { body } = await desk.gangway.admin('GET', `/connections/${desk.gangway.connection.id}/notice-list`);
    expect(body).toMatchObject({ expectedEvery: '7d', recipients: [{ address: 'it@example.com', language: 'en' }] });
    await page.locator('summary', { hasText: 'it@example.com' }).click();
    await page.locator('summary', { hasText: 'Take off the list' }).click();
    await page.getByRole('button', { name: 'Take off the list' }).click();
    await page.getByText('it@example.com gets no more notices').waitFor();
  });
});

describe('all of these pages', () => {
  test('show no form to who may only look, and say so to who may not', async () => {
    const page = await desk.operator('Edith', { rights: ['audit'] });
    for (const path of ['/policy', '/mapping', '/feed', '/notices', '/roster-profile']) {
      await page.goto(idp(path));
      expect([path, await page.locator('main form button').count()]).toEqual([path, 0]);
    }
    const people = await desk.operator('Mary', { rights: ['people'] });
    await people.goto(idp('/policy'));
    expect(await textOf(people, 'h1')).toBe('You may not do this');
    await people.goto(desk.at('/plans'));
    expect(await textOf(people, 'h1')).toBe('Plans');
  });

  test('have nothing that WCAG forbids, in both languages, light and dark, and fit a phone', {
    timeout: 300_000,
  }, async () => {
    const { body } = await desk.gangway.admin('GET', '/plans');
    const [{ id } = { id: '' }] = body['plans'] as { id: string }[];
    const pages = ['/settings/policy', '/settings/notices', '/plans', '/plans?all=true', `/plans/${id}`];
    const own = [
      '/policy',
      '/mapping',
      '/mapping/people?person=ada',
      '/mapping/unmatched',
      '/roster-profile',
      '/notices',
    ];
    const feeds = ['', '?kind=https', '?kind=sftp', '?kind=scim', '?kind=google', '/schedule?cron=x&timeZone=UTC'];
    const paths = [...own, ...feeds.map((more) => `/feed${more}`)].map((path) => idp(path));
    for (const look of [{ dark: true, width: 360, language: 'de' as const }, { dark: false }]) {
      const page = await desk.operator('Katherine', look);
      for (const path of [...paths, ...pages.map((one) => desk.at(one))]) {
        await page.goto(path);
        expect([path, await violationsOn(page)]).toEqual([path, []]);
        expect([path, await overflowOf(page)]).toEqual([path, 0]);
        // a phrase that nobody wrote would stand there by its name
        expect([
          path,
          /\b(policy|mapping|profile|feed|notices|plans|outcome)\.[a-z]\w+\.?/.exec(await textOf(page, 'main'))?.[0],
        ]).toEqual([path, undefined]);
      }
    }
  });

  test('another connection’s, which is not there, is not found', async () => {
    for (const path of ['/policy', '/mapping', '/feed', '/notices', '/roster-profile']) {
      const answer = await page.goto(desk.at(`/connections/018f0000-0000-7000-8000-000000000000${path}`));
      expect([path, answer?.status()]).toEqual([path, 404]);
    }
    await eventually('the plan is not found', async () => {
      const answer = await page.goto(desk.at('/plans/nobody'));
      return answer?.status() === 404;
    });
  });
});
