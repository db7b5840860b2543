import type { Request, Response } from 'express';
import { templatesIn } from '../../mail/templates.ts';
import { csrfTokenOf } from '../csrf.ts';
import { type Language, sayIn } from './words.ts';

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
export type Page = {
  title: string;
  error?: string | null;
  /** How the language is switched: by a link for strangers, `own` for who has signed in, or not here. */
  switch?: 'link' | 'own' | 'none';
  sections: Section[];
};

const templates = templatesIn(new URL('templates', import.meta.url));

/**
 * Answers with a page: no script, styles from here alone, nothing from elsewhere, no frame, kept nowhere. Forms may lead on
 * to `onward` alone.
 */
export function sendPage(req: Request, res: Response, language: Language, page: Page, status = 200): void {
  const onward: string = res.locals['onward'] ?? '';
  res.set({
    'Content-Security-Policy': `default-src 'none'; style-src 'self'; form-action 'self'${onward}; base-uri 'none'; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
  });
  const languages = languagesFor(language, page.switch ?? 'link');
  const hasForm =
    languages?.form || page.sections.some(({ form, table }) => form || table?.rows.some((row) => row.form));
  const csrf = hasForm ? csrfTokenOf(req) : '';
  res
    .status(status)
    .type('html')
    .send(templates.html('page', { error: null, ...page, language, languages, csrf }));
}

function languagesFor(language: Language, by: NonNullable<Page['switch']>) {
  if (by === 'none') return null;
  const all = [
    { code: 'en', words: 'English' },
    { code: 'de', words: 'Deutsch' },
  ];
  return { words: sayIn(language)('language'), form: by === 'own' ? '/console/account/language' : null, all };
}
