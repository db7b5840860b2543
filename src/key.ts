import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

/** The key that targets' secrets are sealed with: GANGWAY_KEY, or one made once and kept in the data folder. */
export function keyFrom(config: Pick<Config, 'key' | 'dataDir'>): Buffer {
  return config.key ?? Buffer.from(secretFile(config.dataDir, 'key'), 'base64url');
}

/** 32 random bytes as text in a file that only its owner can read; made when it is not there yet. */
export function secretFile(dataDir: string, name: string): string {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, name);
  try {
    writeFileSync(path, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
