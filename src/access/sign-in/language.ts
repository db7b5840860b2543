import type { Request } from 'express';
import type { Language } from './words.ts';

/** What the browser says it prefers; of who has signed in, the account says it. */
export function languageOf(req: Request): Language {
  return req.acceptsLanguages('en', 'de') === 'de' ? 'de' : 'en';
}
