import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { databaseUrl, sql } from '../../support/server.ts';
import { installTargets } from './install.ts';
import { freePort, startServer } from './server-process.ts';

export type BetterAuth = { readonly url: string; readonly token: string; stop(): Promise<void> };

const SERVER = new URL('./better-auth-server.mjs', import.meta.url);

/** A fresh Better Auth with its SCIM server, on a free loopback port and an empty database of its own. */
export async function startBetterAuth(): Promise<BetterAuth> {
  const { node, betterAuth: folder } = await installTargets();
  const server = inject('serverUrl');
  const name = `better_auth_${randomUUID().replaceAll('-', '')}`;
  await sql(server, `create database ${name}`);
  const drop = () => sql(server, `drop database if exists ${name} with (force)`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const token = `token-${randomUUID()}`;
  const script = join(folder, 'server.mjs'); // packages are looked for beside the script
  await copyFile(SERVER, script);
  const env = {
    PATH: process.env.PATH,
    PORT: String(port),
    DATABASE_URL: databaseUrl(server, name),
    SCIM_TOKEN: token,
  };
  try {
    const process = await startServer([node, script], { cwd: folder, env, readyUrl: `${url}/ready` });
    const stop = async () => {
      await process.stop();
      await drop();
    };
    return { url: `${url}/api/auth/scim/v2`, token, stop };
  } catch (error) {
    await drop();
    throw error;
  }
}
