import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startChromium } from './chromium.ts';
import { type Gangway, type GangwayOptions, startGangway } from './gangway.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PASSWORD = 'the tide is out today';

export type Language = 'en' | 'de';
export type Look = { language?: Language; width?: number; dark?: boolean; rights?: string[]; script?: boolean };

export type Desk = {
  gangway: Gangway;
  browser: Browser;
  /** Somebody of this name signs in, with a window of their own. */
  operator(name: string, look?: Look): Promise<Page>;
  /** The address of a page of the console. */
  at(path: string): string;
  stop(): Promise<void>;
};

/** The whole server, and a real browser to look at it with. */
export async function startDesk(options: GangwayOptions = {}): Promise<Desk> {
  const gangway = await startGangway(options);
  const browser = await startChromium();
  const contexts: BrowserContext[] = [];
  const at = (path: string) => `${gangway.running.origin}/console/t/test${path}`;
  return {
    gangway,
    browser,
    at,
    operator: async (name, { language = 'en', width = 1440, dark = false, rights = ['owner'], script = true } = {}) => {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        locale: language === 'de' ? 'de-DE' : 'en-GB',
        colorScheme: dark ? 'dark' : 'light',
        timezoneId: 'Europe/Berlin',
        reducedMotion: 'reduce',
        javaScriptEnabled: script,
      });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.on('pageerror', (error) => {
        throw error;
      });
      const made = await gangway.admin('POST', '/operators', { name, rights, language });
      expect([201, 409]).toContain(made.status);
      const { body } = await gangway.admin('POST', `/operators/${name}/link`, {});
      await page.goto(String(body['url']));
      await page.locator('input[name=password]').fill(PASSWORD);
      await page.locator('input[name=again]').fill(PASSWORD);
      await page.locator('button[type=submit]').click();
      await page.waitForURL('**/console/t/test');
      return page;
    },
    stop: async () => {
      for (const context of contexts) await context.close();
      await browser.close();
      await gangway.stop();
    },
  };
}

type Violation = { id: string; help: string; nodes: { html: string; failureSummary: string }[] };

/** What WCAG 2.2 AA forbids and axe finds on the page as it is. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // the page's own policy lets no script in by an element
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const violations = (await page.evaluate(
    `axe.run({ runOnly: ${JSON.stringify(tags)}, resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Violation[];
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Whether all of the page fits into the window's width. */
export async function overflowOf(page: Page): Promise<number> {
  return (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number;
}
