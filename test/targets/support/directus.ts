import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installed, installTargets, run, say } from './install.ts';
import { startMaildev } from './maildev.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

export type Directus = {
  readonly url: string;
  /** A static token with all rights. */
  readonly token: string;
  /** The mail sink's web address: `GET {mailUrl}/email` lists what was sent. */
  readonly mailUrl: string;
  /** The role that invited people get. */
  readonly roleId: string;
  /** What examples/targets/directus.yaml needs as settings; its one secret is `token`. */
  readonly settings: { readonly url: string; readonly role: string; readonly inviteUrl: string };
  stop(): Promise<void>;
};

const TOKEN = 'static-admin-token-of-the-target-tests';
const INVITE_URL = 'http://127.0.0.1:3999/welcome';

/** A fresh Directus with a mail sink beside it, both on free loopback ports, with a database of its own. */
export async function startDirectus(): Promise<Directus> {
  const installed = await installTargets();
  const folder = await mkdtemp(join(tmpdir(), 'gangway-directus-'));
  const started = Date.now();
  const servers: ServerProcess[] = [];
  const stop = async () => {
    for (const server of servers.toReversed()) await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const mail = await startMaildev(installed, folder);
    servers.push(mail);
    const { server, url } = await startApp(installed, folder, mail.smtpPort);
    servers.push(server);
    const roleId = await makeRole(url);
    say(`Directus is up after ${Math.round((Date.now() - started) / 1000)} s`);
    const settings = { url, role: roleId, inviteUrl: INVITE_URL };
    return { url, token: TOKEN, mailUrl: mail.url, roleId, settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startApp({ node, directus }: Installed, cwd: string, smtpPort: number) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...environment(url, port, smtpPort), PATH: process.env.PATH, HOME: cwd };
  await run(node, [directus, 'bootstrap'], { cwd, env });
  const server = await startServer([node, directus, 'start'], { cwd, env, readyUrl: `${url}/server/ping` });
  return { server, url };
}

function environment(url: string, port: number, smtpPort: number): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    SECRET: 'a secret for the sessions of this test only',
    DB_CLIENT: 'sqlite3',
    DB_FILENAME: './directus.db',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'a password for this test only',
    ADMIN_TOKEN: TOKEN,
    TELEMETRY: 'false',
    RATE_LIMITER_ENABLED: 'false',
    PRESSURE_LIMITER_ENABLED: 'false', // it answers 503 while other tests keep the machine busy
    LOG_LEVEL: 'error',
    EMAIL_TRANSPORT: 'smtp',
    EMAIL_SMTP_HOST: '127.0.0.1',
    EMAIL_SMTP_PORT: String(smtpPort),
    EMAIL_SMTP_IGNORE_TLS: 'true',
    EMAIL_VERIFY_SETUP: 'false',
    USER_INVITE_URL_ALLOW_LIST: INVITE_URL,
  };
}

async function makeRole(url: string): Promise<string> {
  const response = await fetch(`${url}/roles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Staff' }),
  });
  if (!response.ok) throw new Error(`Directus did not make a role: ${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as { data: { id: string } };
  return data.id;
}
