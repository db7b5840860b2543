import type { ErrorRequestHandler, Request, Response } from 'express';
import { saveSession, sessionOf } from '../access/sessions.ts';
import type { Log } from '../log.ts';
import { type Problem, Refusal } from './api.ts';
import { sendPage } from './page.ts';
import { visitIn } from './visit.ts';

const REFUSED: Problem = { status: 500, detail: '' };

/** Says on a page of its own why something was refused, and how to mend it. */
export function sayRefused(req: Request, res: Response, problem: Problem): void {
  const { say } = visitIn(res);
  const known = problem.status === 403 || problem.status === 404 ? problem.status : 500;
  const title = say(problem.status < 500 && known === 500 ? 'error.refused' : `error.${known}`);
  sendPage(req, res, { template: 'refused', title, problem }, problem.status);
}

/** Whoever looks at a page sees words, never an error of ours. */
export function answerFailure(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return async (error: unknown, req, res, next) => {
    if (res.headersSent || !visitIn(res)) return next(error);
    if (error instanceof Refusal && error.problem.code === 'sign_in_again') return proveAgain(req, res);
    if (error instanceof Refusal) return sayRefused(req, res, error.problem);
    const { status } = (error ?? {}) as { status?: unknown };
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return sayRefused(req, res, { status, detail: visitIn(res).say('error.unreadable') });
    }
    log.error({ err: error, method: req.method }, 'a page of the console failed');
    sayRefused(req, res, REFUSED);
  };
}

/** Dangerous acts need a fresh proof of who one is; afterwards the page that the form was on comes again. */
async function proveAgain(req: Request, res: Response): Promise<void> {
  const from = URL.parse(req.get('referer') ?? '', 'http://invalid');
  sessionOf(req).wanted = from?.pathname.startsWith('/console/') ? `${from.pathname}${from.search}` : visitIn(res).base;
  await saveSession(req);
  res.redirect(303, '/console/sign-in/again');
}
