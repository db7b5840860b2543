import type { Knex } from 'knex';

/** For the knex command line only; the server and `gangway migrate` use src/database/migrate.ts. */
const config: Knex.Config = {
  client: 'pg',
  connection: process.env.DATABASE_URL ?? '',
  migrations: { directory: './migrations', extension: 'ts', loadExtensions: ['.ts'] },
};
export default config;
