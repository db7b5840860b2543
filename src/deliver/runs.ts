import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { tellRunsSql } from '../work/tell.ts';
import type { AtTarget } from './losses.ts';

/** A run that this worker carries out; `lease` is what proves it with everything that it stores. */
export type OpenRun = { tenantId: string; id: string; lease: string; forced: boolean; startedAt: Date };
export type LastRun = { state: string; startedAt: Date; after: string | null };

const AT = 'tenant_id = :tenantId and connection_id = :connectionId and target_id = :targetId';
const OURS = `tenant_id = :tenantId and id = :id and lease = :lease and state = 'running'`;

const TOLD = 'tenant_id, id, connection_id, target_id, kind, state';

const insertAsked = statement<{ id: string }>(
  'run_ask',
  `insert into runs (tenant_id, id, connection_id, target_id, kind, state, asked_by, forced, started_at)
   values (:tenantId, :id, :connectionId, :targetId, 'reconcile', 'asked', :askedBy, :forced, now())
   on conflict (tenant_id, connection_id, target_id, state) where kind = 'reconcile' and state in ('asked', 'running')
   do update set forced = runs.forced or excluded.forced
   returning id`,
);

// one that a dead worker left is begun anew: what it has read is as old as its lease
const takeOpen = statement<OpenRun>(
  'run_take',
  `with open as (
     select tenant_id, id from runs where ${AT} and kind = 'reconcile' and state in ('asked', 'running')
      order by state = 'running' desc limit 1 for update)
   update runs r set state = 'running', lease = :lease, started_at = now(), counts = '{}'
     from open o where r.tenant_id = o.tenant_id and r.id = o.id
   returning r.tenant_id as "tenantId", r.id, r.lease, r.forced, r.started_at as "startedAt"`,
);

const insertRunning = statement<OpenRun>(
  'run_begin',
  `insert into runs (tenant_id, id, connection_id, target_id, kind, state, lease, started_at)
   values (:tenantId, :id, :connectionId, :targetId, 'reconcile', 'running', :lease, now())
   on conflict do nothing
   returning tenant_id as "tenantId", id, lease, forced, started_at as "startedAt"`,
);

const selectLast = statement<LastRun>(
  'run_last',
  `select state, started_at as "startedAt", counts->>'after' as after from runs
    where ${AT} and kind = 'reconcile' and state in ('done', 'held', 'failed') order by started_at desc limit 1`,
);

const endRun = statement<{ id: string }>(
  'run_end',
  `with ended as (
     update runs set state = :state, counts = :counts, error = :error, finished_at = now(), lease = null
      where ${OURS} returning ${TOLD}),
   told as (${tellRunsSql('ended')})
   select id from ended`,
);

const giveUpOpen = statement<never>(
  'run_give_up',
  `with ended as (
     update runs set state = 'failed', error = :error, finished_at = now(), lease = null
      where ${AT} and kind = 'reconcile' and state in ('asked', 'running') returning ${TOLD})
   ${tellRunsSql('ended')}`,
);

/** Keeps that somebody asks for a run; one that was asked for and has not begun yet is the same. */
export async function askForRun(db: Knex, at: AtTarget, askedBy: string, forced: boolean): Promise<string> {
  const [row] = await insertAsked(db, { ...at, id: uuidv7(), askedBy, forced });
  if (!row) throw new Error('an upsert returns its row');
  return row.id;
}

/** The run that was asked for, or that another worker began and did not end; null when there is none. */
export async function takeRun(db: Knex, at: AtTarget, lease: string): Promise<OpenRun | null> {
  const [row] = await takeOpen(db, { ...at, lease });
  return row ?? null;
}

/** Begins a run that nobody asked for; null when there is one already. */
export async function beginRun(db: Knex, at: AtTarget, lease: string): Promise<OpenRun | null> {
  const [row] = await insertRunning(db, { ...at, id: uuidv7(), lease });
  return row ?? null;
}

/** The last run that ended, or null. */
export async function lastRun(db: Knex, at: AtTarget): Promise<LastRun | null> {
  const [row] = await selectLast(db, at);
  return row ?? null;
}

/** Ends a run with what it found; false when it is another worker's by now. */
export async function finishRun(
  db: Knex,
  { tenantId, id, lease }: OpenRun,
  state: 'done' | 'failed' | 'held',
  counts: object,
  error: string | null = null,
): Promise<boolean> {
  const rows = await endRun(db, { tenantId, id, lease, state, counts: JSON.stringify(counts), error });
  return rows.length === 1;
}

/** Ends what is open where no run may take place any more. */
export async function giveUpRuns(db: Knex, at: AtTarget, error: string): Promise<void> {
  await giveUpOpen(db, { ...at, error });
}
