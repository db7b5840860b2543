import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installTargets, run, say } from './install.ts';
import { startMaildev } from './maildev.ts';
import { freePort, type ServerProcess, startServer } from './server-process.ts';

export type Redmine = {
  readonly url: string;
  /** The API key of the administrator. */
  readonly key: string;
  /** The mail sink's web address. */
  readonly mailUrl: string;
  stop(): Promise<void>;
};

/** Where Debian's package puts the application, and the empty database that it makes. */
const APP = '/usr/share/redmine';
const EMPTY = '/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default';
const PACKAGES = ['redmine', 'redmine-sqlite', 'puma'];
const exec = promisify(execFile);

/** Why Redmine cannot be had on this machine; null when it is there, if need be from Debian's packages. */
export async function installRedmine(): Promise<string | null> {
  const there = () =>
    Promise.all([APP, EMPTY, '/usr/bin/puma'].map((path) => access(path))).then(
      () => true,
      () => false,
    );
  if (await there()) return null;
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root can install it from Debian’s packages';
  try {
    say(`installing ${PACKAGES.join(', ')} by apt-get: 100 MB and a minute or two, once`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { cwd: '/', env });
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...PACKAGES], { cwd: '/', env });
  } catch (error) {
    return `apt-get cannot install it: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`;
  }
  return (await there()) ? null : 'the packages were installed, but not to where Debian 12 has them';
}

/** A fresh Redmine with a mail sink beside it, on free loopback ports, with a database of its own. */
export async function startRedmine(): Promise<Redmine> {
  const installed = await installTargets();
  const folder = await mkdtemp(join(tmpdir(), 'gangway-redmine-'));
  const servers: ServerProcess[] = [];
  const stop = async () => {
    for (const server of servers.toReversed()) await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const mail = await startMaildev(installed, folder);
    servers.push(mail);
    await makeInstance(folder, mail.smtpPort);
    // the package looks for instances in a folder of its own; this leads out of it, to ours
    const env = { ...process.env, RAILS_ENV: 'production', REDMINE_INSTANCE: `${'../'.repeat(12)}${folder.slice(1)}` };
    const key = await makeKey(env);
    const rackup = join(folder, 'config.ru');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const puma = ['puma', '-b', `tcp://127.0.0.1:${port}`, '-e', 'production', '-t', '1:1', rackup] as const;
    servers.push(await startServer([...puma], { cwd: APP, env, readyUrl: `${url}/login` }));
    return { url, key, mailUrl: mail.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// Ruby's SQLite waits for a lock without letting the thread go on that holds it: one thread, mails included
const RACKUP = `
require '${APP}/config/environment'
ActiveJob::Base.queue_adapter = :inline
run Rails.application
`;

async function makeInstance(folder: string, smtpPort: number): Promise<void> {
  for (const name of ['config', 'log', 'files', 'tmp', 'public']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'config.ru'), RACKUP);
  const database = join(folder, 'redmine.sqlite');
  await copyFile(EMPTY, database);
  const config = (name: string, text: string) => writeFile(join(folder, 'config', name), text);
  await config('database.yml', `production:\n  adapter: sqlite3\n  database: ${database}\n  timeout: 10000\n`);
  await config('secret_key.txt', randomBytes(64).toString('hex'));
  const smtp = `{ address: 127.0.0.1, port: ${smtpPort}, enable_starttls_auto: false }`;
  await config(
    'configuration.yml',
    `default:\n  email_delivery:\n    delivery_method: :smtp\n    smtp_settings: ${smtp}\n`,
  );
}

async function makeKey(env: NodeJS.ProcessEnv): Promise<string> {
  const script = [
    'Setting.rest_api_enabled = "1"',
    'admin = User.find_by_login("admin")',
    'admin.update!(language: "en", must_change_passwd: false)',
    'puts admin.api_key',
  ];
  const { stdout } = await exec('bin/rails', ['runner', script.join('; ')], { cwd: APP, env });
  const key = stdout.trim().split('\n').at(-1) ?? '';
  if (!/^[0-9a-f]{40}$/.test(key)) throw new Error(`Redmine gave no API key: ${stdout.slice(-500)}`);
  return key;
}
