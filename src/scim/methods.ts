import { Router } from 'express';
import { ScimError } from './error.ts';

/** What each endpoint takes; the rest is 405 with Allow (RFC 9110 §15.5.6). The first pattern that fits counts. */
const ENDPOINTS: readonly { paths: string[]; allow: readonly string[] }[] = [
  { paths: ['/Users/.search', '/Groups/.search', '/.search', '/Bulk'], allow: ['POST'] },
  { paths: ['/Users', '/Groups'], allow: ['GET', 'HEAD', 'POST'] },
  { paths: ['/Users/:id', '/Groups/:id'], allow: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] },
  {
    paths: ['/ServiceProviderConfig', '/Schemas', '/Schemas/:id', '/ResourceTypes', '/ResourceTypes/:id'],
    allow: ['GET', 'HEAD'],
  },
];

/** RFC 7644 §3.11: a token stands for a connection here, not for one of its users. */
const NOT_IMPLEMENTED = ['/Me'];

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
    throw new ScimError(501, `${req.path} is not implemented: the token is a connection's, not a user's`);
  });
  return router;
}
