import { type Request, type Response, Router } from 'express';
import qrcode from 'qrcode';
import { removeCode, setUpCode } from '../proof.ts';
import { sessionOf } from '../sessions.ts';
import { newTotpSecret, stepOfCode, totpUri } from '../totp.ts';
import { textIn } from './fields.ts';
import { sendPage } from './page.ts';
import type { Parts } from './parts.ts';
import { requireFresh, requireVisitor, visitorIn } from './visitor.ts';

/** Setting up an authenticator app: the secret waits in the session until a code proves that the app has it. */
export function secondFactorRoutes({ db, vault }: Parts): Router {
  const router = Router();
  const guarded = [requireVisitor(db), requireFresh];
  router.post('/account/code', guarded, async (req: Request, res: Response) => {
    if (visitorIn(res).operator.signIn !== 'password') return res.redirect(303, '/console/account');
    const secret = newTotpSecret();
    sessionOf(req).totp = vault.seal({ totp: secret }).toString('base64');
    await ask(req, res, secret);
  });
  router.post('/account/code/confirm', guarded, async (req: Request, res: Response) => {
    const sealed = sessionOf(req).totp;
    if (sealed === undefined) return res.redirect(303, '/console/account');
    const { totp: secret = '' } = vault.open(Buffer.from(sealed, 'base64'));
    const step = stepOfCode(secret, textIn(req.body, 'code'), Date.now());
    if (step === null) return ask(req, res, secret, true);
    delete sessionOf(req).totp;
    done(req, res, await setUpCode(db, vault, visitorIn(res).operator.id, secret, step));
  });
  router.post('/account/code/remove', guarded, async (_req: Request, res: Response) => {
    await removeCode(db, visitorIn(res).operator.id);
    res.redirect(303, '/console/account');
  });
  return router;
}

async function ask(req: Request, res: Response, secret: string, wrong = false): Promise<void> {
  const { say, language, operator } = visitorIn(res);
  const svg = await qrcode.toString(totpUri(secret, operator.name), { type: 'svg', margin: 1 });
  const label = say('codeEnter');
  const field = { name: 'code', label, type: 'text' as const, autocomplete: 'one-time-code', numeric: true };
  const form = { action: '/console/account/code/confirm', submit: say('save'), fields: [field] };
  const sections = [{ lines: [say('codeScan', { secret })], svg, form }];
  const page = { switch: 'none' as const, title: say('codeTitle'), error: wrong ? say('codeWrong') : null, sections };
  sendPage(req, res, language, page, wrong ? 422 : 200);
}

function done(req: Request, res: Response, codes: string[]): void {
  const { say, language } = visitorIn(res);
  const link = { href: '/console/account', words: say('goOn') };
  const sections = [{ heading: say('recoveryTitle'), lines: [say('recovery')], codes, link }];
  sendPage(req, res, language, { title: say('codeDone'), switch: 'none', sections });
}
