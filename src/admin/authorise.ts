import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { needWords, permits } from '../access/permit.ts';
import { isFresh, principalFinder } from '../access/principal.ts';
import { isUuid } from '../database/uuid.ts';
import { deniedFeatures } from '../directory/tenants.ts';
import { Fault } from '../errors.ts';
import type { Feature } from '../model/feature.ts';
import type { Need, Principal } from '../model/principal.ts';
import { actingAs } from '../report/actor.ts';
import { readRun } from '../report/runs.ts';
import { problem } from './problem.ts';
import { DEMANDS, type Demand } from './rights.ts';
import { tenantFor } from './tenant.ts';

type Options = { db: Knex; adminKey: string; sessions: RequestHandler };
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who asks, or 401. */
export function identify(options: Options): RequestHandler {
  const find = principalFinder(options);
  return async (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    const principal = await find(req, res);
    res.locals['principal'] = principal;
    if (principal) return next();
    res.setHeader('WWW-Authenticate', 'Bearer realm="Gangway admin"');
    const keys = 'the key of the file admin-key in the data folder, or an API key';
    problem(res, 401, `send ${keys}, as "Authorization: Bearer <key>"`);
  };
}

/**
 * Whether they may, by the table of demands: another tenant is not found, a right that is missing is 403. The demands are
 * matched by a router of their own, so that no spelling of a path reaches a route past its demand. What they do is recorded
 * in their name.
 */
export function authorise({ db }: { db: Knex }): Router {
  const router = Router();
  for (const [route, demand] of Object.entries(DEMANDS)) {
    const [method = '', path = ''] = route.split(' ');
    router[method.toLowerCase() as Method](path, async (req, res, next) => {
      await demandRights(db, req, res, demand);
      signAs(principalIn(res), demand, req, () => next('router'));
    });
  }
  router.use(async (req, res, next) => {
    const principal = principalIn(res);
    if (principal.kind !== 'installation') throw new Fault('not_found', `there is no ${req.method} ${req.path}`);
    if (!req.path.startsWith('/tenants')) res.locals['tenantId'] = await tenantFor(db, principal, named(req));
    next();
  });
  return router;
}

/** Who asks; they have been found before any route runs. */
export function principalIn(res: Response): Principal {
  return res.locals['principal'] as Principal;
}

/** Throws `not_permitted` unless whoever asks has these rights in the tenant of the request. */
export function demandRight(res: Response, need: Need): void {
  if (!permits(principalIn(res), res.locals['tenantId'], need)) throw notPermitted(need);
}

async function demandRights(db: Knex, req: Request, res: Response, demand: Demand): Promise<void> {
  const { need, anywhere, fresh, feature } = demand;
  const principal = principalIn(res);
  if (demand.installation && principal.kind !== 'installation') {
    throw new Fault('not_permitted', 'only whoever runs the installation may do this, with its key');
  }
  if (anywhere) {
    const tenants = principal.kind === 'installation' ? [''] : [...principal.roles.keys()];
    if (!tenants.some((tenantId) => permits(principal, tenantId, need))) throw notPermitted(need);
  } else {
    res.locals['tenantId'] = await tenantFor(db, principal, named(req));
    demandRight(res, need);
    await demandOwnConnection(db, principal, req, res.locals['tenantId']);
    demandOwnTarget(principal, req);
    if (feature) await demandFeature(db, res.locals['tenantId'], feature);
  }
  if (fresh && !isFresh(principal)) {
    throw new Fault(
      'sign_in_again',
      'this needs a proof of who you are that is younger than ten minutes: sign in again',
    );
  }
}

/** What the installation keeps from a tenant is refused with its reason (S48). */
async function demandFeature(db: Knex, tenantId: string, feature: Feature): Promise<void> {
  const reason = (await deniedFeatures(db, tenantId))[feature];
  if (reason !== undefined) throw new Fault('not_entitled', `this tenant does not have "${feature}": ${reason}`);
}

/** What is for the rosters of one connection finds no other one, and no run of another one. */
async function demandOwnConnection(db: Knex, principal: Principal, req: Request, tenantId: string): Promise<void> {
  if (principal.kind !== 'technical' || principal.connectionId === null) return;
  const id = String(req.params['id']);
  const [, kind] = req.path.split('/');
  const connectionId = kind?.toLowerCase() === 'runs' ? await connectionOfRun(db, tenantId, id) : id.toLowerCase();
  if (connectionId !== principal.connectionId) throw new Fault('not_found', `no connection ${id.slice(0, 100)}`);
}

/** What is for the app of one target finds no other one. */
function demandOwnTarget(principal: Principal, req: Request): void {
  if (principal.kind !== 'technical' || principal.targetId === null) return;
  const id = String(req.params['id']);
  if (id.toLowerCase() !== principal.targetId) throw new Fault('not_found', `no target ${id.slice(0, 100)}`);
}

async function connectionOfRun(db: Knex, tenantId: string, id: string): Promise<string | null> {
  return isUuid(id) ? (await readRun(db, tenantId, id)).connection.id : null;
}

/** Only who has the installation's key says who they are; all others are who they are. */
function signAs(principal: Principal, { signed }: Demand, req: Request, next: () => void): void {
  if (principal.kind === 'installation') {
    next();
    return;
  }
  const { name } = principal;
  for (const said of [signed ? req.body?.actor : undefined, req.query['as']]) {
    if (said !== undefined && String(said).trim().toLowerCase() !== name.toLowerCase()) {
      throw new Fault('not_permitted', `you are "${name}": nobody else can be named as who does it`);
    }
  }
  if (signed) req.body = { ...req.body, actor: name };
  actingAs(name, next);
}

function named(req: Request): string | undefined {
  return req.get('Gangway-Tenant');
}

function notPermitted(need: Need): Fault {
  return new Fault('not_permitted', `this needs the right ${needWords(need)}: an owner of the tenant can give it`);
}
