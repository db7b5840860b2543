import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import chromiumOfNpm from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const SYSTEM = ['chromium', 'chromium-browser', 'google-chrome'];

/** A real browser: the system's Chromium where it has one, else the one that npm's package carries. */
export async function startChromium(): Promise<Browser> {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => SYSTEM.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  return chromium.launch({ executablePath: found ?? (await chromiumOfNpm.executablePath()), args: quiet });
}
