import type { Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import { csrfTokenOf } from '../access/csrf.ts';
import { sessionOf } from '../access/sessions.ts';
import { visitorOf } from '../access/sign-in/visitor.ts';
import type { Language } from '../access/sign-in/words.ts';
import type { Right } from '../model/principal.ts';
import { type Api, apiFor } from './api.ts';
import type { Inside } from './inside.ts';
import { type Say, sayIn } from './say.ts';

export type SeenTenant = { tenantId: string; name: string; environment: 'live' | 'test'; rights: Right[] };

/** Somebody who signed in, looking at a tenant. */
export type Visit = {
  api: Api;
  say: Say;
  language: Language;
  csrf: string;
  operator: string;
  tenant: SeenTenant;
  tenants: SeenTenant[];
  /** Where the pages of this tenant begin, without a trailing slash. */
  base: string;
  /** Whether the operator has one of these rights here. */
  may: (...rights: Right[]) => boolean;
};

/** The visit of a request that `requireVisit` let pass. */
export function visitIn(res: Response): Visit {
  return res.locals['visit'] as Visit;
}

/** Where the pages of a tenant begin. */
export function baseOf({ name }: { name: string }): string {
  return `/console/t/${encodeURIComponent(name)}`;
}

/**
 * Lets those pass who have signed in and have a role in the tenant that the path names. Strangers are led to where they
 * can sign in, and back; who has no role there is led to a tenant of theirs.
 */
export function requireVisit(db: Knex, inside: Inside): RequestHandler {
  return async (req, res, next) => {
    const visitor = await visitorOf(db, req);
    if (!visitor) return toSignIn(req, res);
    const { principal, operator, language } = visitor;
    const { tenants } = await apiFor(inside, principal, '').get<{ tenants: SeenTenant[] }>('/me');
    const name = req.params['tenant'];
    const tenant = name === undefined ? tenants[0] : tenants.find((one) => one.name === name);
    if (!tenant) return res.redirect(303, tenants.length > 0 ? '/console' : '/console/account');
    const { rights } = tenant;
    const visit: Visit = {
      api: apiFor(inside, principal, tenant.tenantId),
      say: sayIn(language),
      language,
      csrf: csrfTokenOf(req),
      operator: operator.name,
      tenant,
      tenants,
      base: baseOf(tenant),
      may: (...wanted) => rights.includes('owner') || wanted.some((right) => rights.includes(right)),
    };
    res.locals['visit'] = visit;
    next();
  };
}

function toSignIn(req: Request, res: Response): void {
  if (req.method === 'GET') sessionOf(req).wanted = req.originalUrl;
  res.redirect(303, '/console/sign-in');
}
