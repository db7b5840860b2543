import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';

const ATTEMPTS = 5;
/** serialization_failure and deadlock_detected: the transaction was innocent and may simply run again. */
const RETRIED = new Set(['40001', '40P01']);

/**
 * Runs `body` in a transaction, and again from the start (5 times in all) when PostgreSQL sacrificed it to another
 * one. `body` must do nothing but database work through `trx`: it may run more than once.
 */
export async function inTransaction<T>(
  db: Knex,
  body: (trx: Knex.Transaction) => Promise<T>,
  config?: Knex.TransactionConfig,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(body, config);
    } catch (error) {
      if (attempt >= ATTEMPTS || !mayRunAgain(error)) throw error;
    }
    await sleep(pause(attempt));
  }
}

function mayRunAgain(error: unknown): boolean {
  return RETRIED.has(String((error as { code?: unknown } | null)?.code));
}

/** Jitter keeps two transactions that met once from meeting again. */
function pause(attempt: number): number {
  return 10 * 2 ** attempt * (0.5 + Math.random());
}
