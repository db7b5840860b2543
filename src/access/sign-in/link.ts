import { type Request, type Response, Router } from 'express';
import { findLink, SIGN_IN, setPasswordByLink } from '../links.ts';
import { faultOfPassword, hashPassword } from '../password.ts';
import { beginSession, endAllSessions, takeWanted } from '../sessions.ts';
import { recordSignIn } from '../sign-ins.ts';
import { newPasswordFields, textIn } from './fields.ts';
import { chosenLanguage, languageOf } from './language.ts';
import { sendPage } from './page.ts';
import type { Parts } from './parts.ts';
import { type Language, sayIn } from './words.ts';

type Link = { name: string; language: Language };

/** The page behind a one-time link: a password is chosen there, and only that uses the link up. */
export function linkRoutes({ db }: Parts): Router {
  const router = Router();
  router.get('/link/:secret', async (req, res) => {
    const link = await findLink(db, req.params.secret);
    if (link) ask(req, res, link, null);
    else gone(req, res);
  });
  router.post('/link/:secret', async (req, res) => {
    const { secret } = req.params;
    const link = await findLink(db, secret);
    if (!link) return gone(req, res);
    const password = textIn(req.body, 'password');
    const fault = password === textIn(req.body, 'again') ? faultOfPassword(password, link.name) : 'differ';
    if (fault) return ask(req, res, link, fault);
    const used = await setPasswordByLink(db, secret, await hashPassword(password));
    if (!used) return gone(req, res);
    await endAllSessions(db, used.id); // whoever knew the old password is out
    // a second factor stays in force: a link alone does not get past it
    if (used.hasCode) return codeIsAsked(req, res, link);
    await beginSession(req, used.id);
    await recordSignIn(db, used.id, 'link');
    res.redirect(303, takeWanted(req));
  });
  return router;
}

function ask(
  req: Request,
  res: Response,
  { name, language: own }: Link,
  fault: ReturnType<typeof faultOfPassword> | 'differ',
): void {
  const language = chosenLanguage(req) ?? own;
  const say = sayIn(language);
  const action = `${SIGN_IN}/link/${encodeURIComponent(String(req.params['secret']))}`;
  const form = { action, submit: say('save'), fields: newPasswordFields(say) };
  const sections = [{ lines: [say('linkAsk', { name })], form }];
  sendPage(req, res, language, { title: say('linkTitle'), error: fault && say(fault), sections }, fault ? 422 : 200);
}

function gone(req: Request, res: Response): void {
  const language = languageOf(req);
  const say = sayIn(language);
  sendPage(req, res, language, { title: say('linkGoneTitle'), sections: [{ lines: [say('linkGone')] }] }, 410);
}

function codeIsAsked(req: Request, res: Response, { language }: Link): void {
  const say = sayIn(language);
  const link = { href: SIGN_IN, words: say('signIn') };
  sendPage(req, res, language, { title: say('signIn'), sections: [{ lines: [say('linkDone')], link }] });
}
