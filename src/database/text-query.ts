import type { Knex } from 'knex';
import { runText } from './statement.ts';

/** Our pool as a library sees one that only wants to send a text with its values ($1, $2). */
export function queryOf(db: Knex): { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> } {
  return { query: async (text, values) => ({ rows: await runText(db, text, values) }) };
}
