import { fileURLToPath } from 'node:url';
import express, { type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { csrfTokenOf, isSameForm } from '../access/csrf.ts';
import type { Sessions } from '../access/sessions.ts';
import { languageOf } from '../access/sign-in/language.ts';
import { visitorOf } from '../access/sign-in/visitor.ts';
import { templatesIn } from '../mail/templates.ts';
import { countFeedback, keepComment } from './feedback.ts';
import { type Library, readLibrary } from './library.ts';
import { WORDS } from './words.ts';

export type HelpOptions = { db: Knex; sessions: Sessions; publicUrl: () => string };

const GUIDES = new URL('../../docs/', import.meta.url);
const LONGEST_SEARCH = 200;
const LONGEST_COMMENT = 2_000;
const templates = templatesIn(new URL('templates', import.meta.url));
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The guides as pages that anybody may read (S20, S26, S53), and whether they helped (S47). */
export function helpRouter({ db, sessions, publicUrl }: HelpOptions): Router {
  const router = Router();
  const limiter = new RateLimiterMemory({ points: 20, duration: 60 });
  let library: Library | null = null;
  const guides = () => {
    library ??= readLibrary(GUIDES, publicUrl());
    return library;
  };
  const send = async (req: Request, res: Response, template: string, view: object) => {
    const visitor = await visitorOf(db, req);
    const language = visitor?.language ?? languageOf(req);
    const words = WORDS[language];
    const csrf = visitor ? csrfTokenOf(req) : '';
    secured(res)
      .type('html')
      .send(templates.html(template, { language, words, csrf, visitor, ...view }));
  };
  router.use('/screens', express.static(fileURLToPath(new URL('screens/', GUIDES)), { index: false, redirect: false }));
  router.use(sessions.handler, express.urlencoded({ extended: false, limit: '20kb' }));
  router.get('/', async (req, res) => {
    const words = typeof req.query['search'] === 'string' ? req.query['search'].slice(0, LONGEST_SEARCH).trim() : '';
    const found = words === '' ? null : guides().search(words);
    await send(req, res, 'index', { groups: guides().groups, search: words, found });
  });
  router.get('/:page', async (req, res, next) => {
    const page = guides().page(req.params.page);
    if (!page) return next();
    await send(req, res, 'guide', { page, thanked: req.query['thanks'] !== undefined });
  });
  router.post('/:page/feedback', async (req, res, next) => {
    const page = guides().page(req.params.page);
    if (!page) return next();
    const within = await limiter.consume(req.ip ?? '').then(
      () => true,
      () => false,
    );
    if (within) await keepFeedback(db, req, page.name);
    res.redirect(303, `/help/${page.name}?thanks#feedback`);
  });
  router.use((_req, res) => res.redirect(303, '/help'));
  return router;
}

async function keepFeedback(db: Knex, req: Request, page: string): Promise<void> {
  const { helpful, comment } = (req.body ?? {}) as Record<string, unknown>;
  if (helpful === 'yes' || helpful === 'no') await countFeedback(db, page, helpful === 'yes');
  if (typeof comment !== 'string' || comment.trim() === '' || comment.includes('\0')) return;
  if ((await visitorOf(db, req)) && isSameForm(req))
    await keepComment(db, page, comment.trim().slice(0, LONGEST_COMMENT));
}

function secured(res: Response): Response {
  return res.set({
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  });
}
