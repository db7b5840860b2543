import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { csv, employees } from '../support/rosters.ts';
import { installed } from './gangway.ts';

// each test starts processes, which a busy machine takes its time for
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'gangway-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a server needs and a workstation does not. */
const HEAVY = [
  'express',
  'knex',
  'pg',
  'pino',
  'scimmy',
  'nodemailer',
  'jose',
  'eta',
  'qrcode',
  'rate-limiter-flexible',
];

const WATCH = join(folder, 'watch.mjs');
writeFileSync(
  WATCH,
  `import { registerHooks } from 'node:module';
   import { appendFileSync } from 'node:fs';
   registerHooks({ load: (url, context, next) => { appendFileSync(process.env.LOADED, url + '\\n'); return next(url, context); } });`,
);

async function loadedBy(args: string[]): Promise<string[]> {
  const list = join(folder, `${args.join('-').replaceAll(/\W/g, '-')}.txt`);
  writeFileSync(list, '');
  const ran = await installed(process.execPath, args, { NODE_OPTIONS: `--import=${WATCH}`, LOADED: list });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return readFileSync(list, 'utf8').split('\n').filter(Boolean);
}

const packagesIn = (urls: string[]) =>
  new Set(
    urls.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]).filter((name) => name !== undefined),
  );

test('--version needs the command line alone', async () => {
  const urls = await loadedBy(['--version']);
  expect([...packagesIn(urls)]).toEqual(['commander']);
  expect(
    urls.filter((url) => /\/src\/(?!cli\/|configuration\/|opening\/|model\/|main|program|errors)/.test(url)),
  ).toEqual([]);
});

test('a roster is checked without what only the server needs', async () => {
  writeFileSync(join(folder, 'staff.csv'), csv(employees(3)));
  const urls = await loadedBy(['roster', 'check', join(folder, 'staff.csv')]);
  expect(HEAVY.filter((name) => packagesIn(urls).has(name))).toEqual([]);
  expect(urls.some((url) => url.endsWith('/src/roster/read/check.ts'))).toBe(true); // the list is not empty for another reason
  expect(urls.filter((url) => /\/src\/(database|server|scim|admin|deliver|directory)/.test(url))).toEqual([]);
});
