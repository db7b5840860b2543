import type { Request, Response } from 'express';
import { sessionOf } from '../access/sessions.ts';
import { templatesIn } from '../mail/templates.ts';
import type { Problem } from './api.ts';
import { navigationOf } from './navigation.ts';
import { sayNamed } from './say.ts';
import { shownIn } from './shown.ts';
import { type Visit, visitIn } from './visit.ts';

/** What a page is made of: `view` is what its own template reads as `it`, beside what all pages have. */
export type Page = {
  template: string;
  title: string;
  /** Which entry of the navigation it belongs to. */
  part?: string;
  view?: object;
  problem?: Problem | null;
};

const templates = templatesIn(new URL('templates', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Answers with a page: scripts and styles from here alone, no frame, kept nowhere. */
export function sendPage(req: Request, res: Response, page: Page, status = 200): void {
  const visit = visitIn(res);
  secured(res)
    .status(status)
    .type('html')
    .send(rendered(req, visit, page));
}

/** What forbids a browser whatever our pages do not need. */
export function secured(res: Response): Response {
  return res.set({
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
  });
}

function rendered(req: Request, visit: Visit, { template, title, part = '', view = {}, problem = null }: Page): string {
  const session = sessionOf(req);
  const { told = null } = session;
  delete session.told; // it is told once
  return templates.html(template, {
    ...shownIn(visit.language),
    ...visit,
    named: (kind: string, name: string) => sayNamed(visit.say, kind, name),
    navigation: navigationOf(visit, part),
    path: req.originalUrl,
    title,
    told,
    problem,
    ...view,
  });
}
