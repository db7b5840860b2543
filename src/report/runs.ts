import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';

/** One run as people see it. */
export type Run = {
  id: string;
  kind: string;
  /** asked, running; done, failed, held. */
  state: string;
  connection: { id: string; name: string };
  /** Null where a run is about no single target. */
  target: { id: string; name: string } | null;
  askedBy: string;
  /** A human said that it may be believed whatever it finds. */
  forced: boolean;
  counts: Record<string, number | string>;
  /** Why it failed or was held, in words. */
  error: string | null;
  startedAt: Date;
  finishedAt: Date | null;
  /** Of a roster or of positions: the file; null for other runs. */
  roster: RosterFile | null;
};

export const RUN_KINDS = ['roster', 'positions', 'reconcile', 'undo'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** What is known of the file of a run; the latter four when it has been read to its end. */
export type RosterFile = {
  fileName: string | null;
  dryRun: boolean;
  /** It waits for somebody in any case. */
  hold: boolean;
  format: 'csv' | 'xml' | 'json' | null;
  encoding: string | null;
  ignored: string[] | null;
  missing: string[] | null;
};

const COLUMNS = `r.id, r.kind, r.state, json_build_object('id', c.id, 'name', c.name) as connection,
          case when t.id is not null then json_build_object('id', t.id, 'name', t.name) end as target,
          r.asked_by as "askedBy", r.forced, r.counts, r.error, r.started_at as "startedAt",
          r.finished_at as "finishedAt",
          case when o.run_id is not null then json_build_object('fileName', o.file_name, 'dryRun', o.dry_run,
            'hold', o.hold, 'format', o.shape->>'format', 'encoding', o.shape->>'encoding', 'ignored', o.shape->'ignored',
            'missing', o.shape->'missing') end as roster`;
const FROM = `runs r join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
     left join targets t on t.tenant_id = r.tenant_id and t.id = r.target_id
     left join rosters o on o.tenant_id = r.tenant_id and o.run_id = r.id`;

const selectRuns = statement<Run>(
  'runs_list',
  `select ${COLUMNS} from ${FROM}
    where r.tenant_id = :tenantId and (:connectionId::uuid is null or r.connection_id = :connectionId::uuid)
      and (:kind::text is null or r.kind = :kind) and (:before::uuid is null or r.id < :before::uuid)
    order by r.id desc limit :limit`,
);

const selectRun = statement<Run>(
  'runs_get',
  `select ${COLUMNS} from ${FROM} where r.tenant_id = :tenantId and r.id = :id`,
);

const selectRhythm = statement<{ target: { id: string; name: string }; lastRunId: string | null; nextAt: Date | null }>(
  'runs_rhythm',
  `select json_build_object('id', t.id, 'name', t.name) as target, last.id as "lastRunId", w.next_at as "nextAt"
     from connection_targets ct
     join targets t on t.tenant_id = ct.tenant_id and t.id = ct.target_id
     left join lateral (
       select r.id from runs r
        where r.tenant_id = ct.tenant_id and r.connection_id = ct.connection_id and r.target_id = ct.target_id
          and r.kind = 'reconcile'
        order by r.id desc limit 1) last on true
     left join work_item w on w.tenant_id = ct.tenant_id and w.target_id = ct.target_id and w.kind = 'reconcile'
          and w.subject_id = ct.connection_id and w.state = 'ready'
    where ct.tenant_id = :tenantId and ct.connection_id = :connectionId order by t.name`,
);

/** The newest runs of a tenant, of one of its connections, or of one kind; `before` is the last id of the page before. */
export async function listRuns(
  db: Knex,
  tenantId: string,
  page: { connectionId: string | null; kind: RunKind | null; before: string | null; limit: number },
): Promise<Run[]> {
  return selectRuns(db, { tenantId, ...page });
}

/** One run; throws `not_found`. */
export async function readRun(db: Knex, tenantId: string, id: string): Promise<Run> {
  const [row] = await selectRun(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no run ${id}`);
  return row;
}

/** When the accounts of a target were last compared with the links, and when they will be next. */
export type Rhythm = { target: { id: string; name: string }; lastRun: Run | null; nextAt: Date | null };

/** The last and the next reconcile run of a connection, at each of its targets. */
export async function rhythmOf(db: Knex, tenantId: string, connectionId: string): Promise<Rhythm[]> {
  const rows = await selectRhythm(db, { tenantId, connectionId });
  return Promise.all(
    rows.map(async ({ target, lastRunId, nextAt }) => {
      const lastRun = lastRunId === null ? null : await readRun(db, tenantId, lastRunId);
      return { target, lastRun, nextAt };
    }),
  );
}
