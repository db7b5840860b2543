import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import type { Knex } from 'knex';
import { createSessions } from './access/sessions.ts';
import { consoleRouter } from './access/sign-in/router.ts';
import { apiDocsRouter } from './admin/openapi/routes.ts';
import { adminRouter } from './admin/router.ts';
import { badgeRouter } from './badge/router.ts';
import type { Config } from './config.ts';
import type { TargetSettings } from './connectors/connector.ts';
import { CONNECTOR_KINDS, type ConnectorKind, createConnector } from './connectors/index.ts';
import { TARGET_KINDS } from './connectors/kinds.ts';
import { consolePages } from './console/router.ts';
import { openDatabase } from './database/open.ts';
import { connectorSource } from './deliver/targets.ts';
import { startWorker, type Worker } from './deliver/worker.ts';
import { createPageMemory } from './directory/page-memory.ts';
import { Fault } from './errors.ts';
import { eventsRouter } from './events/router.ts';
import { createSigner } from './events/signing-keys.ts';
import { eventsHandler } from './events/work.ts';
import { feedHandler } from './feeds/work.ts';
import { healthRouter } from './health.ts';
import { helpRouter } from './help/router.ts';
import type { Senders } from './invite/senders.ts';
import { smsSender } from './invite/sms.ts';
import { inviteHandler } from './invite/work.ts';
import { joinRouter } from './join/router.ts';
import { keyFrom, secretFile } from './key.ts';
import type { Log } from './log.ts';
import { mailSender } from './mail/mail.ts';
import { watchHandler } from './notices/watch.ts';
import { noticeHandler } from './notices/work.ts';
import { oauthRouter } from './oauth/router.ts';
import { startResuming } from './roster/resume.ts';
import { sandboxApp } from './sandbox/app.ts';
import type { TrustProxy } from './scim/base-url.ts';
import { createCredentialCache } from './scim/credential-cache.ts';
import { createCursorSeal } from './scim/cursor.ts';
import { isScim, scimEndpoint } from './scim/endpoint.ts';
import { createQuirkCounter } from './scim/quirk-counter.ts';
import { createRateLimiter } from './scim/rate-limit.ts';
import { createRequestLog } from './scim/request-log.ts';
import { RESOURCE_COLUMNS } from './scim/resource-columns.ts';
import { createVault, type Vault } from './vault.ts';

/** `api` answers requests, `worker` delivers, `all` does both. */
export type Role = 'all' | 'api' | 'worker';

export type Running = {
  db: Knex;
  vault: Vault;
  /** Where this process answers, without a trailing slash. */
  origin: string;
  adminKey: string;
  /** Ends within five seconds: what is running is finished or handed back, nothing is lost. */
  stop(): Promise<void>;
};

const DELIVERY_GRACE_MS = 2_000;
const REQUEST_GRACE_MS = 1_000;

