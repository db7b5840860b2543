import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Verdict } from './changing-rows.ts';
import { type Membership, setMemberships } from './memberships.ts';
import { REJECT_BAD } from './reject-sql.ts';
import type { ResourceColumns } from './resource-columns.ts';
import type { RejectCode } from './row.ts';
import { type OpenRoster, stayAlive } from './runs.ts';
import { refreshStatistics } from './stage.ts';
import { type Batch, prepareBatch, writeBatch } from './write.ts';

const C = 'c.tenant_id = :tenantId and c.run_id = :runId and c.tries = :tries';
const RANGE = `${C} and c.verdict = :verdict and c.line > :after and c.line <= :upto`;

// who changes first: an address may go from one to another
const selectRange = statement<{ verdict: Verdict; after: number; upto: number; size: number }>(
  'roster_range',
  `select b.verdict, min(b.line) - 1 as after, max(b.line) as upto, count(*)::int as size
     from (select c.verdict, c.line from roster_changes c
            where ${C} and c.verdict = (select min(f.verdict) from roster_changes f
                                         where f.tenant_id = :tenantId and f.run_id = :runId and f.tries = :tries)
            order by c.line limit :limit) b
    group by b.verdict`,
);

// in the way is whoever has the name now, except those who are gone
const IN_THE_WAY = `exists (select 1 from people p
     where p.tenant_id = :tenantId and p.connection_id = :connectionId and p.user_name_key = c.user_name_key
       and p.deleted_at is null and p.id is distinct from c.person_id offset 0)`;

const putOff = statement<{ line: number }>(
  'roster_put_off',
  `update roster_changes c set tries = c.tries + 1 where ${RANGE} and ${IN_THE_WAY} returning c.line`,
);

const rejectTaken = statement<{ line: number }>(
  'roster_reject_taken',
  `with bad as (
     delete from roster_changes c where ${RANGE} and ${IN_THE_WAY} returning c.line, c.key, c.user_name_key as found)
   ${REJECT_BAD} returning line`,
);

const dropRange = statement<never>('roster_applied', `delete from roster_changes c where ${RANGE}`);

const selectGroups = statement<Membership>(
  'roster_range_groups',
  `select p.id as "personId", c.groups from roster_changes c
    cross join lateral (select p.id from people p
       where p.tenant_id = :tenantId and p.id = coalesce(c.person_id, c.new_id) and p.deleted_at is null offset 0) p
    where ${RANGE}`,
);

const countBatch = statement<never>(
  'roster_count_applied',
  `update runs set counts = jsonb_set(counts, '{applied}', to_jsonb(coalesce((counts->>'applied')::int, 0) + :applied::int))
                   || jsonb_build_object('rejected', (counts->>'rejected')::int + :rejected::int)
    where tenant_id = :tenantId and id = :runId`,
);

export type ApplyOptions = {
  readonly columns: ResourceColumns;
  /** Whether the file says who is in which group. */
  readonly withGroups: boolean;
  /** The column of the address, for the error file. */
  readonly emailColumn: string | null;
  /** Told after each batch, so that the worker looks. */
  readonly changed: () => void;
  /** How many people there were before: what PostgreSQL knows of the tables is right until there are far more. */
  readonly present: number;
  readonly batch?: number;
};

const BATCH = 2_000;
/** The first batch is small, and the next ones are planned with what it says about the tables. */
const FIRST = 500;
const GROWTH = 8;

/**
 * Writes what differs, a batch in a transaction: people, memberships, their work, and what was applied, or nothing of it.
 * Who is in the way of somebody else's new address is tried again when all others have been written. Returns how many
 * people could not be written because somebody else changed them at that moment: the next roster finds them.
 */
export async function applyRoster(db: Knex, run: OpenRoster, options: ApplyOptions): Promise<number> {
  const most = options.batch ?? BATCH;
  let passedOver = 0;
  let written = 0;
  let refreshAt = Math.max(FIRST, options.present);
  for (const tries of [0, 1]) {
    for (;;) {
      const limit = Math.min(most, Math.max(FIRST, written));
      const done = await inTransaction(db, (trx) => applyBatch(trx, run, { tries, limit }, options));
      if (done === null) break;
      passedOver += done.passedOver;
      written += done.written;
      options.changed();
      if (written < refreshAt) continue;
      await refreshStatistics(db, 'people', 'roster_people');
      refreshAt = written * GROWTH;
    }
  }
  return passedOver;
}

/** Null when nothing is left to do. */
async function applyBatch(
  trx: Knex.Transaction,
  run: OpenRoster,
  { tries, limit }: { tries: number; limit: number },
  { columns, withGroups, emailColumn }: ApplyOptions,
): Promise<{ written: number; passedOver: number } | null> {
  const { tenantId, runId, connectionId } = run;
  await prepareBatch(trx);
  await stayAlive(trx, run); // a run that was given up writes nothing more
  const [range] = await selectRange(trx, { tenantId, runId, tries, limit });
  if (!range) return null;
  const { size, ...between } = range;
  const at: Batch = { tenantId, runId, connectionId, tries, ...between };
  const blocked = await setAside(trx, at, emailColumn);
  const written = await writeBatch(trx, at);
  if (withGroups && at.verdict !== 'missing') {
    await setMemberships(trx, { tenantId, connectionId }, await selectGroups(trx, at), columns.group);
  }
  await dropRange(trx, at);
  await countBatch(trx, { tenantId, runId, applied: written, rejected: tries > 0 ? blocked : 0 });
  return { written, passedOver: size - blocked - written };
}

async function setAside(trx: Knex, at: Batch, column: string | null): Promise<number> {
  const code: RejectCode = 'duplicate_email';
  const blocked = at.tries === 0 ? await putOff(trx, at) : await rejectTaken(trx, { ...at, column, code });
  return blocked.length;
}
