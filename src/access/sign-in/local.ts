import { type Request, type Response, Router } from 'express';
import { signedIn } from '../principal.ts';
import { proveByPassword } from '../proof.ts';
import { beginSession, renewProof, sessionOf, takeWanted } from '../sessions.ts';
import { recordSignIn } from '../sign-ins.ts';
import { codeField, nameField, passwordField, textIn } from './fields.ts';
import { languageOf } from './language.ts';
import type { Section } from './page.ts';
import { sendPage } from './page.ts';
import type { Parts } from './parts.ts';
import { visitorOf } from './visitor.ts';
import { type Phrase, sayIn } from './words.ts';

const SECONDS_TO_WAIT = 900;

/** Signing in by name and password, and proving it again. */
export function localRoutes(parts: Parts): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    if (await signedIn(parts.db, req)) return res.redirect('/console');
    form(parts, req, res);
  });
  router.post('/', (req, res) => signIn(parts, req, res));
  router.get('/again', async (req, res) => {
    const visitor = await visitorOf(parts.db, req);
    if (!visitor) return res.redirect('/console/sign-in');
    if (visitor.operator.signIn === 'openid') return res.redirect('/console/sign-in/openid?again=1');
    again(req, res, visitor, null);
  });
  router.post('/again', (req, res) => proveAgain(parts, req, res));
  return router;
}

async function signIn(parts: Parts, req: Request, res: Response): Promise<void> {
  const name = textIn(req.body, 'name');
  const proof = await proveByPassword(parts, triedIn(req, name));
  if (proof === 'too-many') res.set('Retry-After', String(SECONDS_TO_WAIT));
  if (proof === 'too-many' || proof === 'refused') {
    parts.log.warn({ address: req.ip, reason: proof }, 'a sign-in was refused');
    const error: Phrase = proof === 'refused' ? 'refused' : 'tooMany';
    return form(parts, req, res, error, name, proof === 'refused' ? 401 : 429);
  }
  await beginSession(req, proof.id);
  await recordSignIn(parts.db, proof.id, 'password');
  res.redirect(303, takeWanted(req));
}

async function proveAgain(parts: Parts, req: Request, res: Response): Promise<void> {
  const visitor = await visitorOf(parts.db, req);
  if (!visitor) return res.redirect(303, '/console/sign-in');
  const proof = await proveByPassword(parts, triedIn(req, visitor.operator.name));
  if (proof === 'too-many' || proof === 'refused') {
    return again(req, res, visitor, proof === 'refused' ? 'refused' : 'tooMany');
  }
  if (proof.id === sessionOf(req).operatorId) await renewProof(req);
  res.redirect(303, takeWanted(req));
}

function form(parts: Parts, req: Request, res: Response, error?: Phrase, name = '', status = 200): void {
  const language = languageOf(req);
  const say = sayIn(language);
  const fields = [nameField(say, name), passwordField(say), codeField(say)];
  const local: Section = { form: { action: '/console/sign-in', submit: say('signIn'), fields } };
  const openid: Section = { link: { href: '/console/sign-in/openid', words: say('openid') } };
  const sections = parts.issuer ? [openid, local] : [local];
  sendPage(req, res, language, { title: say('signIn'), error: error ? say(error) : null, sections }, status);
}

function again(
  req: Request,
  res: Response,
  { language, say }: NonNullable<Awaited<ReturnType<typeof visitorOf>>>,
  error: Phrase | null,
): void {
  const fields = [passwordField(say), codeField(say)];
  const form = { action: '/console/sign-in/again', submit: say('goOn'), fields };
  const page = {
    switch: 'none' as const,
    title: say('freshTitle'),
    error: error && say(error),
    sections: [{ lines: [say('fresh')], form }],
  };
  sendPage(req, res, language, page, error ? 401 : 200);
}

function triedIn(req: Request, name: string) {
  return { name, password: textIn(req.body, 'password'), code: textIn(req.body, 'code'), address: req.ip ?? '' };
}
