import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { templatesIn } from '../../mail/templates.ts';
import { csrfTokenOf } from '../csrf.ts';
import type { Language } from './words.ts';

export type Field = {
  name: string;
  label: string;
  type: 'text' | 'password';
  autocomplete: string;
  value?: string;
  required?: boolean;
  numeric?: boolean;
};
export type Form = { action: string; submit: string; fields?: Field[]; described?: string };
export type Section = {
  heading?: string;
  lines?: string[];
  /** A drawing of ours, as markup. */
  svg?: string;
  codes?: string[];
  table?: { headings: string[]; rows: { cells: string[]; form?: Form }[] };
  link?: { href: string; words: string };
  form?: Form;
};
export type Page = { title: string; error?: string | null; sections: Section[] };

const templates = templatesIn(new URL('templates', import.meta.url));

/** Answers with a page: no script, nothing from elsewhere, no frame, kept nowhere. Forms may lead on to `onward` alone. */
export function sendPage(req: Request, res: Response, language: Language, page: Page, status = 200): void {
  const nonce = randomBytes(16).toString('base64url');
  const onward: string = res.locals['onward'] ?? '';
  res.set({
    'Content-Security-Policy':
      `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'${onward}; base-uri 'none'; ` +
      "frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
  });
  const hasForm = page.sections.some(({ form, table }) => form || table?.rows.some((row) => row.form));
  const csrf = hasForm ? csrfTokenOf(req) : '';
  res
    .status(status)
    .type('html')
    .send(templates.html('page', { error: null, ...page, language, nonce, csrf }));
}
