import { Router } from 'express';
import type { Knex } from 'knex';
import { readConnection } from '../directory/connections.ts';
import { listQuirks } from '../directory/quirks.ts';
import type { Profile } from '../model/connection.ts';
import { type QuirkCount, quirkNamed } from '../model/quirk.ts';
import { knownId } from './input.ts';

/** What a connection sends though the RFC does not allow it, and whether its profile expects that. */
export function connectionQuirkRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/quirks', async (req, res) => {
    const { tenantId, id, profile } = await readConnection(db, res.locals['tenantId'], req.params.id);
    const counts = await listQuirks(db, tenantId, id);
    res.json({ profile, quirks: counts.map((count) => described(count, profile)) });
  });
  return router;
}

/** A name of another version of Gangway has no words here; its count is shown all the same. */
function described(count: QuirkCount, profile: Profile) {
  const { what = 'unknown to this version of Gangway', whose = '', expected = [] } = quirkNamed(count.quirk) ?? {};
  return { ...count, what, whose, expected: expected.includes(profile) };
}
