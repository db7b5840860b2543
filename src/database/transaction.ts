import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { Fault } from '../errors.ts';
import { isOutage } from './outage.ts';

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
  return untilWon(() => db.transaction(body, config));
}

/**
 * Runs one statement, and again when PostgreSQL sacrificed it: a statement that locks several rows can meet another one
 * in a deadlock without any transaction around it. Inside a transaction it runs once, since that is lost as a whole.
 */
export async function onItsOwn<T>(db: Knex, run: () => Promise<T>): Promise<T> {
  return db.isTransaction ? run() : untilWon(run);
}

async function untilWon<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= ATTEMPTS || !mayRunAgain(error)) throw asFault(error);
    }
    await sleep(pause(attempt));
  }
}

/** Only statements know an outage by themselves; BEGIN and COMMIT meet it here. */
function asFault(error: unknown): unknown {
  if (error instanceof Fault || !isOutage(error)) return error;
  return new Fault('database_unavailable', 'the database does not answer', { cause: error });
}

function mayRunAgain(error: unknown): boolean {
  return RETRIED.has(String((error as { code?: unknown } | null)?.code));
}

/** Jitter keeps two transactions that met once from meeting again. */
function pause(attempt: number): number {
  return 10 * 2 ** attempt * (0.5 + Math.random());
}
