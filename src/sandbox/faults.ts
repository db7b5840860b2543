import type { Knex } from 'knex';

export const FAULT_MODES = ['none', 'unavailable', 'reset', 'hang', 'garbage', 'lost_answer', 'slow'] as const;
export const FAULT_HITS = ['all', 'reads', 'writes'] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

export type Faults = {
  readonly mode: FaultMode;
  /** How many more requests it hits before the mode is none again; null for all of them. */
  readonly remaining: number | null;
  readonly latencyMs: number;
  /** Which requests the mode hits. */
  readonly hits: (typeof FAULT_HITS)[number];
  /** Requests that are answered in a second, in any mode; null for no limit. */
  readonly perSecond: number | null;
};

/** How the API misbehaves now. Kept in the database: several instances serve one and the same sandbox. */
export async function readFaults(db: Knex): Promise<Faults> {
  const { rows } = await db.raw<{ rows: Faults[] }>(
    `select case when s.remaining = 0 then 'none' else s.mode end as mode, nullif(s.remaining, 0) as remaining,
            s.latency_ms as "latencyMs", s.hits, s.per_second as "perSecond"
       from sandbox.settings s`,
  );
  return rows[0] ?? { mode: 'none', remaining: null, latencyMs: 0, hits: 'all', perSecond: null };
}

/** Replaces all faults, and starts the rate limit's second anew. */
export async function writeFaults(db: Knex, faults: Faults): Promise<void> {
  await db.raw(
    `update sandbox.settings
        set mode = :mode, remaining = :remaining, latency_ms = :latencyMs, hits = :hits, per_second = :perSecond, window_count = 0`,
    faults,
  );
}

/** Uses up one fault; none when other requests have used up the last. */
export async function takeFault(db: Knex): Promise<FaultMode> {
  const { rows } = await db.raw<{ rows: { mode: FaultMode }[] }>(
    `update sandbox.settings set remaining = remaining - 1
      where mode <> 'none' and (remaining is null or remaining > 0)
      returning mode`,
  );
  return rows[0]?.mode ?? 'none';
}

/** Counts one request against the rate limit; false when this second's requests are used up. */
export async function takeTurn(db: Knex): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { allowed: boolean }[] }>(
    `update sandbox.settings
        set window_start = case when window_start > now() - interval '1 second' then window_start else now() end,
            window_count = case when window_start > now() - interval '1 second' then window_count + 1 else 1 end
      where per_second is not null
      returning window_count <= per_second as allowed`,
  );
  return rows[0]?.allowed ?? true;
}
