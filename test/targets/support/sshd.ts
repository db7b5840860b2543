import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { run, say } from './install.ts';
import { freePort } from './server-process.ts';

export type Sshd = {
  readonly port: number;
  readonly username: string;
  readonly privateKey: string;
  /** What `ssh-keygen -l` says of its key. */
  readonly fingerprint: string;
  /** Where files are put for others to fetch. */
  readonly folder: string;
  /** Gives it another key, as after a new installation. */
  newKey(): Promise<string>;
  stop(): Promise<void>;
};

const SSHD = '/usr/sbin/sshd';
const exec = promisify(execFile);

/** Why OpenSSH's server cannot be had on this machine; null when it is there, if need be from Debian's package. */
export async function installSshd(): Promise<string | null> {
  const there = () =>
    access(SSHD).then(
      () => true,
      () => false,
    );
  if (await there()) return null;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can install it from Debian’s package';
  try {
    say('installing openssh-server by apt-get, once');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { cwd: '/', env });
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'openssh-server'], { cwd: '/', env });
  } catch (error) {
    return `apt-get cannot install it: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`;
  }
  return (await there()) ? null : 'the package was installed, but not to where Debian has it';
}

/** A fresh sshd on a free loopback port, which lets the current user in by a key of its own. */
export async function startSshd(): Promise<Sshd> {
  const place = await mkdtemp(join(tmpdir(), 'gangway-sshd-'));
  const folder = join(place, 'out');
  await mkdir(folder);
  await mkdir('/run/sshd', { recursive: true });
  const port = await freePort();
  await makeKey(join(place, 'client'));
  await writeFile(join(place, 'authorized'), await readFile(join(place, 'client.pub')));
  await writeFile(join(place, 'sshd_config'), configOf(place, port));
  let child: ChildProcess | null = null;
  const restart = async () => {
    await end(child);
    await makeKey(join(place, 'host'));
    child = spawn(SSHD, ['-D', '-e', '-f', join(place, 'sshd_config')], { stdio: 'ignore' });
    await answered(port);
    return fingerprintOf(join(place, 'host.pub'));
  };
  const fingerprint = await restart();
  return {
    ...{ port, folder, fingerprint, username: userInfo().username, newKey: restart },
    privateKey: await readFile(join(place, 'client'), 'utf8'),
    stop: async () => {
      await end(child);
      await rm(place, { recursive: true, force: true });
    },
  };
}

function configOf(place: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(place, 'host')}`,
    `AuthorizedKeysFile ${join(place, 'authorized')}`,
    ...[
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
    ],
    'Subsystem sftp internal-sftp',
  ].join('\n');
}

async function makeKey(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.pub`, { force: true });
  await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
}

async function fingerprintOf(path: string): Promise<string> {
  const { stdout } = await exec('ssh-keygen', ['-l', '-f', path]);
  return stdout.split(' ')[1] ?? '';
}

async function answered(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await sleep(100);
  }
  throw new Error('sshd did not start');
}

async function end(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
