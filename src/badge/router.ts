import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { findBadgeTarget } from '../directory/badges.ts';
import { isFault } from '../errors.ts';
import type { Log } from '../log.ts';
import { frameAncestors } from '../model/badge.ts';
import type { Vault } from '../vault.ts';
import { type ConnectorOf, type ManagedAccount, managedAccount } from './account.ts';
import { pageOf, svgOf } from './draw.ts';
import { isUnchanged } from './entity-tag.ts';
import { PAGE_STYLE, policyOf, SVG_STYLE } from './look.ts';
import { badgeKey, readToken } from './token.ts';
import { type Language, wordsOf } from './words.ts';

type Options = { db: Knex; log: Log; vault: Vault; connectorOf: ConnectorOf };
type Badge = { account: ManagedAccount; ancestors: string };

const FORMS = {
  svg: { type: 'image/svg+xml', style: SVG_STYLE, draw: svgOf },
  html: { type: 'html', style: PAGE_STYLE, draw: pageOf },
} as const;

/** Badges that a target app shows beside its accounts: whoever has the token of one sees that one, and nothing else. */
export function badgeRouter(options: Options): Router {
  const router = Router();
  router.get('/:file', async (req, res) => {
    const [, token = '', form = 'html'] = /^(.*)\.(svg|html)$/.exec(req.params.file) ?? [];
    send(req, res, form as keyof typeof FORMS, await badgeOf(options, token));
  });
  router.use(answerFailure(options.log));
  return router;
}

/** Null for a token that was not made with the key of its target. */
async function badgeOf({ db, vault, connectorOf }: Options, token: string): Promise<Badge | null> {
  const read = readToken(token);
  const target = read && (await findBadgeTarget(db, read));
  if (!target || !read.isSignedWith(badgeKey(vault.derive, { ...read, edition: target.edition }))) return null;
  return { account: await managedAccount(db, connectorOf, read), ancestors: frameAncestors(target.settings) };
}

function send(req: Request, res: Response, form: keyof typeof FORMS, badge: Badge | null): void {
  const { type, style, draw } = FORMS[form];
  const language = languageOf(req);
  const text = draw(wordsOf(badge?.account ?? null, language), language);
  res.set({
    'Content-Security-Policy': policyOf(style, badge?.ancestors ?? '*'),
    'Content-Language': language,
    'Cross-Origin-Resource-Policy': 'cross-origin', // it is made to be shown on pages of the target app
    'Cache-Control': badge ? 'private, max-age=60' : 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'noindex',
    Vary: 'Accept-Language',
  });
  if (badge && isUnchanged(req, res, text)) res.status(304).end();
  else {
    res
      .status(badge ? 200 : 404)
      .type(type)
      .send(text);
  }
}

function languageOf(req: Request): Language {
  const wished = String(req.query['lang'] ?? '');
  if (wished === 'en' || wished === 'de') return wished;
  return req.acceptsLanguages('en', 'de') === 'de' ? 'de' : 'en';
}

/** The token stays out of the log. */
function answerFailure(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters
  return (error: unknown, req, res, _next) => {
    if (error instanceof URIError) return send(req, res, 'html', null); // a path that cannot be decoded is no token
    const away = isFault(error, 'database_unavailable');
    log.error({ err: away ? undefined : error, method: req.method }, 'a badge failed');
    res
      .status(away ? 503 : 500)
      .set('Cache-Control', 'no-store')
      .type('text')
      .send('Please try again in a few minutes.\n');
  };
}
