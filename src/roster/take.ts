import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { listExtensions } from '../directory/extensions.ts';
import { readMapping } from '../directory/mappings.ts';
import { isFault } from '../errors.ts';
import { type ApplyOptions, applyRoster } from './apply.ts';
import { brakesOn } from './brakes.ts';
import type { Drawing } from './changes.ts';
import { compare } from './compare.ts';
import { departmentsOf } from './departments.ts';
import { readPositionsOf } from './positions.ts';
import { type Columns, columnsOf } from './read/columns.ts';
import { readRows } from './read/rows.ts';
import { valuesBy } from './read/value.ts';
import type { ResourceColumns } from './resource-columns.ts';
import type { Shape } from './row.ts';
import {
  beginRoster,
  discardOvertaken,
  endRoster,
  forgetHash,
  forgetRoster,
  holdRoster,
  keepCounts,
  keepShape,
  lastRoster,
  moveOn,
  type OpenRoster,
  stayAlive,
  type Upload,
} from './runs.ts';
import { stage } from './stage.ts';
import { checkStaged, hasGroups, readShape } from './staged.ts';

export type TakeOptions = {
  readonly db: Knex;
  readonly columns: ResourceColumns;
  readonly changed: () => void;
  readonly batch?: number;
};

/** What an upload has become once it has arrived: a run to be worked on, or the earlier run of the same file. */
export type Received = { readonly run: OpenRoster } | { readonly same: string };

const HEARTBEAT_MS = 5_000;
const MOVED = 'people have changed since it was looked at, and so has what it would do: look again';

/**
 * Reads a file into the staging tables, to its end. What is wrong with the whole file fails the run and throws
 * `roster_unreadable`: nothing of it counts. `contentHash` is asked when the stream has ended; `begun` is told of the run
 * before anything is read.
 */
export async function receiveRoster(
  { db }: Pick<TakeOptions, 'db'>,
  upload: Upload,
  body: Readable,
  contentHash: () => string,
  begun: (run: OpenRoster) => void = () => {},
): Promise<Received> {
  const extensions = await listExtensions(db, upload.tenantId);
  const run = await beginRoster(db, upload);
  begun(run);
  return whileAlive(db, run, async () => {
    const { text: positionText } = await readPositionsOf(db, run);
    const { shape, batches } = readRows(body, run.profile, { extensions, positionText });
    shape.catch(() => {}); // the rows say the same
    const staged = await stage(db, run, batches, async (read) => {
      await stayAlive(db, run);
      await keepCounts(db, run, { read });
    });
    const last = await lastRoster(db, run);
    const hash = contentHash();
    if (last && last.contentHash === hash && isDeepStrictEqual(last.profile, run.profile)) {
      await forgetRoster(db, run);
      return { same: last.runId };
    }
    await keepShape(db, run, { contentHash: hash, shape: await shape, staged });
    await moveOn(db, run, 'compared'); // from here on anybody can go on with it
    return { run };
  });
}

/** Compares what was received with the directory, and applies it unless it is only tried out or must be held. */
export async function workOnRoster(options: TakeOptions, run: OpenRoster): Promise<void> {
  const { db } = options;
  await whileAlive(db, run, async () => {
    const { counts, plan, reasons, inFile } = await compared(options, run);
    await moveOn(db, run, 'compared', { ...counts, applied: 0 });
    if (run.dryRun)
      return endRoster(db, run, 'done', reasons.length ? `it would be held: ${reasons.join('; ')}` : null);
    await discardOvertaken(db, run);
    const looked = run.hold ? ['it was uploaded to be looked at first'] : [];
    if (reasons.length + looked.length > 0) return holdRoster(db, run, [...looked, ...reasons], plan);
    await apply(options, run, inFile, counts.present);
  });
}

/**
 * Applies a roster that was held and that somebody has released; what it changes is found out anew. When that is something
 * else than what they have looked at, it is held once more.
 */
