import type { Knex } from 'knex';
import type { Client } from 'pg';
import { Fault } from '../errors.ts';
import { isOutage } from './outage.ts';

type Bindings = Readonly<Record<string, unknown>>;
const NAMED_BINDING = /(?<!:):([a-zA-Z]\w*)/g;

/** Statements whose text depends on the request (filters) are kept with a name too, up to this many per process. */
const DYNAMIC_NAMES = 500;
const dynamic = new Map<string, { name: string; text: string; names: string[] }>();

/**
 * A statement that PostgreSQL parses and plans once per connection: `:name` bindings, run by calling the result.
 * `name` must be unique in the code base. Sent unprepared when the pool was opened with `prepared: false`.
 */
export function statement<Row, B extends Bindings = Bindings>(name: string, sql: string) {
  const { text, names } = positional(sql);
  return async (db: Knex, bindings: B): Promise<Row[]> => {
    return run<Row>(db, name, text, valuesOf(names, bindings));
  };
}

/**
 * For the RETURNING of a statement that may be lost with the last moments of a server that fails: its commit waits for no
 * disk. Only for what is found out anew when it is missing. Whatever is committed later and does wait keeps it as well, so
 * nothing is ever kept without what was written before it.
 */
export const UNHURRIED = `set_config('synchronous_commit', 'off', true)`;

/** Runs a statement whose text is put together at run time from a bounded set of shapes. */
export async function runDynamic<Row>(db: Knex, sql: string, bindings: Bindings): Promise<Row[]> {
  const { name, text, names } = dynamic.get(sql) ?? prepared(sql);
  return run<Row>(db, name, text, valuesOf(names, bindings));
}

/** Runs a text that a library has made, with $1, $2 for its values; unprepared. */
export async function runText(db: Knex, text: string, values: unknown[]): Promise<unknown[]> {
  return run<unknown>(db, undefined, text, values);
}

function prepared(sql: string): { name?: string; text: string; names: string[] } {
  const made = positional(sql);
  if (dynamic.size >= DYNAMIC_NAMES) return made;
  const named = { ...made, name: `dynamic_${dynamic.size}` };
  dynamic.set(sql, named);
  return named;
}

/** The part of a knex client, of the pool or of a transaction, that lends out connections of pg. */
type Lender = {
  config: { prepared?: boolean };
  acquireConnection(): Promise<Client>;
  releaseConnection(connection: Client): Promise<void>;
};

/**
 * Straight to pg on a connection that knex lends (of its pool, or the transaction's own): knex's query layers cost as
 * much again as the query itself.
 */
async function run<Row>(db: Knex, name: string | undefined, text: string, values: unknown[]): Promise<Row[]> {
  const lender = db.client as Lender;
  const named = name !== undefined && lender.config.prepared !== false;
  if (db.isTransaction && (db as Knex.Transaction).isCompleted()) throw new Error('the transaction has ended');
  try {
    const connection = await lender.acquireConnection();
    try {
      const result = await connection.query(named ? { name, text, values } : { text, values });
      return result.rows as Row[];
    } finally {
      await lender.releaseConnection(connection);
    }
  } catch (error) {
    throw isOutage(error) ? new Fault('database_unavailable', 'the database does not answer', { cause: error }) : error;
  }
}

function positional(sql: string): { text: string; names: string[] } {
  const names: string[] = [];
  const text = sql.replace(NAMED_BINDING, (_, name: string) => `$${names.push(name)}`);
  return { text, names };
}

function valuesOf(names: string[], bindings: Bindings): unknown[] {
  return names.map((name) => {
    const value = bindings[name];
    if (value === undefined) throw new TypeError(`statement needs a binding for :${name}`);
    return value;
  });
}
