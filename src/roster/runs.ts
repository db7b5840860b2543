import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { inTransaction } from '../database/transaction.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import { tellRunsSql } from '../work/tell.ts';
import { forgetLeftovers, giveUpCutOff } from './leftovers.ts';
import type { RosterProfile } from './profile.ts';
import type { Shape } from './row.ts';
import { type RosterEnd, tellRun } from './tell-run.ts';
import { keepTried } from './tried.ts';

export type RunKey = { readonly tenantId: string; readonly runId: string };
/** A run that this process works on; `lease` proves it. */
export type OpenRoster = RunKey & {
  readonly connectionId: string;
  readonly lease: string;
  readonly profile: RosterProfile;
  readonly dryRun: boolean;
  /** Somebody wants to look at it before it is applied. */
  readonly hold: boolean;
};
export type Upload = {
  tenantId: string;
  connectionId: string;
  profile: RosterProfile;
  dryRun: boolean;
  hold: boolean;
  fileName: string | null;
  idempotencyKey: string | null;
  askedBy: string;
};
/** The last file that was applied; an error file that came back is not one to be compared with. */
export type LastRoster = { runId: string; contentHash: string; profile: RosterProfile; shape: Shape; rows: number };

const OURS = `r.tenant_id = :tenantId and r.id = :runId and r.lease = :lease`;
const OF = `o.tenant_id = r.tenant_id and o.run_id = r.id`;

const insertRun = statement<{ id: string }>(
  'roster_begin',
  `with run as (
     insert into runs (tenant_id, id, connection_id, kind, state, asked_by, lease, started_at)
     values (:tenantId, :runId, :connectionId, 'roster', 'reading', :askedBy, :lease, now())
     on conflict do nothing returning tenant_id, id, connection_id)
   insert into rosters (tenant_id, run_id, connection_id, file_name, idempotency_key, profile, dry_run, hold,
                        alive_at)
   select run.tenant_id, run.id, run.connection_id, :fileName, :idempotencyKey, :profile, :dryRun, :hold, now() from run
   returning run_id as id`,
);

const sayAlive = statement<{ id: string }>(
  'roster_alive',
  `update rosters o set alive_at = now() from runs r where ${OF} and ${OURS} returning o.run_id as id`,
);

const updateState = statement<{ id: string }>(
  'roster_state',
  `update runs r set state = :state, counts = r.counts || :counts::jsonb, error = :error,
          finished_at = case when :ended::boolean then now() end, lease = case when :ended::boolean then null else r.lease end
    where ${OURS} returning r.id`,
);

const updateRead = statement<never>(
  'roster_read',
  `update rosters set content_hash = :contentHash, shape = :shape, staged = :staged where tenant_id = :tenantId and run_id = :runId`,
);

const updateLooked = statement<never>(
  'roster_looked',
  `update rosters set looked = :plan where tenant_id = :tenantId and run_id = :runId`,
);

const dropKey = statement<never>(
  'roster_key_free',
  `update rosters set idempotency_key = null where tenant_id = :tenantId and run_id = :runId`,
);

const dropRows = statement<never>(
  'roster_unstage',
  `with undone as (delete from roster_changes where tenant_id = :tenantId and run_id = :runId)
   delete from roster_rows where tenant_id = :tenantId and run_id = :runId`,
);

const addCounts = statement<never>(
  'roster_counts_add',
  `update runs r set counts = r.counts || :counts::jsonb where ${OURS}`,
);

const dropHash = statement<never>(
  'roster_hash_drop',
  `update rosters set content_hash = null where tenant_id = :tenantId and run_id = :runId`,
);

// the same file once more leaves no run behind, but nobody waits for a roster then
const deleteRun = statement<never>(
  'roster_forget',
  `with unstaged as (delete from roster_rows where tenant_id = :tenantId and run_id = :runId),
   gone as (
     delete from runs where tenant_id = :tenantId and id = :runId returning tenant_id, connection_id)
   update connections c set roster_same_at = now() from gone g
    where c.tenant_id = g.tenant_id and c.id = g.connection_id and not :dryRun::boolean`,
);

