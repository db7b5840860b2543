import { setImmediate } from 'node:timers/promises';
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

const CHUNK = 4_000;
/** From how many rows on PostgreSQL is told: it plans for an empty table otherwise. */
export const MANY = 1_000;

type Chunk = { lines: string[]; rejects: object[]; count: number };
const empty = (): Chunk => ({ lines: [], rejects: [], count: 0 });

/**
 * Keeps the rows of a file as they come, a chunk at a time, while the next one is being read; `alive` is told after each
 * how many there are. Returns how many rows were kept; those that cannot be taken are kept as rejects.
 */
export async function stage(
  db: Knex,
  run: RunKey,
  batches: AsyncIterable<readonly FileItem[]>,
  alive: (read: number) => Promise<void>,
): Promise<number> {
  let chunk = empty();
  let read = 0;
  let rejected = 0;
  let kept = Promise.resolve();
  const send = async (items: Chunk, count: number) => {
    await keep(db, run, items);
    await alive(count);
  };
  for await (const batch of batches) {
    for (const item of batch) add(chunk, run, item);
    read += batch.length;
    await setImmediate(); // others have their turn: a file that is there already would keep the process to itself
    if (chunk.count < CHUNK) continue;
    await kept;
    rejected += chunk.rejects.length;
    kept = send(chunk, read);
    kept.catch(() => {}); // whoever awaits it next is told
    chunk = empty();
  }
  await kept;
  rejected += chunk.rejects.length;
  await send(chunk, read);
  if (read >= MANY) await refreshStatistics(db, 'roster_rows');
  return read - rejected;
}

function add(chunk: Chunk, { tenantId, runId }: RunKey, item: FileItem): void {
  chunk.count += 1;
  if (item.kind === 'text') {
    chunk.lines.push(copyLine([tenantId, runId, item.line, item.key, item.hash, item.raw]));
  } else {
    chunk.rejects.push({ line: item.rejects[0]?.line ?? 0, key: item.key, raw: item.raw, rejects: item.rejects });
  }
}

async function keep(db: Knex, run: RunKey, { lines, rejects }: Chunk): Promise<void> {
  if (lines.length > 0) await copyIn(db, 'roster_rows (tenant_id, run_id, line, key, hash, raw)', lines);
  if (rejects.length > 0) await keepRejects(db, run, rejects);
}

/** Keeps rows that cannot be taken: `line`, `key`, `raw`, `rejects`. */
export async function keepRejects(db: Knex, { tenantId, runId }: RunKey, rows: readonly object[]): Promise<void> {
  await insertRejects(db, { tenantId, runId, rows: JSON.stringify(rows) });
}

/** What statements on each table choose by; the documents would take longer than all the rest. */
const CHOSEN_BY = {
  roster_rows: 'tenant_id, run_id, key, line',
  roster_changes: 'tenant_id, run_id, line, verdict, key, person_id, user_name_key, email_key, position, tries',
  roster_people: 'tenant_id, connection_id, key, person_id, manager, above, position',
  people: 'tenant_id, connection_id, id, user_name_key, external_id, email_key',
};

/**
 * Tells PostgreSQL what has become of a table. Where the role may not do this, that is in PostgreSQL's own log, and it finds
 * out by itself, later.
 */
export async function refreshStatistics(db: Knex, ...tables: (keyof typeof CHOSEN_BY)[]): Promise<void> {
  for (const table of tables) await runDynamic(db, `analyze ${table} (${CHOSEN_BY[table]})`, {});
}
