import { type Response, Router } from 'express';
import { openApi } from './document.ts';
import { docsPage, STYLE } from './page.ts';

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The description of the API, for programs and for people; it is the same for everybody, so it needs no key. */
export function apiDocsRouter(): Router {
  const router = Router();
  const document = JSON.stringify(openApi());
  const page = docsPage();
  router.get('/v1/openapi.json', (_req, res) => {
    secured(res).type('application/json').send(document);
  });
  router.get('/docs', (_req, res) => {
    secured(res).type('html').send(page);
  });
  router.get('/docs/style.css', (_req, res) => {
    secured(res).type('css').send(STYLE);
  });
  return router;
}

function secured(res: Response): Response {
  return res
    .set('Content-Security-Policy', POLICY)
    .set('X-Content-Type-Options', 'nosniff')
    .set('Referrer-Policy', 'no-referrer');
}
