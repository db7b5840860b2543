import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { listExtensions } from '../directory/extensions.ts';
import { isFault } from '../errors.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { type ApplyOptions, applyRoster } from './apply.ts';
import { brakesOn } from './brakes.ts';
import { compare } from './compare.ts';
import { columnsOf } from './read/columns.ts';
import { readRoster } from './read/roster.ts';
import type { ResourceColumns } from './resource-columns.ts';
import type { Shape } from './row.ts';
import {
  beginRoster,
  discardOvertaken,
  endRoster,
  forgetRoster,
  keepShape,
  lastRoster,
  moveOn,
  type OpenRoster,
  stayAlive,
  type Upload,
} from './runs.ts';
import { stage } from './stage.ts';
import { hasGroups, readShape } from './staged.ts';

export type TakeOptions = {
  readonly db: Knex;
  readonly columns: ResourceColumns;
  readonly changed: () => void;
  readonly batch?: number;
};

/** What an upload has become once it has arrived: a run to be worked on, or the earlier run of the same file. */
export type Received = { readonly run: OpenRoster } | { readonly same: string };

const HEARTBEAT_MS = 5_000;

/**
 * Reads a file into the staging tables, to its end. What is wrong with the whole file fails the run and throws
 * `roster_unreadable`: nothing of it counts. `contentHash` is asked when the stream has ended.
 */
export async function receiveRoster(
  { db }: Pick<TakeOptions, 'db'>,
  upload: Upload,
  body: Readable,
  contentHash: () => string,
): Promise<Received> {
  const extensions = await listExtensions(db, upload.tenantId);
  const run = await beginRoster(db, upload);
  return whileAlive(db, run, async () => {
    const { shape, items } = readRoster(body, run.profile, { extensions });
    shape.catch(() => {}); // the items say the same
    await stage(db, run, items, () => stayAlive(db, run));
    const last = await lastRoster(db, run);
    const hash = contentHash();
    if (last && last.contentHash === hash && isDeepStrictEqual(last.profile, run.profile)) {
      await forgetRoster(db, run);
      return { same: last.runId };
    }
    await keepShape(db, run, hash, await shape);
    return { run };
  });
}

/** Compares what was received with the directory, and applies it unless it is only tried out or must be held. */
export async function workOnRoster(options: TakeOptions, run: OpenRoster): Promise<void> {
  const { db } = options;
  await whileAlive(db, run, async () => {
    const extensions = await listExtensions(db, run.tenantId);
    const shape = await readShape(db, run);
    const { keyless, ...counts } = await compare(db, run, shape, columnNames(run, extensions));
    const last = await lastRoster(db, run);
    const reasons = brakesOn({ ...counts, keyless, shape, last }, run.profile);
    await moveOn(db, run, 'compared', { ...counts, applied: 0 });
    if (run.dryRun)
      return endRoster(db, run, 'done', reasons.length ? `it would be held: ${reasons.join('; ')}` : null);
    await discardOvertaken(db, run);
    if (reasons.length > 0) return moveOn(db, run, 'held', {}, reasons.join('; '));
    await apply(options, run, shape, extensions);
  });
}

/** Applies a roster that was held and that somebody has released; what it changes is found out anew. */
export async function applyReleased(options: TakeOptions, run: OpenRoster): Promise<void> {
  const { db } = options;
  await whileAlive(db, run, async () => {
    const extensions = await listExtensions(db, run.tenantId);
    const shape = await readShape(db, run);
    const { keyless: _, ...counts } = await compare(db, run, shape, columnNames(run, extensions));
    await moveOn(db, run, 'compared', { ...counts, applied: 0 });
    await apply(options, run, shape, extensions);
  });
}

async function apply(
  { db, columns, changed, batch }: TakeOptions,
  run: OpenRoster,
  shape: Shape,
  declared: readonly ExtensionSchema[],
): Promise<void> {
  await moveOn(db, run, 'applying');
  const named = columnsOf(run.profile, declared);
  const inFile = shape.headers.some((header) => named.of(header)?.attribute === 'groups');
  const withGroups = inFile || (await hasGroups(db, run));
  const how: ApplyOptions = { columns, changed, declared, withGroups, emailColumn: named.nameOf('email') };
  await applyRoster(db, run, batch === undefined ? how : { ...how, batch });
  await endRoster(db, run, 'done');
  changed();
}

function columnNames({ profile }: OpenRoster, extensions: readonly ExtensionSchema[]) {
  const { key, nameOf } = columnsOf(profile, extensions);
  return { key, email: nameOf('email'), userName: nameOf('userName'), manager: nameOf('manager') };
}

/** Fails the run with whatever fails the work; what cannot even be said is found out by the next upload. */
async function whileAlive<T>(db: Knex, run: OpenRoster, work: () => Promise<T>): Promise<T> {
  const heartbeat = setInterval(() => void stayAlive(db, run).catch(() => {}), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    const words = isFault(error) ? error.message : 'it ended early, see the server log: upload the file again';
    await endRoster(db, run, 'failed', words).catch(() => {});
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
