import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../errors.ts';

/** As whom PostgreSQL's programs run, and what is put before the command to get there. */
export type Owner = { uid?: number; gid?: number; prefix: string[] };

/** PostgreSQL refuses uid 0. Tried in this order; the last one needs a folder that everybody can pass through. */
export type RootWay = 'nobody' | 'unshare' | 'copy';
export const ROOT_WAYS: RootWay[] = ['nobody', 'unshare', 'copy'];

/** Nothing of our own environment: it holds secrets that user `nobody` could read from /proc. Windows needs its own. */
const ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
const POSIX = process.platform !== 'win32';

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Options for a child process: a folder anybody may be in, and an environment without secrets. */
export function childOptions(owner: Owner) {
  const { uid, gid } = owner;
  const identity = uid === undefined || gid === undefined ? {} : { uid, gid };
  return POSIX ? { cwd: '/', env: ENV, ...identity } : { windowsHide: true };
}

/** Splits a command for spawn, with the owner's prefix before it. */
export function commandFor(owner: Owner, command: string, args: string[]): [string, string[]] {
  const [first = command, ...rest] = [...owner.prefix, command, ...args];
  return [first, rest];
}

/** Runs a program to its end; a failure is a Fault that quotes what the program said. */
export async function run(owner: Owner, command: string, args: string[]): Promise<void> {
  try {
    await promisify(execFile)(...commandFor(owner, command, args), childOptions(owner));
  } catch (cause) {
    const { stdout = '', stderr = '', message } = cause as Error & { stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.trim() || message;
    throw new Fault('database_unavailable', `${command} failed: ${said.slice(-2000)}`);
  }
}

/** True when the program can be started that way: not from below a closed folder, not where namespaces are blocked. */
export function canRun(owner: Owner, command: string): boolean {
  return spawnSync(...commandFor(owner, command, ['--version']), childOptions(owner)).status === 0;
}

/** User `nobody`, who has a passwd entry everywhere (initdb wants one), so that no user needs to be created. */
export function nobody(): Owner {
  const line = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(-?\d+):(-?\d+):/m);
  const [uid, gid] = [Number(line?.[1] ?? 65534) >>> 0, Number(line?.[2] ?? 65534) >>> 0]; // -2 on macOS
  return { uid, gid, prefix: [] };
}

/** True when that user may pass through the folder and all those above it. */
export function canReach(owner: Owner, folder: string): boolean {
  const { mode, uid } = statSync(folder);
  const open = (mode & 0o001) !== 0 || (uid === owner.uid && (mode & 0o100) !== 0);
  return open && (dirname(folder) === folder || canReach(owner, dirname(folder)));
}

/** Gives a folder with all it holds to the owner; the folder itself comes last, so that a crash is noticed next time. */
export function giveTo(owner: Owner, folder: string): void {
  if (!isRoot()) return;
  const { uid, gid } = { uid: 0, gid: 0, ...owner };
  if (statSync(folder).uid === uid) return;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, entry), uid, gid);
  chownSync(folder, uid, gid);
}

/** Opens a folder of ours for passing through, whatever the umask was when it was made. */
export function openToAll(folder: string): void {
  if (POSIX) chmodSync(folder, 0o755);
}
