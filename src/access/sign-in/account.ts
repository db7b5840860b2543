import { type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../../database/transaction.ts';
import { listTenants } from '../../directory/tenants.ts';
import type { Right } from '../../model/principal.ts';
import { setLanguage } from '../operators.ts';
import { codeOf } from '../proof.ts';
import { endOneSession, endSession, listSessions, ownSessionId, sessionOf } from '../sessions.ts';
import { textIn } from './fields.ts';
import { languageOf } from './language.ts';
import { type Section, sendPage } from './page.ts';
import type { Parts } from './parts.ts';
import { requireVisitor, type Visitor, visitorIn } from './visitor.ts';
import { sayIn } from './words.ts';

/** Who one is, what one may do, where one is signed in; signing out. */
export function accountRoutes(parts: Parts): Router {
  const { db } = parts;
  const router = Router();
  router.get('/account', requireVisitor(db), (req, res) => show(db, req, res));
  router.post('/account/sessions/:id/end', requireVisitor(db), async (req, res) => {
    await endOneSession(db, visitorIn(res).operator.id, String(req.params['id']));
    res.redirect(303, '/console/account');
  });
  router.post('/account/language', requireVisitor(db), async (req, res) => {
    const language = textIn(req.body, 'language') === 'de' ? 'de' : 'en';
    await inTransaction(db, (trx) => setLanguage(trx, visitorIn(res).operator.id, language));
    res.redirect(303, '/console/account');
  });
  router.post('/sign-out', (req, res) => signOut(parts, req, res));
  router.get('/signed-out', (req, res) => {
    const language = languageOf(req);
    const say = sayIn(language);
    const link = { href: '/console/sign-in', words: say('toSignIn') };
    sendPage(req, res, language, { title: say('signedOut'), sections: [{ link }] });
  });
  return router;
}

/** Ends the session here first; an issuer that does not answer changes nothing about that. */
async function signOut({ issuer, log }: Parts, req: Request, res: Response): Promise<void> {
  const { idToken } = sessionOf(req);
  await endSession(req);
  const onward = issuer && idToken !== undefined ? await issuer.signOutUrl(idToken).catch(noted) : null;
  res.redirect(303, onward ?? '/console/signed-out');

  function noted(error: unknown): null {
    log.warn({ err: error }, 'the session at the OpenID Connect issuer could not be ended');
    return null;
  }
}

async function show(db: Knex, req: Request, res: Response): Promise<void> {
  const visitor = visitorIn(res);
  const { say, operator, language } = visitor;
  const sections: Section[] = [
    { lines: [say('youAre', { name: operator.name })], link: { href: '/console', words: say('toConsole') } },
    await rightsSection(db, visitor),
    ...(operator.signIn === 'password' ? [await codeSection(db, visitor)] : []),
    await sessionsSection(db, req, visitor),
    { form: { action: '/console/sign-out', submit: say('signOut') } },
  ];
  sendPage(req, res, language, { title: say('account'), switch: 'own', sections });
}

async function rightsSection(db: Knex, { say, principal }: Visitor): Promise<Section> {
  const tenants = (await listTenants(db)).filter(({ tenantId }) => principal.roles.has(tenantId));
  const words = (right: Right) => (right === 'rosters' || right === 'badges' ? right : say(right));
  const rows = tenants.map(({ tenantId, name }) => ({
    cells: [name, (principal.roles.get(tenantId) ?? []).map(words).join(', ')],
  }));
  return { heading: say('rightsTitle'), table: { headings: [say('tenant'), say('rights')], rows } };
}

async function codeSection(db: Knex, { say, operator }: Visitor): Promise<Section> {
  const { hasCode, left } = await codeOf(db, operator.id);
  return {
    heading: say('codeTitle'),
    lines: [hasCode ? say('codeOn', { left }) : say('codeOff')],
    form: hasCode
      ? { action: '/console/account/code/remove', submit: say('codeRemove') }
      : { action: '/console/account/code', submit: say('codeBegin') },
  };
}

async function sessionsSection(db: Knex, req: Request, { say, operator, language }: Visitor): Promise<Section> {
  const own = ownSessionId(req);
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  const rows = (await listSessions(db, operator.id)).map(({ id, startedAt, address, browser }) => ({
    cells: [`${time.format(startedAt)} UTC`, address, id === own ? `${browser} (${say('thisOne')})` : browser],
    form: {
      action: `/console/account/sessions/${id}/end`,
      submit: say('end'),
      described: `${say('end')}: ${browser}, ${time.format(startedAt)}`,
    },
  }));
  return { heading: say('sessionsTitle'), table: { headings: [say('since'), say('address'), say('browser')], rows } };
}