export async function applyReleased(
  options: TakeOptions,
  { looked, ...run }: OpenRoster & { looked: string | null },
): Promise<void> {
  const { db } = options;
  await whileAlive(db, run, async () => {
    const { counts, plan, inFile } = await compared(options, run);
    await moveOn(db, run, 'compared', { ...counts, applied: 0 });
    if (plan !== looked) return holdRoster(db, run, [MOVED], plan);
    await apply(options, run, inFile, counts.present);
  });
}

/** A run whose process has ended; `forced`: somebody had released it. */
export type CutOff = OpenRoster & { state: 'compared' | 'applying'; forced: boolean; looked: string | null };

/** Goes on where another process was cut off; the lease is ours now. */
export async function resumeRoster(options: TakeOptions, cutOff: CutOff): Promise<void> {
  const { state, forced, looked, ...run } = cutOff;
  if (state === 'compared') {
    return forced ? applyReleased(options, { ...run, looked }) : workOnRoster(options, run);
  }
  const { db } = options;
  await whileAlive(db, run, async () => {
    const { shape, columns } = await fileOf(db, run);
    await apply(options, run, inFileOf(shape, columns), 0);
  });
}

/** What the columns of a file are, for those who compare and apply it. */
type InFile = { groups: boolean; emailColumn: string | null };

async function compared({ db, columns: stored }: TakeOptions, run: OpenRoster) {
  const { declared, shape, columns } = await fileOf(db, run);
  const positions = await readPositionsOf(db, run);
  const values = valuesBy(run.profile);
  const { mapping } = await readMapping(db, run.tenantId, run.connectionId);
  const departments = departmentsOf(run.profile, mapping);
  const reader = { profile: run.profile, columns, values, positions: positions.ids, departments };
  const drawing: Drawing = { reader, headers: shape.headers, positions, declared, columns: stored };
  const { key, nameOf } = columns;
  const names = { key, email: nameOf('email'), userName: nameOf('userName'), manager: nameOf('manager') };
  const { counts: found, plan } = await compare(db, run, shape, names, drawing);
  const { keyless, ...counts } = found;
  const last = await lastRoster(db, run);
  const reasons = brakesOn({ ...counts, keyless, shape, last }, run.profile);
  return { counts, plan, reasons, inFile: inFileOf(shape, columns) };
}

async function fileOf(db: Knex, run: OpenRoster) {
  await checkStaged(db, run);
  const declared = await listExtensions(db, run.tenantId);
  return { declared, shape: await readShape(db, run), columns: columnsOf(run.profile, declared) };
}

function inFileOf(shape: Shape, columns: Columns): InFile {
  const groups = shape.headers.some((header) => columns.of(header)?.attribute === 'groups');
  return { groups, emailColumn: columns.nameOf('email') };
}

async function apply(
  { db, columns, changed, batch }: TakeOptions,
  run: OpenRoster,
  inFile: InFile,
  present: number,
): Promise<void> {
  await moveOn(db, run, 'applying');
  const withGroups = inFile.groups || (await hasGroups(db, run));
  const how: ApplyOptions = { columns, changed, withGroups, emailColumn: inFile.emailColumn, present };
  const passedOver = await applyRoster(db, run, batch === undefined ? how : { ...how, batch });
  if (passedOver > 0) await forgetHash(db, run);
  await endRoster(db, run, 'done');
  changed();
}

/** Fails the run with whatever fails the work; what cannot even be said is found out by whoever resumes it. */
async function whileAlive<T>(db: Knex, run: OpenRoster, work: () => Promise<T>): Promise<T> {
  let beating = false; // a batch that is being written holds the row: one beat at most waits for it
  const beat = async () => {
    if (beating) return;
    beating = true;
    await stayAlive(db, run).catch(() => {});
    beating = false;
  };
  const heartbeat = setInterval(() => void beat(), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    // the database comes back, and whoever is there then goes on with it
    if (isFault(error) && error.code === 'database_unavailable') throw error;
    const words = isFault(error) ? error.message : 'it ended early, see the server log: upload the file again';
    await endRoster(db, run, isFault(error, 'roster_unreadable') ? 'refused' : 'failed', words).catch(() => {});
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
