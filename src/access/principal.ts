import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import type { Principal } from '../model/principal.ts';
import { principalOfKey } from './api-keys.ts';
import { isSameForm } from './csrf.ts';
import { principalOfOperator } from './operators.ts';
import { COOKIE, isLive, sessionOf } from './sessions.ts';

type Options = { db: Knex; adminKey: string; sessions: RequestHandler };

const FRESH_MS = 10 * 60_000;
const vouched = new WeakMap<IncomingMessage, Principal>();
const INSTALLATION: Principal = { kind: 'installation' };

/** A request that the console makes within this process, for an operator whose session and form it has checked itself. */
export function vouchFor(req: IncomingMessage, principal: Principal): void {
  vouched.set(req, principal);
}

/** Finds who asks the admin API: by the installation's key, an API key, or a session. Null: nobody we know. */
export function principalFinder({ db, adminKey, sessions }: Options) {
  const expected = digest(adminKey);
  return async (req: Request, res: Response): Promise<Principal | null> => {
    const known = vouched.get(req);
    if (known) return known;
    const { authorization } = req.headers;
    if (authorization === undefined) return principalOfSession(db, sessions, req, res);
    const sent = /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
    return timingSafeEqual(digest(sent), expected) ? INSTALLATION : principalOfKey(db, sent);
  };
}

/** Whom a session that has been read stands for; null when nobody has signed in, or not lately enough. */
export async function signedIn(db: Knex, req: Request): Promise<Extract<Principal, { kind: 'operator' }> | null> {
  const session = sessionOf(req);
  if (!isLive(session)) return null;
  const principal = await principalOfOperator(db, session.operatorId ?? '', session.provedAt ?? 0);
  return principal?.kind === 'operator' ? principal : null;
}

/** True when a person proved who they are lately enough for a dangerous act; keys are proof by themselves. */
export function isFresh(principal: Principal, now = Date.now()): boolean {
  return principal.kind !== 'operator' || now - principal.signedInAt < FRESH_MS;
}

/** A browser sends its cookie to us from any page, so what changes something must carry the token of its session too. */
async function principalOfSession(db: Knex, sessions: RequestHandler, req: Request, res: Response) {
  if (!req.headers.cookie?.includes(`${COOKIE}=`)) return null;
  await new Promise<void>((resolve, reject) => {
    sessions(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
  });
  return isSameForm(req) ? signedIn(db, req) : null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