/** Brings up database, schema, endpoint and worker, and resolves when requests are answered. */
export async function startServer(config: Config, log: Log, role: Role = 'all'): Promise<Running> {
  const database = await openDatabase(config, log);
  const { db } = database;
  try {
    const vault = createVault(keyFrom(config));
    const adminKey = secretFile(config.dataDir, 'admin-key');
    const sandboxKey = vault.derive('sandbox');
    const state = { ready: true, origin: '' };
    let worker: Worker | null = null;
    const credentials = createCredentialCache(db);
    const cursors = createCursorSeal(vault.derive('cursors'));
    const quirks = createQuirkCounter(db, log);
    const requests = createRequestLog(db, log);
    const wake = () => worker?.wake();
    const changed = () => {
      credentials.clear();
      wake();
    };
    const create = (kind: string, target: TargetSettings) =>
      createConnector(knownKind(kind), target, { sandboxUrl: `${state.origin}/sandbox`, sandboxKey });

    const inviting = {
      db,
      senders: sendersOf(config),
      derive: vault.derive,
      publicUrl: () => config.publicUrl ?? state.origin,
    };
    const mail = inviting.senders.email;
    const { publicUrl } = inviting;
    const issuing = { db, log, vault, publicUrl, sign: createSigner(db, vault) };

    const app = createApp(config);
    let scim: RequestListener | null = null;
    const sessions = role === 'worker' ? null : createSessions(db, log, vault.derive('sessions'));
    app.use(healthRouter(db, state));
    if (sessions) {
      const limiter = createRateLimiter(db, log, config.rateLimitPerSecond);
      const trusts = app.get('trust proxy fn') as TrustProxy;
      scim = scimEndpoint({
        db,
        log,
        credentials,
        limiter,
        quirks,
        requests,
        cursors,
        pages: createPageMemory(),
        trusts,
        changed: wake,
      });
      app.use(oauthRouter({ db, log, publicUrl: config.publicUrl }));
      app.use('/api', apiDocsRouter());
      app.use(
        '/api/v1',
        adminRouter({
          ...inviting,
          mail,
          log,
          vault,
          adminKey,
          create,
          changed,
          origin: () => state.origin,
          columns: RESOURCE_COLUMNS,
          kinds: TARGET_KINDS,
          sessions: sessions.handler,
        }),
      );
      const { publicUrl } = inviting;
      app.use('/console', consolePages({ db, log, sessions, api: app, publicUrl: config.publicUrl }));
      app.use('/console', consoleRouter({ db, log, vault, sessions, openid: config.openid, publicUrl }));
      app.use('/help', helpRouter({ db, sessions, publicUrl }));
      app.use('/join', joinRouter({ db, log }));
      app.use('/badge', badgeRouter({ db, log, vault, connectorOf: connectorSource(db, vault, create) }));
      app.use(eventsRouter(issuing));
    }
    app.use('/sandbox', sandboxApp({ db, key: sandboxKey, log }));
    app.get('/', (_req, res) => res.redirect('/sandbox/accounts'));

    const server = await listen((req, res) => (scim && isScim(req) ? scim : app)(req, res), config);
    state.origin = originOf(server, config);
    if (role !== 'api') {
      const connectorOf = connectorSource(db, vault, create);
      const others = {
        invite: inviteHandler({ ...inviting, log }),
        feed: feedHandler({ db, log, vault, changed, columns: RESOURCE_COLUMNS, tokens: new Map() }),
        notice: noticeHandler({ ...inviting, mail, log }),
        watch: watchHandler({ db, log }),
        events: eventsHandler(issuing),
      };
      worker = startWorker({ db, log, connectorOf, concurrency: config.workerConcurrency, others });
    }
    const resuming = startResuming({ db, log, changed: wake, columns: RESOURCE_COLUMNS });
    const stop = stopOnce(async () => {
      state.ready = false;
      resuming.stop();
      await worker?.stop(DELIVERY_GRACE_MS);
      await close(server);
      await quirks.stop();
      await requests.stop();
      sessions?.close();
      await database.close();
    });
    return { db, vault, origin: state.origin, adminKey, stop };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The ways out for invites that are set up. */
function sendersOf({ mail, sms }: Config): Senders {
  return { email: mail && mailSender(mail), sms: sms && smsSender(sms) };
}

function createApp(config: Config): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // resources carry their own, lists change too often to be worth a hash
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustedProxies);
  return app;
}

async function listen(answer: RequestListener, config: Config): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(config, cause)));
    server.listen(config.port, config.host, resolve);
  });
  return server;
}

function cannotListen(config: Config, cause: NodeJS.ErrnoException): Fault {
  const where = `${config.host}:${config.port}`;
  const mend =
    cause.code === 'EADDRINUSE'
      ? 'another program listens there; stop it or choose another with PORT=8081'
      : 'choose another HOST or PORT';
  return new Fault('config_invalid', `cannot listen on ${where} (${cause.code}): ${mend}`, { cause });
}

/** The worker and the person at the keyboard reach a wildcard address by loopback. */
function originOf(server: Server, config: Config): string {
  const { port } = server.address() as AddressInfo;
  const wildcard = config.host === '0.0.0.0' || config.host === '::';
  const host = wildcard ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function knownKind(kind: string): ConnectorKind {
  const known = CONNECTOR_KINDS.find((name) => name === kind);
  if (!known)
    throw new Fault('config_invalid', `there is no kind of target "${kind}"; use ${CONNECTOR_KINDS.join(' or ')}`);
  return known;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const grace = setTimeout(() => server.closeAllConnections(), REQUEST_GRACE_MS);
  await closed;
  clearTimeout(grace);
}

function stopOnce(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= stop();
    return stopped;
  };
}
