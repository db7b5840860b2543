import type { Readable } from 'node:stream';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { Position, PositionItem } from './position.ts';
import { replacePositions } from './positions.ts';
import { readPositions } from './read/positions.ts';
import { excerpt } from './read/unreadable.ts';
import type { RejectCode } from './row.ts';
import type { Upload } from './runs.ts';
import { keepRejects } from './stage.ts';

/** More than any company has; they are held in memory while rows are read. */
const MOST = 500_000;

const insertRun = statement<never>(
  'positions_run',
  `with run as (
     insert into runs (tenant_id, id, connection_id, kind, state, asked_by, counts, started_at, finished_at)
     values (:tenantId, :runId, :connectionId, 'positions', 'done', :askedBy, :counts, :startedAt, now())
     returning tenant_id, id, connection_id)
   insert into rosters (tenant_id, run_id, connection_id, file_name, profile, shape, dry_run, alive_at)
   select run.tenant_id, run.id, run.connection_id, :fileName, :profile, :shape, :dryRun, now() from run`,
);

const countPositions = statement<{ count: number }>(
  'positions_count',
  `select count(*)::int as count from positions where tenant_id = :tenantId and connection_id = :connectionId`,
);

type Rejected = Extract<PositionItem, { kind: 'rejected' }>;

/**
 * Takes a file of all positions: they stand in the place of those of the last file, and count from the next roster on. A
 * position with an error is left out, and who names it in a roster is not taken, with the reason. Returns the run. Throws
 * `roster_unreadable` for a file that cannot be believed, and without `force` for one that is much shorter than the last.
 */
export async function takePositions(db: Knex, upload: Upload & { force: boolean }, body: Readable): Promise<string> {
  const { tenantId, connectionId, profile, dryRun, askedBy, fileName } = upload;
  const startedAt = new Date();
  const { shape, items } = readPositions(body, profile);
  shape.catch(() => {}); // the items say the same
  const { positions, rejected } = await gather(items);
  const shown = await shape;
  const run = { tenantId, runId: uuidv7() };
  const at = { tenantId, connectionId };
  await inTransaction(db, async (trx) => {
    const [before] = await countPositions(trx, at);
    if (!upload.force) refuseShrunken(positions.length, before?.count ?? 0, profile.brakes);
    const counts = { rows: positions.length, rejected: rejected.length, before: before?.count ?? 0 };
    const texts = { counts: JSON.stringify(counts), profile: profileText(upload), shape: JSON.stringify(shown) };
    await insertRun(trx, { ...run, connectionId, askedBy, startedAt, fileName, dryRun, ...texts });
    if (rejected.length > 0) {
      const rows = rejected.map(({ key, raw, rejects }) => ({ line: rejects[0]?.line ?? 0, key, raw, rejects }));
      await keepRejects(trx, run, rows);
    }
    if (!dryRun) await replacePositions(trx, at, positions);
  });
  return run.runId;
}

async function gather(items: AsyncIterable<PositionItem>): Promise<{ positions: Position[]; rejected: Rejected[] }> {
  const known = new Map<string, Position>();
  const twins = new Set<string>();
  const rejected: Rejected[] = [];
  for await (const item of items) {
    if (item.kind === 'rejected') rejected.push(item);
    else if (known.has(item.position.id)) {
      twins.add(item.position.id);
      rejected.push(rejectedFor(item.position, 'duplicate_key', item.position.id));
    } else known.set(item.position.id, item.position);
    if (known.size > MOST) throw new Fault('roster_unreadable', `there are more than ${MOST} positions in the file`);
  }
  for (const id of twins) {
    rejected.push(rejectedFor(known.get(id) as Position, 'duplicate_key', id));
    known.delete(id);
  }
  return { positions: [...known.values()], rejected };
}

function rejectedFor({ line, ...position }: Position, code: RejectCode, found: string): Rejected {
  const cells = Object.entries(position).filter(([, value]) => value !== null);
  const raw = cells.map(([name, value]) => [name, String(value)] as const);
  return { kind: 'rejected', key: position.id, raw, rejects: [{ line, column: 'id', code, found: excerpt(found) }] };
}

function refuseShrunken(count: number, before: number, { rowsPercent, floor }: Upload['profile']['brakes']): void {
  if (count === 0) throw new Fault('roster_unreadable', 'there is no position in the file that could be taken');
  if (before - count <= floor || count * 100 >= before * rowsPercent) return;
  throw new Fault(
    'roster_unreadable',
    `the file has ${count} positions, the last one had ${before}; fewer than ${rowsPercent} % are not believed: send it ` +
      'again with force=true if that is right',
  );
}

/** The error file of an XML has the element that this file had. */
function profileText({ profile }: Upload): string {
  return JSON.stringify({ ...profile, row: 'position' });
}
