import { randomBytes } from 'node:crypto';
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { isFault } from '../errors.ts';
import { acceptByCode, findByCode, type Invitation } from '../invite/accept.ts';
import { renderHtml } from '../invite/render.ts';
import { type Phrase, say } from '../invite/words.ts';
import type { Log } from '../log.ts';
import type { Language } from '../model/invite.ts';

type Page = { title: string; lines: string[]; action?: string; signIn?: { url: string; words: string } | null };

const CLOSED = {
  accepted: ['usedTitle', 'used'],
  expired: ['expiredTitle', 'expired'],
  revoked: ['revokedTitle', 'revoked'],
} as const satisfies Record<Exclude<Invitation['standing'], 'open'>, [Phrase, Phrase]>;

/** The page behind the link of an invite. Looking at it accepts nothing: mail scanners open every link. */
export function joinRouter({ db, log }: { db: Knex; log: Log }): Router {
  const router = Router();
  router.get('/:code', (req, res) => show(db, req, res));
  router.post('/:code', (req, res) => accept(db, req, res));
  router.use(answerFailure(log));
  return router;
}

async function show(db: Knex, req: Request, res: Response): Promise<void> {
  const found = await findByCode(db, String(req.params['code']));
  if (!found) return unknown(req, res);
  if (found.standing !== 'open') return closed(res, found, found.standing);
  const { language } = found.invite;
  const fill = found.hosts;
  const lines = [say(language, 'invites', fill), say(language, 'pageAsk')];
  const page = { title: say(language, 'pageTitle', fill), lines, action: say(language, 'accept') };
  send(res, 200, language, page, found.hosts.offer.signInUrl);
}

async function accept(db: Knex, req: Request, res: Response): Promise<void> {
  const code = String(req.params['code']);
  const accepted = await acceptByCode(db, code);
  const found = await findByCode(db, code);
  if (!found) return unknown(req, res);
  if (!accepted) return closed(res, found, found.standing === 'open' ? 'revoked' : found.standing);
  const { language } = found.invite;
  const { signInUrl } = found.hosts.offer;
  if (signInUrl) {
    secure(res, null);
    return res.redirect(303, signInUrl);
  }
  const lines = [say(language, 'thanks', found.hosts)];
  send(res, 200, language, { title: say(language, 'thanksTitle'), lines });
}

function closed(res: Response, { invite, hosts }: Invitation, standing: keyof typeof CLOSED): void {
  const { language } = invite;
  const [title, words] = CLOSED[standing];
  const url = standing === 'accepted' ? hosts.offer.signInUrl : null;
  const signIn = url ? { url, words: say(language, 'signIn') } : null;
  send(res, 410, language, { title: say(language, title, hosts), lines: [say(language, words, hosts)], signIn });
}

/** Nobody is known here, so the browser says which language. */
function unknown(req: Request, res: Response): void {
  const language: Language = req.acceptsLanguages('en', 'de') === 'de' ? 'de' : 'en';
  send(res, 404, language, { title: say(language, 'unknownTitle'), lines: [say(language, 'unknown')] });
}

function send(res: Response, status: number, language: Language, page: Page, signInUrl: string | null = null): void {
  const nonce = secure(res, signInUrl);
  const view = { action: null, signIn: null, ...page, language, nonce };
  res.status(status).type('html').send(renderHtml('page', view));
}

/** No script, nothing from elsewhere, and the code goes to no other site. The form ends at the sign-in page. */
function secure(res: Response, signInUrl: string | null): string {
  const nonce = randomBytes(16).toString('base64url');
  const onward = signInUrl ? ` ${new URL(signInUrl).origin}` : '';
  res.set({
    'Content-Security-Policy':
      `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'${onward}; base-uri 'none'; ` +
      "frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
  });
  return nonce;
}

/** Whoever follows a link sees words, never an error of ours; the code stays out of the log. */
function answerFailure(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error: unknown, req, res, _next) => {
    if (error instanceof URIError) return unknown(req, res); // a path that cannot be decoded names no code
    const away = isFault(error, 'database_unavailable');
    log.error({ err: away ? undefined : error, method: req.method }, 'the page of an invite failed');
    res
      .status(away ? 503 : 500)
      .type('text')
      .send('Please try again in a few minutes.\n');
  };
}
