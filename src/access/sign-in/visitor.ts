import type { Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import type { Operator, Principal } from '../../model/principal.ts';
import { findOperator } from '../operators.ts';
import { isFresh, signedIn } from '../principal.ts';
import { type Language, type Say, sayIn } from './words.ts';

export type Visitor = {
  principal: Extract<Principal, { kind: 'operator' }>;
  operator: Operator;
  language: Language;
  say: Say;
};

/** Who has signed in, with the words of their language; null for a stranger. */
export async function visitorOf(db: Knex, req: Request): Promise<Visitor | null> {
  const principal = await signedIn(db, req);
  const operator = principal && (await findOperator(db, principal.id));
  if (!principal || !operator) return null;
  return { principal, operator, language: operator.language, say: sayIn(operator.language) };
}

/** Lets those pass who have signed in; others are led to the page where they can. */
export function requireVisitor(db: Knex): RequestHandler {
  return async (req, res, next) => {
    const visitor = await visitorOf(db, req);
    if (!visitor) return res.redirect(303, '/console/sign-in');
    res.locals['visitor'] = visitor;
    next();
  };
}

/** Lets those pass who proved lately who they are; others are asked again. Comes after `requireVisitor`. */
export const requireFresh: RequestHandler = (_req, res, next) => {
  if (isFresh(visitorIn(res).principal)) return next();
  res.redirect(303, '/console/sign-in/again');
};

/** Whom `requireVisitor` let pass. */
export function visitorIn(res: Response): Visitor {
  return res.locals['visitor'] as Visitor;
}
