import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { RejectedRow } from './error-file.ts';
import type { RosterProfile } from './profile.ts';
import { pairsOf } from './raw.ts';
import type { Shape } from './row.ts';
import type { RunKey } from './runs.ts';

type Roster = {
  connectionId: string;
  fileName: string | null;
  dryRun: boolean;
  profile: RosterProfile;
  shape: Shape | null;
};

const selectRoster = statement<Roster>(
  'roster_get',
  `select connection_id as "connectionId", file_name as "fileName", dry_run as "dryRun", profile, shape from rosters
    where tenant_id = :tenantId and run_id = :runId`,
);

const selectGroups = statement<{ any: boolean }>(
  'roster_has_groups',
  `select exists (select 1 from roster_changes where tenant_id = :tenantId and run_id = :runId and groups <> '{}') as any`,
);

const selectRejected = statement<{ line: number; raw: unknown; rejects: RejectedRow['rejects'] }>(
  'roster_rejected',
  `select line, raw, rejects from roster_rejects
    where tenant_id = :tenantId and run_id = :runId and line > :after order by line limit :limit`,
);

const selectStaged = statement<{ staged: number | null; there: number }>(
  'roster_staged',
  `select o.staged, (select count(*)::int from roster_rows x where x.tenant_id = o.tenant_id and x.run_id = o.run_id) as there
     from rosters o where o.tenant_id = :tenantId and o.run_id = :runId`,
);

const PAGE = 500;

/** A page of the rows that were not taken, in their order, and where the next one begins. */
export async function rejectedPage(
  db: Knex,
  { tenantId, runId }: RunKey,
  { headers, after, limit }: { headers: readonly string[]; after: number | null; limit: number },
): Promise<{ rows: RejectedRow[]; next: number | null }> {
  const rows = await selectRejected(db, { tenantId, runId, after: after ?? -1, limit });
  const next = rows.length < limit ? null : (rows.at(-1)?.line ?? null);
  return { rows: rows.map(({ raw, rejects }) => ({ raw: pairsOf(raw, headers), rejects })), next };
}

/** What is known of the file of a run; throws `not_found` for a run that is no roster. */
export async function readRosterOf(db: Knex, { tenantId, runId }: RunKey): Promise<Roster> {
  const [row] = await selectRoster(db, { tenantId, runId });
  if (!row) throw new Fault('not_found', `run ${runId} is no roster`);
  return row;
}

/** What the file of a run looks like, once it has been read. */
export async function readShape(db: Knex, run: RunKey): Promise<Shape> {
  const { shape } = await readRosterOf(db, run);
  if (!shape) throw new Fault('not_found', `the file of run ${run.runId} was not read to its end`);
  return shape;
}

/**
 * Throws `roster_unreadable` when rows of the file are gone. They are kept in tables that PostgreSQL empties after a crash,
 * and who is not in a file has left.
 */
export async function checkStaged(db: Knex, { tenantId, runId }: RunKey): Promise<void> {
  const [row] = await selectStaged(db, { tenantId, runId });
  if (row && row.staged === row.there) return;
  throw new Fault('roster_unreadable', 'the database was restarted meanwhile: upload the file again');
}

/** Whether any row of the file names a group. */
export async function hasGroups(db: Knex, { tenantId, runId }: RunKey): Promise<boolean> {
  return (await selectGroups(db, { tenantId, runId }))[0]?.any === true;
}

/** The rows that were not taken, in their order, a page at a time. */
export async function* rejectedRows(
  db: Knex,
  { tenantId, runId }: RunKey,
  headers: readonly string[],
): AsyncGenerator<RejectedRow> {
  for (let after = -1; ; ) {
    const rows = await selectRejected(db, { tenantId, runId, after, limit: PAGE });
    for (const { raw, rejects } of rows) yield { raw: pairsOf(raw, headers), rejects };
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.line;
  }
}
