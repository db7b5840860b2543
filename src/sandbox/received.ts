import type { Knex } from 'knex';
import { newId } from './account.ts';

export type Received = {
  readonly idempotencyKey: string | null;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** How often the same key, method and path came again: 0 says that it arrived once. */
  readonly repeats: number;
  /** When it last arrived. */
  readonly at: Date;
};

const NOTES_BETWEEN_TIDYING = 500;
let notes = 0;

/**
 * Notes a write that the API has carried out or refused. A repeat is counted on the row of the first arrival, whose
 * success stands: the 200 of a repeated invitation must not hide the 201 that made the account.
 */
export async function noteReceived(db: Knex, call: Omit<Received, 'repeats' | 'at'>): Promise<void> {
  await db.raw(
    `insert into sandbox.received as r (id, idempotency_key, method, path, status)
     values (:id, :idempotencyKey, :method, :path, :status)
         on conflict on constraint received_repeated do update
        set repeats = r.repeats + 1, at = excluded.at,
            status = case when r.status < 300 then r.status else excluded.status end`,
    { id: newId('rcv'), ...call },
  );
  notes += 1;
  if (notes % NOTES_BETWEEN_TIDYING === 0) await forgetReceived(db);
}

/** Forgets what arrived more than a week ago, a thousand rows at a time. */
export async function forgetReceived(db: Knex): Promise<void> {
  await db.raw(
    `delete from sandbox.received where id in (
       select id from sandbox.received where at < now() - interval '7 days' order by at limit 1000)`,
  );
}

/** The latest writes first; with a key, only those that carried it. */
export async function listReceived(db: Knex, key: string | null, limit: number): Promise<Received[]> {
  const { rows } = await db.raw<{ rows: Received[] }>(
    `select r.idempotency_key as "idempotencyKey", r.method, r.path, r.status, r.repeats, r.at
       from sandbox.received r
      where cast(:key as text) is null or r.idempotency_key = :key
      order by r.at desc, r.id limit :limit`,
    { key, limit },
  );
  return rows;
}
