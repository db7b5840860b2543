// The SCIM server of Better Auth on a database of its own. It is run from the folder where its packages are installed.
import { createServer } from 'node:http';
import { scim } from '@better-auth/scim';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const { PORT, DATABASE_URL, SCIM_TOKEN } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 5 });
const options = {
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'a secret for the sessions of this test only',
  database: { db: new Kysely({ dialect: new PostgresDialect({ pool }) }), type: 'postgres', transaction: true },
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  plugins: [
    scim({
      connections: [{ id: 'gangway', credentials: [{ type: 'bearer', id: 'token', token: SCIM_TOKEN }] }],
    }),
  ],
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = toNodeHandler(betterAuth(options));
createServer((req, res) => {
  if (req.url === '/ready') res.end('ready');
  else auth(req, res);
}).listen(Number(PORT), '127.0.0.1');
