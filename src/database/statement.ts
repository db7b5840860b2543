import type { Knex } from 'knex';
import { Fault } from '../errors.ts';
import { isOutage } from './outage.ts';

type Bindings = Readonly<Record<string, unknown>>;
const NAMED_BINDING = /(?<!:):([a-zA-Z]\w*)/g;

/** Statements whose text depends on the request (filters) get a name too, up to this many texts per process. */
const DYNAMIC_NAMES = 500;
const dynamicNames = new Map<string, string>();

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

/** Runs a statement whose text is put together at run time from a bounded set of shapes. */
export async function runDynamic<Row>(db: Knex, sql: string, bindings: Bindings): Promise<Row[]> {
  const { text, names } = positional(sql);
  return run<Row>(db, dynamicName(text), text, valuesOf(names, bindings));
}

async function run<Row>(db: Knex, name: string | undefined, text: string, values: unknown[]): Promise<Row[]> {
  const query = db.raw(text, values as Knex.RawBinding[]);
  const prepared = (db.client.config as { prepared?: boolean }).prepared !== false;
  try {
    const result = await (name && prepared ? query.options({ name }) : query);
    return result.rows as Row[];
  } catch (error) {
    throw isOutage(error) ? new Fault('database_unavailable', 'the database does not answer', { cause: error }) : error;
  }
}

function positional(sql: string): { text: string; names: string[] } {
  const names: string[] = [];
  // knex takes a question mark for a binding; in jsonpath it is a filter
  const text = sql.replaceAll('?', '\\?').replace(NAMED_BINDING, (_, name: string) => {
    names.push(name);
    return '?';
  });
  return { text, names };
}

function valuesOf(names: string[], bindings: Bindings): unknown[] {
  return names.map((name) => {
    const value = bindings[name];
    if (value === undefined) throw new TypeError(`statement needs a binding for :${name}`);
    return value;
  });
}

function dynamicName(text: string): string | undefined {
  const known = dynamicNames.get(text);
  if (known || dynamicNames.size >= DYNAMIC_NAMES) return known;
  const name = `dynamic_${dynamicNames.size}`;
  dynamicNames.set(text, name);
  return name;
}
