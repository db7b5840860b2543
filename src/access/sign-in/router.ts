import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { isFault } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Vault } from '../../vault.ts';
import { createAttempts } from '../attempts.ts';
import { isSameForm } from '../csrf.ts';
import { createOpenid, type OpenidSettings } from '../openid.ts';
import type { Sessions } from '../sessions.ts';
import { accountRoutes } from './account.ts';
import { languageOf, rememberLanguage } from './language.ts';
import { linkRoutes } from './link.ts';
import { localRoutes } from './local.ts';
import { openidRoutes } from './openid.ts';
import { type Page, sendPage } from './page.ts';
import { secondFactorRoutes } from './second-factor.ts';
import { sayIn } from './words.ts';

export type SignInOptions = {
  db: Knex;
  log: Log;
  vault: Vault;
  sessions: Sessions;
  openid: OpenidSettings | null;
  publicUrl: () => string;
};

/** The pages to sign in by, and the one that says who has: /console. */
export function consoleRouter(options: SignInOptions): Router {
  const { db, log, sessions, openid: settings, publicUrl } = options;
  const parts = {
    ...options,
    attempts: createAttempts(db),
    issuer: settings && { ...createOpenid(settings, publicUrl), roles: settings.roles },
  };
  const router = Router();
  router.use(sessions.handler, express.urlencoded({ extended: false, limit: '20kb' }));
  router.use(rememberLanguage, mayLeadTo(settings), demandSameForm);
  router.use('/sign-in', localRoutes(parts), linkRoutes(parts), openidRoutes(parts));
  router.use(accountRoutes(parts), secondFactorRoutes(parts));
  router.use(answerFailure(log));
  return router;
}

/** A browser follows a form's redirect only where the page allows it: signing out leads to the issuer. */
function mayLeadTo(settings: OpenidSettings | null): RequestHandler {
  return (_req, res, next) => {
    if (settings) res.locals['onward'] = ` ${new URL(settings.issuer).origin}`;
    next();
  };
}

const demandSameForm: RequestHandler = (req, res, next) => {
  if (isSameForm(req)) return next();
  const say = sayIn(languageOf(req));
  answer(req, res, { title: say('formOldTitle'), sections: [{ lines: [say('formOld')], ...toSignIn(say) }] }, 403);
};

/** Whoever signs in sees words, never an error of ours. */
function answerFailure(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error: unknown, req, res, _next) => {
    const away = isFault(error, 'database_unavailable');
    const { status } = (error ?? {}) as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500) return unreadable(req, res, status);
    log.error({ err: away ? undefined : error, method: req.method }, 'a page of the console failed');
    const say = sayIn(languageOf(req));
    const page = { title: say('failedTitle'), sections: [{ lines: [say('failed')] }] };
    answer(req, res, page, away ? 503 : 500);
  };
}

/** A form or an address that no browser of ours sends: nothing to log. */
function unreadable(req: Request, res: Response, status: number): void {
  const say = sayIn(languageOf(req));
  answer(req, res, { title: say('formOldTitle'), sections: [{ lines: [say('formOld')], ...toSignIn(say) }] }, status);
}

function toSignIn(say: ReturnType<typeof sayIn>) {
  return { link: { href: '/console/sign-in', words: say('toSignIn') } };
}

function answer(req: Request, res: Response, page: Page, status: number): void {
  sendPage(req, res, languageOf(req), page, status);
}
