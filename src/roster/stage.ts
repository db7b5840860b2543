import type { Knex } from 'knex';
import { copyIn, copyLine } from '../database/copy.ts';
import { runDynamic, statement } from '../database/statement.ts';
import type { FileItem } from './read/rows.ts';
import type { RunKey } from './runs.ts';

const insertRejects = statement<never>(
  'roster_reject',
  `insert into roster_rejects (tenant_id, run_id, line, key, raw, rejects)
   select :tenantId, :runId, r.line, r.key, r.raw, r.rejects
     from json_to_recordset(:rows::json) as r (line int, key text, raw json, rejects json)
   on conflict (tenant_id, run_id, line) do nothing`,
);

const CHUNK = 10_000;
/** From how many rows on PostgreSQL is told: it plans for an empty table otherwise. */
export const MANY = 1_000;

/**
 * Keeps the rows of a file as they come, a chunk at a time, while the next one is being read; `alive` is told after each
 * how many there are. Returns how many there were.
 */
export async function stage(
  db: Knex,
  run: RunKey,
  batches: AsyncIterable<readonly FileItem[]>,
  alive: (read: number) => Promise<void>,
): Promise<number> {
  let chunk: FileItem[] = [];
  let read = 0;
  let kept = Promise.resolve();
  const send = async (items: readonly FileItem[], count: number) => {
    await keep(db, run, items);
    await alive(count);
  };
  for await (const batch of batches) {
    chunk.push(...batch);
    read += batch.length;
    if (chunk.length < CHUNK) continue;
    await kept;
    kept = send(chunk, read);
    kept.catch(() => {}); // whoever awaits it next is told
    chunk = [];
  }
  await kept;
  await send(chunk, read);
  if (read >= MANY) await refreshStatistics(db, ['roster_rows']);
  return read;
}

async function keep(db: Knex, run: RunKey, items: readonly FileItem[]): Promise<void> {
  const { tenantId, runId } = run;
  const rejects: object[] = [];
  let lines = '';
  for (const item of items) {
    if (item.kind === 'text') lines += copyLine([tenantId, runId, item.line, item.key, item.hash, item.raw]);
    else rejects.push({ line: item.rejects[0]?.line ?? 0, key: item.key, raw: item.raw, rejects: item.rejects });
  }
  if (lines) await copyIn(db, 'roster_rows (tenant_id, run_id, line, key, hash, raw)', lines);
  if (rejects.length > 0) await keepRejects(db, run, rejects);
}

/** Keeps rows that cannot be taken: `line`, `key`, `raw`, `rejects`. */
export async function keepRejects(db: Knex, { tenantId, runId }: RunKey, rows: readonly object[]): Promise<void> {
  await insertRejects(db, { tenantId, runId, rows: JSON.stringify(rows) });
}

/**
 * Tells PostgreSQL what has become of tables. Where the role may not do this, that is in PostgreSQL's own log, and it finds
 * out by itself, later.
 */
export async function refreshStatistics(
  db: Knex,
  tables: readonly ('roster_rows' | 'roster_changes' | 'roster_people' | 'people')[],
): Promise<void> {
  await runDynamic(db, `analyze ${tables.join(', ')}`, {});
}
