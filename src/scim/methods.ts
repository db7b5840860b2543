import { Router } from 'express';
import { ScimError } from './error.ts';

/** What each endpoint takes; the rest is 405 with Allow (RFC 9110 §15.5.6). The first pattern that fits counts. */
const ENDPOINTS: readonly { paths: string[]; allow: readonly string[] }[] = [
  { paths: ['/Users/.search', '/Groups/.search'], allow: ['POST'] },
  { paths: ['/Users', '/Groups'], allow: ['GET', 'HEAD', 'POST'] },
  { paths: ['/Users/:id', '/Groups/:id'], allow: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] },
  {
    paths: ['/ServiceProviderConfig', '/Schemas', '/Schemas/:id', '/ResourceTypes', '/ResourceTypes/:id'],
    allow: ['GET', 'HEAD'],
  },
];

/** RFC 7644 §3.7 and §3.11 make these optional; a search over all types too (§3.4.3). */
const NOT_IMPLEMENTED = ['/Bulk', '/Me', '/.search'];

/** Refuses what no endpoint takes before a body is read: scimmy-routers would call it "not found". */
export function methodGuard(): Router {
  const router = Router();
  for (const { paths, allow } of ENDPOINTS) {
    router.all(paths, (req, res, next) => {
      if (allow.includes(req.method)) return next('router');
      res.setHeader('Allow', allow.join(', '));
      throw new ScimError(405, `${req.method} is not possible here; possible: ${allow.join(', ')}`);
    });
  }
  router.all(NOT_IMPLEMENTED, (req) => {
    throw new ScimError(501, `${req.path} is not implemented`);
  });
  return router;
}
