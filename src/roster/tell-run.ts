import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { tell } from '../report/notices.ts';
import { happened } from '../work/tell.ts';
import type { RunKey } from './runs.ts';

type Row = {
  kind: string;
  state: string;
  connectionId: string;
  counts: Record<string, number>;
  error: string | null;
  dryRun: boolean;
};

const selectRun = statement<Row>(
  'roster_tell',
  `select r.kind, r.state, r.connection_id as "connectionId", r.counts, r.error, coalesce(o.dry_run, false) as "dryRun"
     from runs r left join rosters o on o.tenant_id = r.tenant_id and o.run_id = r.id
    where r.tenant_id = :tenantId and r.id = :runId`,
);

const MOST_CODES = 5;

const selectCodes = statement<{ code: string; rows: number }>(
  'roster_tell_codes',
  `select j->>'code' as code, count(distinct x.line)::int as rows
     from roster_rejects x cross join lateral json_array_elements(x.rejects) j
    where x.tenant_id = :tenantId and x.run_id = :runId group by 1 order by 2 desc, 1 limit ${MOST_CODES}`,
);

/** How the run of a roster ended; `refused`: the file itself cannot be believed. */
export type RosterEnd = 'done' | 'held' | 'refused' | 'failed';

/**
 * Tells of a roster's end, by event and by notice, in the transaction that ends it. Nobody is told of a dry run: somebody
 * looks at it.
 */
export async function tellRun(trx: Knex, { tenantId, runId }: RunKey, end: RosterEnd): Promise<void> {
  const [run] = await selectRun(trx, { tenantId, runId });
  if (!run || run.dryRun) return;
  const { connectionId } = run;
  const ended = { run: run.kind, state: run.state };
  await happened(trx, { tenantId, kind: 'run.end', sourceId: runId, connectionId, targetId: null, detail: ended });
  const about = { tenantId, connectionId, subject: runId };
  if (end !== 'done') {
    await tell(trx, { ...about, kind: `roster_${end}`, detail: { runId, reason: run.error ?? '' } });
    return;
  }
  const number = (name: string) => Number(run.counts[name] ?? 0);
  const counts = {
    runId,
    rows: number('rows'),
    new: number('new'),
    changed: number('changed'),
    returned: number('returned'),
    missing: number('missing'),
  };
  const rejected = number('rejected');
  if (rejected === 0) return void (await tell(trx, { ...about, kind: 'roster_accepted', detail: counts }));
  const codes = await selectCodes(trx, { tenantId, runId });
  await tell(trx, { ...about, kind: 'roster_partly', detail: { ...counts, rejected, codes } });
}
