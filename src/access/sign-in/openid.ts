import { type Request, type Response, Router } from 'express';
import { isFault } from '../../errors.ts';
import type { OpenidPerson } from '../openid.ts';
import { operatorOfOpenid } from '../openid-operators.ts';
import { signedIn } from '../principal.ts';
import { beginSession, type Kept, renewProof, saveSession, sessionOf, takeWanted } from '../sessions.ts';
import { recordSignIn } from '../sign-ins.ts';
import { languageOf } from './language.ts';
import { sendPage } from './page.ts';
import type { Parts } from './parts.ts';
import { type Phrase, sayIn } from './words.ts';

type Issuer = NonNullable<Parts['issuer']>;

/** Signing in at an OpenID Connect issuer: there, and back. */
export function openidRoutes(parts: Parts): Router {
  const router = Router();
  const { issuer } = parts;
  if (!issuer) return router;
  router.get('/openid', (req, res) => leave(parts, issuer, req, res));
  router.get('/openid/callback', (req, res) => comeBack(parts, issuer, req, res));
  return router;
}

async function leave(parts: Parts, issuer: Issuer, req: Request, res: Response): Promise<void> {
  try {
    const { url, asked } = await issuer.begin(req.query['again'] === '1');
    sessionOf(req).openid = asked;
    await saveSession(req);
    res.redirect(url);
  } catch (error) {
    if (isFault(error, 'database_unavailable')) throw error;
    parts.log.warn({ err: error }, 'the OpenID Connect issuer could not be asked');
    refuse(req, res, 'openidFailed', 502);
  }
}

async function comeBack(parts: Parts, issuer: Issuer, req: Request, res: Response): Promise<void> {
  const asked = sessionOf(req).openid;
  delete sessionOf(req).openid; // what came back counts once, whatever comes of it
  await saveSession(req);
  const person = asked && (await personOf(parts, issuer, req, asked));
  if (!asked || !person) return refuse(req, res, 'openidFailed', 401);
  const id = await operatorOf(parts, issuer, req, person);
  if (id === null || id === 'taken') return refuse(req, res, id === null ? 'openidNoGroup' : 'openidTaken', 403);
  const before = await signedIn(parts.db, req);
  if (asked.again && before?.id === id) await renewProof(req);
  else await beginSession(req, id, person.idToken);
  await recordSignIn(parts.db, id, 'openid');
  res.redirect(takeWanted(req));
}

async function personOf(parts: Parts, issuer: Issuer, req: Request, asked: NonNullable<Kept['openid']>) {
  const query = req.originalUrl.slice(req.originalUrl.indexOf('?'));
  try {
    return await issuer.finish(query, asked);
  } catch (error) {
    const { name, code, message } = error as { name?: string; code?: string; message?: string };
    parts.log.warn(
      { address: req.ip, reason: [name, code, message].join(' ') },
      'a sign-in by OpenID Connect was refused',
    );
    return null;
  }
}

async function operatorOf(parts: Parts, issuer: Issuer, req: Request, person: OpenidPerson) {
  try {
    return await operatorOfOpenid(parts.db, person, issuer.roles, languageOf(req));
  } catch (error) {
    if (isFault(error, 'already_exists')) return 'taken';
    throw error;
  }
}

function refuse(req: Request, res: Response, phrase: Phrase, status: number): void {
  const language = languageOf(req);
  const say = sayIn(language);
  const link = { href: '/console/sign-in', words: say('toSignIn') };
  sendPage(req, res, language, { title: say('signIn'), error: say(phrase), sections: [{ link }] }, status);
}
