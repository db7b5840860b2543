import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstLink } from '../../src/demo/first-operator.ts';
import { TENANT } from '../../src/demo/first-run.ts';
import { welcome } from '../../src/demo/welcome.ts';
import { type RunningServer, runServer } from '../admin/running.ts';
import { openBrowser } from '../support/browser.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await runServer({ demo: true });
});
afterAll(() => server.stop());

test('the first start gives a link for the owner, each next one a new link, until a password is chosen', async () => {
  const both = await Promise.all([firstLink(server.db, TENANT), firstLink(server.db, TENANT)]);
  const { rows } = await server.db.raw('select name from access.operators');
  expect(rows).toEqual([{ name: 'admin' }]);
  const last = (await firstLink(server.db, TENANT)) ?? '';
  for (const path of both) expect((await openBrowser().get(`${server.origin}${path}`)).status).toBe(410);

  const browser = openBrowser();
  await browser.get(`${server.origin}${last}`);
  const password = 'the tide is out today';
  await browser.follow(await browser.submit(last, { password, again: password }));
  const account = await browser.get(`${server.origin}/console/account`);
  expect(account.text).toMatch(/demo<\/td><td>owner/);
  expect(await firstLink(server.db, TENANT)).toBeNull();
  await server.call('POST', '/operators', { body: { name: 'Ada', rights: ['owner'] } });
  await server.call('DELETE', '/operators/admin');
  expect(await firstLink(server.db, TENANT)).toBeNull(); // who was removed does not come back
});

test('the welcome says where to sign in', () => {
  const at = { scim: 's', token: 't', sandbox: 'x', dataDir: 'd', signIn: 'http://host/console/sign-in' };
  expect(welcome({ ...at, link: 'http://host/link' })).toMatch(/Console +http:\/\/host\/link\n.*works once/);
  expect(welcome({ ...at, link: null })).toContain('Console         http://host/console/sign-in\n');
});
