import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import express, { type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { acceptInvitation, countAccounts, newestAccounts } from './accounts.ts';
import { isCrossSite } from './cross-site.ts';
import { readFaults } from './faults.ts';
import { emailInput, parse } from './input.ts';
import { listReceived } from './received.ts';
import { pageView, toListed } from './view.ts';

// no script at all, and nothing from elsewhere; Referrer-Policy keeps Origin on our own form (isCrossSite reads it)
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
const ACCOUNTS_SHOWN = 200;
const CALLS_SHOWN = 12;
// static would redirect its own root, and set a Cache-Control over ours
const ASSETS = { index: false, redirect: false, cacheControl: false };
const eta = new Eta({ views: fileURLToPath(new URL('.', import.meta.url)), cache: true });

/** The accounts page, as HTML and as JSON. It shows invented people only, so it asks nobody to sign in. */
export function pageRoutes(db: Knex): Router {
  const router = Router();
  router.use((_req, res, next) => {
    res.set(HEADERS);
    next();
  });
  router.use(express.static(fileURLToPath(new URL('assets', import.meta.url)), ASSETS));
  router.get('/', (req, res) => res.redirect(`${req.baseUrl}/accounts`));
  router.get('/accounts', async (req, res) => {
    res.vary('Accept');
    if (req.accepts(['html', 'json']) === 'json') await sendList(db, req, res);
    else await sendPage(db, req, res);
  });
  router.post('/accounts/:id/accept', async (req, res) => {
    if (isCrossSite(req)) return void res.status(403).type('text').send('Accept invitations on the accounts page.\n');
    await acceptInvitation(db, req.params.id);
    res.redirect(303, `${req.baseUrl}/accounts${isLive(req) ? '' : '?live=off'}`);
  });
  return router;
}

async function sendList(db: Knex, req: Request, res: Response): Promise<void> {
  const { email } = parse(emailInput, req.query);
  res.json((await newestAccounts(db, email, null)).map(toListed));
}

async function sendPage(db: Knex, req: Request, res: Response): Promise<void> {
  const { email } = parse(emailInput, req.query);
  const [accounts, counts, received, faults] = await Promise.all([
    newestAccounts(db, email, ACCOUNTS_SHOWN),
    countAccounts(db),
    listReceived(db, null, CALLS_SHOWN),
    readFaults(db),
  ]);
  const view = pageView({ accounts, counts, received, faults, email, now: new Date() });
  res.type('html').send(eta.render('./accounts', { ...view, base: req.baseUrl, live: isLive(req) }));
}

// a page that moves by itself needs a way to stop it (WCAG 2.2.2)
function isLive(req: Request): boolean {
  return req.query.live !== 'off';
}
