import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attributes } from 'ssh2';
import { isFault } from '../../errors.ts';
import { feedFailed, reasonOf } from '../failed.ts';
import type { FeedSettings, Opened, Seen, Source } from '../feed.ts';
import { newestOf } from './newest.ts';
import { openSession, type Session } from './session.ts';
import { folderOf, readSftpSettings, type SftpSettings } from './settings.ts';

type Found = { readonly path: string; readonly attributes: Attributes };

/** A file, or the newest of several, on an SFTP server whose key is known. */
export function sftpSource(feed: FeedSettings): Source {
  const settings = readSftpSettings(feed);
  const { host, port, username } = settings;
  return {
    open: async ({ seen, signal }) => {
      const session = await openSession(settings, signal);
      try {
        return await openFile(session, settings, seen, signal);
      } catch (error) {
        session.end();
        throw error;
      }
    },
    profile: {},
    timeoutMinutes: settings.timeoutMinutes,
    secrets: Object.values(feed.secrets),
    places: [`${username}@${host}:${port}`],
  };
}

async function openFile(
  session: Session,
  settings: SftpSettings,
  seen: Seen | null,
  signal: AbortSignal,
): Promise<Opened> {
  const found = await find(session, settings.path);
  const known = `${found.path} ${found.attributes.size} ${found.attributes.mtime}`;
  if (seen?.file === known) {
    session.end();
    return { kind: 'unchanged' };
  }
  await demandComplete(session, settings, found, signal);
  return {
    ...{ kind: 'roster', fileName: found.path.split('/').at(-1) ?? null },
    body: Readable.from(contentOf(session, settings, found, signal), { objectMode: false }),
    modifiedAt: new Date(found.attributes.mtime * 1000),
    seen: { file: known },
    notes: [`${settings.host} shows the key that is pinned`, `${found.path} has ${found.attributes.size} bytes`],
  };
}

async function find(session: Session, path: string): Promise<Found> {
  const folder = folderOf(path);
  const name = path.slice(folder.length);
  if (!name.includes('*')) {
    const attributes = await session.stat(path);
    if (attributes) return { path, attributes };
    throw feedFailed(`${path} is not there: is settings.path right, and is the file written?`);
  }
  const newest = newestOf(await session.list(folder === '' ? '.' : folder), name);
  if (newest) return { path: `${folder}${newest.filename}`, attributes: newest.attrs };
  throw feedFailed(`no file fits ${path}: is settings.path right, and is the file written?`);
}

/** A file that is still being written is not taken. */
async function demandComplete(
  session: Session,
  { complete, stableSeconds }: SftpSettings,
  { path, attributes }: Found,
  signal: AbortSignal,
): Promise<void> {
  if (complete === 'done-file') {
    if (await session.stat(`${path}.done`)) return;
    throw feedFailed(`${path} is not complete: there is no ${path.split('/').at(-1)}.done beside it yet`);
  }
  await sleep(stableSeconds * 1000, undefined, { signal });
  if (same(attributes, await session.stat(path))) return;
  throw feedFailed(`${path} is still being written: it has changed within ${stableSeconds} seconds`);
}

/** The file to its end; it must be what it was when it was found, in its size and its time. */
async function* contentOf(
  session: Session,
  { host, maxMegabytes }: SftpSettings,
  { path, attributes }: Found,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const file = session.read(path);
  let size = 0;
  try {
    for await (const chunk of file) {
      size += (chunk as Buffer).length;
      if (size > maxMegabytes * 1_000_000)
        throw feedFailed(`${path} has more than ${maxMegabytes} MB: see maxMegabytes`);
      yield chunk as Buffer;
    }
    if (size !== attributes.size || !same(attributes, await session.stat(path))) {
      throw feedFailed(`${path} was written while it was read: it is fetched again later`);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isFault(error)) throw error;
    throw feedFailed(`${host} has broken off while ${path} was read (${reasonOf(error)})`, error);
  } finally {
    file.destroy();
    session.end();
  }
}

function same(before: Attributes, now: Attributes | null): boolean {
  return now !== null && now.size === before.size && now.mtime === before.mtime;
}
