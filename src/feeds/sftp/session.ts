import { createHash, timingSafeEqual } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import ssh2, { type Attributes, type Entry, type Sftp } from 'ssh2';
import { lookupWithin } from '../../connectors/http/address.ts';
import { Fault, isFault } from '../../errors.ts';
import { feedFailed, reasonOf } from '../failed.ts';
import type { SftpSettings } from './settings.ts';

/** A session on the server, until `end`. Faults say what is wrong with the server. */
export type Session = {
  /** As `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  stat(path: string): Promise<Attributes | null>;
  list(folder: string): Promise<readonly Entry[]>;
  read(path: string): Readable;
  end(): void;
};

const KEEPALIVE_MS = 10_000;
const NO_SUCH_FILE = 2;

/** Signs in. A server whose key is not the pinned one is sent nothing: neither our name nor our password. */
export async function openSession(settings: SftpSettings, signal: AbortSignal): Promise<Session> {
  const { host, port, username, password, privateKey, passphrase, hostKey, timeoutSeconds } = settings;
  const client = new ssh2.Client();
  const shown = { fingerprint: '' };
  const sock = connect({ host, port, lookup: lookupWithin('any') });
  const failed = new Promise<never>((_, reject) => {
    const fail = (error: unknown) => reject(faultOf(error, settings, shown.fingerprint, signal));
    sock.on('error', fail);
    client.on('error', fail);
    client.on('close', () => fail(new Error('closed')));
    signal.addEventListener('abort', () => sock.destroy(new Error('aborted')), { once: true });
  });
  failed.catch(() => {}); // it may come when nobody waits for anything
  silence(sock, settings);
  const ready = new Promise<void>((resolve) => void client.once('ready', resolve));
  client.connect({
    ...{ sock, username, readyTimeout: timeoutSeconds * 1000, keepaliveInterval: KEEPALIVE_MS },
    ...(privateKey ? { privateKey, ...(passphrase && { passphrase }) } : { password: password ?? '' }),
    hostVerifier: (key) => {
      shown.fingerprint = fingerprintOf(key);
      return hostKey !== undefined && sameText(shown.fingerprint, hostKey.replace(/=$/, ''));
    },
  });
  try {
    signal.throwIfAborted();
    await Promise.race([ready, failed]);
    const sftp = await Promise.race([subsystem(client), failed]);
    return sessionOn(sftp, failed, shown.fingerprint, () => client.end());
  } catch (error) {
    client.destroy();
    throw error;
  }
}

/** The fingerprint of a key, in the form that OpenSSH shows. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function sessionOn(sftp: Sftp, failed: Promise<never>, fingerprint: string, end: () => void): Session {
  const asked = <T>(run: (done: (error: Error | undefined, found: T) => void) => void): Promise<T> =>
    Promise.race([
      new Promise<T>((resolve, reject) => run((error, found) => (error ? reject(error) : resolve(found)))),
      failed,
    ]);
  return {
    fingerprint,
    end,
    stat: async (path) => {
      try {
        return await asked<Attributes>((done) => sftp.stat(path, done));
      } catch (error) {
        if ((error as { code?: unknown }).code === NO_SUCH_FILE) return null;
        throw said(path, error);
      }
    },
    list: async (folder) => {
      try {
        return await asked<readonly Entry[]>((done) => sftp.readdir(folder, done));
      } catch (error) {
        throw said(folder, error);
      }
    },
    read: (path) => sftp.createReadStream(path),
  };
}

function subsystem(client: InstanceType<typeof ssh2.Client>): Promise<Sftp> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) reject(feedFailed('the server lets us in, but has no SFTP for us: ask its administrator', error));
      else resolve(sftp);
    });
  });
}

function silence(sock: Socket, { host, timeoutSeconds }: SftpSettings): void {
  sock.setTimeout(timeoutSeconds * 1000, () => {
    sock.destroy(feedFailed(`${host} said nothing for ${timeoutSeconds} seconds`));
  });
}

function faultOf(error: unknown, settings: SftpSettings, fingerprint: string, signal: AbortSignal): unknown {
  const { host, hostKey, username } = settings;
  if (signal.aborted) return signal.reason;
  if (isFault(error)) return error;
  const level = (error as { level?: unknown }).level;
  if (hostKey === undefined && fingerprint !== '') {
    return new Fault(
      'config_invalid',
      `${host} shows the key ${fingerprint}. Compare it with what its administrator says, set settings.hostKey to it, and test ` +
        'again; nothing was sent to it yet',
    );
  }
  if (hostKey !== undefined && fingerprint !== '' && fingerprint !== hostKey.replace(/=$/, '')) {
    return feedFailed(
      `${host} shows another key than the one that is pinned: ${fingerprint} instead of ${hostKey}. Nothing was sent to it. ` +
        'Ask its administrator; if the key was changed on purpose, set settings.hostKey to the new one',
      error,
    );
  }
  if (level === 'client-authentication') {
    return feedFailed(`${host} does not let "${username}" in: are the user name and the secret right?`, error);
  }
  if (level === 'client-timeout') return feedFailed(`${host} does not answer as an SSH server`, error);
  return feedFailed(`${host} does not answer, or has hung up (${reasonOf(error)})`, error);
}

function said(path: string, error: unknown): unknown {
  if (isFault(error)) return error;
  const { code } = error as { code?: unknown };
  const words = code === NO_SUCH_FILE ? 'is not there' : code === 3 ? 'may not be read by us' : 'cannot be read';
  return feedFailed(`${path} ${words}: is settings.path right?`, error);
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
