import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { fold } from '../directory/stored.ts';
import { emailOf } from '../model/email.ts';
import type { RosterItem } from './row.ts';
import type { RunKey } from './runs.ts';

// one JSON parameter a chunk; COPY is not for every PostgreSQL that this runs on
const insertRows = statement<never>(
  'roster_stage',
  `insert into roster_rows (tenant_id, run_id, line, key, content_hash, user_name_key, email_key, manager, position, groups,
                            resource, raw)
   select :tenantId, :runId, r.line, r.key, r.hash, r."userName", r.email, r.manager, r.position, r.groups, r.resource, r.raw
     from json_to_recordset(:rows::json) as r (line int, key text, hash text, "userName" text, email text, manager text,
       position text, groups text[], resource json, raw json)`,
);

const insertRejects = statement<never>(
  'roster_reject',
  `insert into roster_rejects (tenant_id, run_id, line, key, raw, rejects)
   select :tenantId, :runId, r.line, r.key, r.raw, r.rejects
     from json_to_recordset(:rows::json) as r (line int, key text, raw json, rejects json)`,
);

const CHUNK = 500;

/** Keeps the items of a file as they come, a chunk at a time; `alive` is told after each. */
export async function stage(
  db: Knex,
  run: RunKey,
  items: AsyncIterable<RosterItem>,
  alive: () => Promise<void>,
): Promise<void> {
  let chunk: RosterItem[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < CHUNK) continue;
    await keep(db, run, chunk);
    chunk = [];
    await alive();
  }
  await keep(db, run, chunk);
}

async function keep(db: Knex, run: RunKey, chunk: readonly RosterItem[]): Promise<void> {
  const rows = chunk.flatMap((item) => (item.kind === 'row' ? [stagedRow(item)] : []));
  const rejects = chunk.flatMap((item) => (item.kind === 'rejected' ? [stagedReject(item)] : []));
  if (rows.length > 0) await insertRows(db, { ...run, rows: JSON.stringify(rows) });
  if (rejects.length > 0) await insertRejects(db, { ...run, rows: JSON.stringify(rejects) });
}

function stagedRow({ row, raw }: Extract<RosterItem, { kind: 'row' }>) {
  const { line, key, resource, manager, position } = row;
  const groups = row.groups.toSorted();
  const email = emailOf(resource);
  return {
    ...{ line, key, resource, manager, position, groups, raw },
    hash: createHash('sha256')
      .update(JSON.stringify([resource, manager, position, groups]))
      .digest('base64url'),
    userName: fold(String(resource['userName'] ?? '')),
    email: email === null ? null : fold(email),
  };
}

function stagedReject({ key, raw, rejects }: Extract<RosterItem, { kind: 'rejected' }>) {
  return { line: rejects[0]?.line ?? 0, key, raw, rejects };
}
