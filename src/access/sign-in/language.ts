import type { Request, RequestHandler } from 'express';
import { sessionOf } from '../sessions.ts';
import type { Language } from './words.ts';

/** What was chosen on a page, else what the browser prefers; of who has signed in, the account says it. */
export function languageOf(req: Request): Language {
  return chosenLanguage(req) ?? (req.acceptsLanguages('en', 'de') === 'de' ? 'de' : 'en');
}

/** The language that was chosen in this session before signing in. */
export function chosenLanguage(req: Request): Language | undefined {
  return sessionOf(req).language;
}

/** Keeps the language that a link of a page asks for, until somebody signs in. */
export const rememberLanguage: RequestHandler = (req, _res, next) => {
  const { language } = req.query;
  if (language === 'en' || language === 'de') sessionOf(req).language = language;
  next();
};
