import { SIGN_IN } from './access/links.ts';
import { readConfig } from './config.ts';
import { migrate } from './database/migrate.ts';
import { explained } from './database/open.ts';
import { openPool } from './database/pool.ts';
import { firstLink } from './demo/first-operator.ts';
import { ensureDemo, TENANT } from './demo/first-run.ts';
import { welcome } from './demo/welcome.ts';
import { Fault } from './errors.ts';
import { createLog } from './log.ts';
import { type Role, startServer } from './server.ts';

export type ServeOptions = { demo?: boolean; json?: boolean; role?: Role };

/** Runs until SIGTERM or SIGINT; a second signal ends it at once. */
export async function serve(options: ServeOptions): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const running = await startServer(config, log, options.role ?? 'all');
  stopOnSignal(async (signal) => {
    log.info({ signal }, 'stopping');
    await running.stop();
  }, config.endWithParent);
  const scim = `${running.origin}/scim/v2`;
  const token = options.demo ? await ensureDemo(running.db, config.dataDir) : null;
  const sandbox = `${running.origin}/sandbox`;
  if (options.json) process.stdout.write(`${JSON.stringify({ scim, token, sandbox, pid: process.pid })}\n`);
  else if (token) {
    const base = config.publicUrl ?? running.origin;
    const path = await firstLink(running.db, TENANT);
    const places = { signIn: `${base}${SIGN_IN}`, link: path && `${base}${path}` };
    process.stdout.write(welcome({ scim, token, sandbox, dataDir: config.dataDir, ...places }));
  }
  log.info({ scim, role: options.role, pid: process.pid }, 'ready');
}

/** `gangway migrate`: for production, where instances start beside each other behind a pooler. */
export async function runMigrations({ json = false }: { json?: boolean } = {}): Promise<void> {
  const { databaseUrl } = readConfig();
  if (databaseUrl === null) {
    throw new Fault('config_invalid', 'set DATABASE_URL; the embedded database is migrated by each start');
  }
  const db = openPool({ url: databaseUrl });
  try {
    const names = await migrate(db).catch((error) => {
      throw explained(error);
    });
    const words = names.length ? names.join('\n') : 'the schema is up to date';
    process.stdout.write(`${json ? JSON.stringify({ migrations: names }) : words}\n`);
  } finally {
    await db.destroy();
  }
}

const PARENT_LOOK_MS = 250;

function stopOnSignal(stop: (signal: string) => Promise<void>, endWithParent: boolean): void {
  let stopping = false;
  const end = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    stop(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  if (endWithParent) whenOrphaned(() => stopping || end('parent ended'));
}

/** npm passes SIGTERM to its shell, which dies of it and leaves us behind: the sign is another parent. */
function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, PARENT_LOOK_MS).unref();
}
