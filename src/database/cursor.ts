import type { Knex } from 'knex';
import { runDynamic } from './statement.ts';

/**
 * The rows of a query in batches of `size`, as they all were when the first was read: memory does not grow with them. Only
 * within a transaction, which stays open meanwhile. `name` must be unique in the transaction.
 */
export async function* cursor<Row>(
  trx: Knex.Transaction,
  { name, sql, bindings, size }: { name: string; sql: string; bindings: Record<string, unknown>; size: number },
): AsyncGenerator<Row[]> {
  await runDynamic(trx, `declare ${name} no scroll cursor for ${sql}`, bindings);
  for (;;) {
    const rows = await runDynamic<Row>(trx, `fetch ${size} from ${name}`, {});
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
  }
}