const selectLast = statement<LastRoster>(
  'roster_last',
  `select o.run_id as "runId", o.content_hash as "contentHash", o.profile, o.shape, (r.counts->>'rows')::int as rows
     from rosters o join runs r on r.tenant_id = o.tenant_id and r.id = o.run_id
    where o.tenant_id = :tenantId and o.connection_id = :connectionId and r.kind = 'roster' and r.state = 'done' and not o.dry_run
      and not coalesce((o.shape->>'again')::boolean, false)
    order by o.run_id desc limit 1`,
);

const selectByKey = statement<{ id: string }>(
  'roster_by_key',
  `select run_id as id from rosters
    where tenant_id = :tenantId and connection_id = :connectionId and idempotency_key = :idempotencyKey`,
);

const discardHeld = statement<{ id: string }>(
  'roster_discard_held',
  `with closed as (
     update runs r set state = 'discarded', error = :error, finished_at = now()
      where r.tenant_id = :tenantId and r.connection_id = :connectionId and r.kind = 'roster' and r.state = 'held'
        and r.id <> :runId and (:only::uuid is null or r.id = :only::uuid)
     returning r.tenant_id, r.id, r.connection_id, r.target_id, r.kind, r.state),
   told as (${tellRunsSql('closed')}),
   unstaged as (delete from roster_rows s using closed c where s.tenant_id = c.tenant_id and s.run_id = c.id),
   undone as (delete from roster_changes s using closed c where s.tenant_id = c.tenant_id and s.run_id = c.id)
   select id from closed`,
);

const takeHeld = statement<{ connectionId: string; profile: RosterProfile; looked: string | null }>(
  'roster_take_held',
  `with taken as (
     update runs r set state = 'compared', lease = :lease, error = null, finished_at = null, forced = true
      where r.tenant_id = :tenantId and r.id = :runId and r.kind = 'roster' and r.state = 'held'
     returning r.tenant_id, r.id, r.connection_id)
   update rosters o set alive_at = now() from taken t where o.tenant_id = t.tenant_id and o.run_id = t.id
   returning t.connection_id as "connectionId", o.profile, o.looked`,
);

/** Begins a run; throws `roster_busy` while there is another one of the connection. */
export async function beginRoster(db: Knex, upload: Upload): Promise<OpenRoster> {
  const { tenantId, connectionId, profile, dryRun, hold } = upload;
  const key = { runId: uuidv7(), lease: randomUUID() };
  await giveUpCutOff(db, upload);
  await forgetLeftovers(db, upload);
  const begun = insertRun(db, { ...upload, ...key, profile: JSON.stringify(profile) });
  const [row] = await begun.catch((error: unknown) => {
    if ((error as { code?: string }).code !== '23505') throw error;
    return []; // the same Idempotency-Key at the same moment
  });
  if (!row)
    throw new Fault('roster_busy', 'another roster of this connection is being read: try again when it is done');
  return { tenantId, connectionId, profile, dryRun, hold, ...key };
}

/** Says that somebody still works on the run; throws `run_closed` when it was taken away. */
export async function stayAlive(db: Knex, { tenantId, runId, lease }: OpenRoster): Promise<void> {
  const [row] = await sayAlive(db, { tenantId, runId, lease });
  if (!row) throw new Fault('run_closed', 'the run was given up meanwhile');
}

type State = 'compared' | 'applying' | 'done' | 'held' | 'failed';

/** Moves a run on, with what it has counted; throws `run_closed` when it was taken away. */
export async function moveOn(
  db: Knex,
  { tenantId, runId, lease }: OpenRoster,
  state: State,
  counts: Record<string, number> = {},
  error: string | null = null,
): Promise<void> {
  const ended = state === 'done' || state === 'held' || state === 'failed';
  const bindings = { tenantId, runId, lease, state, counts: JSON.stringify(counts), error, ended };
  const [row] = await updateState(db, bindings);
  if (!row) throw new Fault('run_closed', 'the run was given up meanwhile');
}

/** Says how far a run is. */
export async function keepCounts(
  db: Knex,
  { tenantId, runId, lease }: OpenRoster,
  counts: Record<string, number>,
): Promise<void> {
  await addCounts(db, { tenantId, runId, lease, counts: JSON.stringify(counts) });
}

