import { createHash } from 'node:crypto';
import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session, { type Session, type WithSession } from 'express-session';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { queryOf } from '../database/text-query.ts';
import type { Log } from '../log.ts';

export const IDLE_MS = 8 * 3_600_000;
export const ABSOLUTE_MS = 24 * 3_600_000;
/** For who has not signed in: time enough to fill in a form. */
const STRANGER_MS = 3_600_000;
const PRUNE_EVERY_SECONDS = 900;
export const COOKIE = 'gangway_session';

/** What a session keeps of us, in the database; the browser has nothing but its id. */
export type Kept = {
  operatorId?: string;
  startedAt?: number;
  /** When they proved last who they are. */
  provedAt?: number;
  address?: string;
  browser?: string;
  /** The set-up of a second factor that is not confirmed yet, sealed. */
  totp?: string;
  /** What we sent to the issuer, until it sends them back. */
  openid?: { state: string; nonce: string; verifier: string; again: boolean };
  idToken?: string;
  /** The page that they wanted before they had to sign in. */
  wanted?: string;
  /** What a stranger chose. */
  language?: 'en' | 'de';
  /** What came of the last form, told on the next page. */
  told?: { kind: 'done' | 'refused'; words: string };
};

export type SessionItem = { id: string; startedAt: Date; endsAt: Date; address: string; browser: string };
export type Sessions = { handler: RequestHandler; close(): void };

/** Sessions in PostgreSQL, shared by all instances. */
export function createSessions(db: Knex, log: Log, secret: string): Sessions {
  const Store = connectPgSimple(session);
  const store = new Store({
    pool: queryOf(db),
    schemaName: 'access',
    tableName: 'sessions',
    pruneSessionInterval: PRUNE_EVERY_SECONDS,
    errorLog: (...words) => log.warn({ words: words.map(String) }, 'sessions could not be tidied'),
  });
  const handler = session({
    name: COOKIE,
    secret,
    store,
    resave: false,
    saveUninitialized: false,
    rolling: true, // idle time counts from the last request
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: STRANGER_MS, path: '/' },
  });
  return { handler, close: () => store.close() };
}

/** The session of a request that has passed the handler. */
export function sessionOf(req: Request): Session & Kept {
  return (req as WithSession).session;
}

/** Begins a session under a new id: one that somebody else planted in the browser is worth nothing (fixation). */
export async function beginSession(req: Request, operatorId: string, idToken?: string): Promise<void> {
  const { wanted } = sessionOf(req);
  await settled((done) => sessionOf(req).regenerate(done));
  const now = Date.now();
  const kept: Kept = { operatorId, startedAt: now, provedAt: now, address: req.ip ?? '', browser: browserOf(req) };
  if (wanted !== undefined) kept.wanted = wanted;
  const begun = Object.assign(sessionOf(req), kept, idToken === undefined ? {} : { idToken });
  begun.cookie.maxAge = IDLE_MS;
  await saveSession(req);
}

/** Where to go on after signing in: the page that was wanted, and it is so no longer; else the console's first one. */
export function takeWanted(req: Request): string {
  const session = sessionOf(req);
  const { wanted = '/console' } = session;
  delete session.wanted;
  return wanted;
}

/** Notes that whoever has the session proved again who they are. */
export async function renewProof(req: Request): Promise<void> {
  sessionOf(req).provedAt = Date.now();
  await saveSession(req);
}

/** Writes the session before an answer that leads to another request. */
export function saveSession(req: Request): Promise<void> {
  return settled((done) => sessionOf(req).save(done));
}

/** Ends the session on the server. */
export function endSession(req: Request): Promise<void> {
  return settled((done) => sessionOf(req).destroy(done));
}

/** True while a session may be used: however busy, it ends a day after it began. */
export function isLive({ operatorId, startedAt = 0 }: Kept, now = Date.now()): boolean {
  return operatorId !== undefined && now - startedAt < ABSOLUTE_MS;
}

const selectSessions = statement<{ sid: string; sess: Kept; expire: Date }>(
  'sessions_list',
  `select sid, sess, expire::timestamptz as expire from access.sessions
    where sess->>'operatorId' = :operatorId and expire > now() order by sess->>'startedAt' desc`,
);

const deleteSession = statement<{ sid: string }>(
  'sessions_end',
  `delete from access.sessions where sess->>'operatorId' = :operatorId
      and encode(substring(sha256(sid::bytea) for 9), 'hex') = :id returning sid`,
);

const deleteSessions = statement<{ sid: string }>(
  'sessions_end_all',
  `delete from access.sessions where sess->>'operatorId' = :operatorId returning sid`,
);

/** The sessions of an operator, the newest first. */
export async function listSessions(db: Knex, operatorId: string): Promise<SessionItem[]> {
  const rows = await selectSessions(db, { operatorId });
  return rows.map(({ sid, sess, expire }) => ({
    id: publicId(sid),
    startedAt: new Date(sess.startedAt ?? 0),
    endsAt: expire,
    address: sess.address ?? '',
    browser: sess.browser ?? '',
  }));
}

/** Ends one of an operator's sessions. */
export async function endOneSession(db: Knex, operatorId: string, id: string): Promise<boolean> {
  return (await deleteSession(db, { operatorId, id })).length > 0;
}

/** Ends all sessions of an operator, and says how many there were. */
export async function endAllSessions(db: Knex, operatorId: string): Promise<number> {
  return (await deleteSessions(db, { operatorId })).length;
}

/** The public name of a request's own session. */
export function ownSessionId(req: Request): string {
  return publicId((req as WithSession).sessionID);
}

/** Names a session without being of any use to who reads it. */
function publicId(sid: string): string {
  return createHash('sha256').update(sid).digest('hex').slice(0, 18);
}

function browserOf(req: Request): string {
  return (req.get('User-Agent') ?? '').slice(0, 200);
}

function settled(run: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
}
