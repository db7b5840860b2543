import knex, { type Knex } from 'knex';

export type PoolOptions = {
  url: string;
  max?: number;
  /** False behind pgbouncer before 1.21, which loses prepared statements. */
  prepared?: boolean;
};

const WAIT_MS = 5_000;

/** By itself knex prints to stdout, which belongs to the commands' answers, what it throws to the caller anyway. */
const LOG = { warn: () => {}, error: () => {}, debug: () => {}, deprecate: () => {} };

/**
 * Opens the connection pool; connections are made when needed, so this succeeds before the database is up.
 * No statement_timeout: as a start-up parameter pgbouncer refuses it, as a SET it leaks to other clients.
 */
export function openPool({ url, max = 10, prepared = true }: PoolOptions): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'gangway',
      connectionTimeoutMillis: WAIT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    },
    pool: { min: 0, max },
    acquireConnectionTimeout: WAIT_MS,
    log: LOG,
    prepared,
  } as Knex.Config);
}
