import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

const csrf = csrfSync({
  getTokenFromRequest: (req: Request) => req.body?.csrf ?? req.get('X-CSRF-Token'),
  size: 32,
});

/** The token that each form of a session carries. */
export function csrfTokenOf(req: Request): string {
  return csrf.generateToken(req);
}

/** True for a request that only reads, or that carries the token of its session. */
export function isSameForm(req: Request): boolean {
  return READS.has(req.method) || csrf.isRequestValid(req);
}