/** Lets the same file count as another one: something in it is still to be done. */
export async function forgetHash(db: Knex, { tenantId, runId }: RunKey): Promise<void> {
  await dropHash(db, { tenantId, runId });
}

/** Keeps a run, with its rows, until somebody decides; `plan` is what they will look at. */
export async function holdRoster(db: Knex, run: OpenRoster, reasons: readonly string[], plan: string): Promise<void> {
  const { tenantId, runId } = run;
  await inTransaction(db, async (trx) => {
    await updateLooked(trx, { tenantId, runId, plan });
    await moveOn(trx, run, 'held', {}, reasons.join('; '));
    await tellRun(trx, run, 'held');
  });
}

/** Ends a run for good, with its rows; what was not taken stays for the error file. */
export async function endRoster(
  db: Knex,
  run: OpenRoster,
  end: Exclude<RosterEnd, 'held'>,
  error: string | null = null,
): Promise<void> {
  const { tenantId, runId } = run;
  const state = end === 'done' ? 'done' : 'failed';
  await inTransaction(db, async (trx) => {
    await moveOn(trx, run, state, {}, error);
    await tellRun(trx, run, end);
    if (state === 'failed') await dropKey(trx, { tenantId, runId }); // the next try is another upload
  });
  if (end === 'done' && run.dryRun) await keepTried(db, run);
  else await dropRows(db, { tenantId, runId }); // what is not reached here is deleted before the next roster
}

/** Keeps what is known of a file when it has been read to its end; `staged` is how many rows were kept. */
export async function keepShape(
  db: Knex,
  { tenantId, runId }: RunKey,
  { contentHash, shape, staged }: { contentHash: string; shape: Shape; staged: number },
): Promise<void> {
  await updateRead(db, { tenantId, runId, contentHash, shape: JSON.stringify(shape), staged });
}

/** Takes a run back as if it had never been: the file was one that is known. */
export async function forgetRoster(db: Knex, { tenantId, runId, dryRun }: OpenRoster): Promise<void> {
  await deleteRun(db, { tenantId, runId, dryRun });
}

/** The last roster of a connection that was applied, or null. */
export async function lastRoster(db: Knex, at: { tenantId: string; connectionId: string }): Promise<LastRoster | null> {
  const [row] = await selectLast(db, { tenantId: at.tenantId, connectionId: at.connectionId });
  return row ?? null;
}

/** The run that an upload with this key began, or null. */
export async function rosterByKey(
  db: Knex,
  at: { tenantId: string; connectionId: string; idempotencyKey: string },
): Promise<string | null> {
  const [row] = await selectByKey(db, at);
  return row?.id ?? null;
}

/** Gives up the held rosters of a connection that a newer one has overtaken. */
export async function discardOvertaken(db: Knex, { tenantId, connectionId, runId }: OpenRoster): Promise<void> {
  await discardHeld(db, { tenantId, connectionId, runId, only: null, error: `a newer roster came: run ${runId}` });
}

const NIL = '00000000-0000-0000-0000-000000000000';

/** Gives up a held roster; throws `run_closed` when it is not held. */
export async function discardRoster(db: Knex, run: RunKey & { connectionId: string }, actor: string): Promise<void> {
  const { tenantId, connectionId, runId } = run;
  const error = `discarded by ${actor}`;
  const [row] = await discardHeld(db, { tenantId, connectionId, runId: NIL, only: runId, error });
  if (!row) throw notHeld();
}

/** Takes up a held roster to apply it; throws `run_closed` when it is not held, `roster_busy` while another is read. */
export async function takeUpHeld(
  db: Knex,
  { tenantId, runId }: RunKey,
): Promise<OpenRoster & { looked: string | null }> {
  const lease = randomUUID();
  const rows = await takeHeld(db, { tenantId, runId, lease }).catch((error: unknown) => {
    if ((error as { code?: string }).code !== '23505') throw error;
    throw new Fault('roster_busy', 'another roster of this connection is being read: wait for it', { cause: error });
  });
  const [row] = rows;
  if (!row) throw notHeld();
  return { tenantId, runId, lease, dryRun: false, hold: false, ...row };
}

function notHeld(): Fault {
  return new Fault('run_closed', 'the run is not held: it was decided on, or a newer roster has come');
}
