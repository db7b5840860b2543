import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { readConfig } from '../../src/config.ts';
import { companyOf } from '../../src/demo/company.ts';
import { firstLink } from '../../src/demo/first-operator.ts';
import { ensureDemo, TENANT } from '../../src/demo/first-run.ts';
import { scimClient, userOf } from '../../src/demo/play-scim.ts';
import { createLog } from '../../src/log.ts';
import { type Running, startServer } from '../../src/server.ts';
import { startChromium } from '../support/chromium.ts';

// npm run screens [FOLDER [PAGE...]]: pictures of the main pages with the played company, light and dark, for docs/console.md
const [folder = join(import.meta.dirname, '../../docs/screens'), ...wanted] = process.argv.slice(2);
const PASSWORD = 'the tide is out today';
const LOOKS = ['light', 'dark'] as const;
const PEOPLE = 24;
const LEAVERS = 3;
const SETTLING_MS = 3_000;

const dataDir = mkdtempSync(join(tmpdir(), 'gangway-screens-'));
const running = await startServer(readConfig({ PORT: '0', GANGWAY_DATA: dataDir }), createLog('warn'));
const browser = await startChromium();
try {
  const person = await seed(running);
  mkdirSync(folder, { recursive: true });
  const saved = await takeAll(browser, person);
  process.stdout.write(`${saved.join('\n')}\n`);
} finally {
  await browser.close();
  await running.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** The played company comes in, and three of it leave; gives the id of one who stays. */
async function seed({ db, origin }: Running): Promise<string> {
  const scim = scimClient(`${origin}/scim/v2`, await ensureDemo(db, dataDir));
  const ids: string[] = [];
  for (const colleague of companyOf(PEOPLE)) ids.push((await scim.createUser(userOf(colleague, ids[0] ?? null))).id);
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  for (const id of ids.slice(-LEAVERS))
    await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'active', value: false }]);
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  return ids[0] ?? '';
}

function pagesOf(person: string): Record<string, string> {
  const paths = ['people', 'connections', 'holds', 'runs', 'targets', 'audit', 'settings'];
  const more = wanted.filter((path) => path.includes('/')).map((path) => [path.replaceAll(/[/?=]/g, '-'), `/${path}`]);
  return {
    home: '',
    person: `/people/${person}`,
    ...Object.fromEntries(paths.map((path) => [path, `/${path}`])),
    ...Object.fromEntries(more),
  };
}

/** Signs in, and saves each page that is there in both looks. */
async function takeAll(browser: Browser, person: string): Promise<string[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const saved = await takeSignIn(page);
  await page.goto(`${running.origin}${await firstLink(running.db, TENANT)}`);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('input[name=again]').fill(PASSWORD);
  await page.locator('button[type=submit]').click();
  await page.waitForURL(`**/console/t/${TENANT}`);
  for (const [name, path] of Object.entries(pagesOf(person))) {
    if (wanted.length > 0 && !wanted.includes(name) && !wanted.includes(path.slice(1))) continue;
    const answer = await page.goto(`${running.origin}/console/t/${TENANT}${path}`);
    if (answer?.status() !== 404) saved.push(...(await take(page, name)));
  }
  return saved;
}

async function takeSignIn(page: Page): Promise<string[]> {
  if (wanted.length > 0 && !wanted.includes('sign-in')) return [];
  await page.goto(`${running.origin}/console/sign-in`);
  return take(page, 'sign-in');
}

async function take(page: Page, name: string): Promise<string[]> {
  const files: string[] = [];
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look });
    await page.waitForLoadState('networkidle');
    const path = join(folder, `${name}-${look}.png`);
    await page.screenshot({ path });
    files.push(path);
  }
  return files;
}
