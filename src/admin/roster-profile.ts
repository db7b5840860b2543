import { type Request, Router } from 'express';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { readConnection } from '../directory/connections.ts';
import { listExtensions } from '../directory/extensions.ts';
import type { ExtensionSchema } from '../model/extension.ts';
import { record } from '../report/audit.ts';
import { ATTRIBUTES, declaredPaths, KINDS } from '../roster/attribute.ts';
import { readProfile, saveProfile } from '../roster/connection-profile.ts';
import { DATE_FORMATS, ENCODINGS, PROFILE_WORDS, parseProfile, type RosterProfileInput } from '../roster/profile.ts';
import { proposeProfile } from '../roster/read/propose.ts';
import { sampleRoster } from '../roster/read/sample.ts';
import { knownId } from './input.ts';
import { uploaded } from './roster-upload.ts';
import type { RosterOptions } from './rosters.ts';

export const Hints = z.object({
  encoding: z.enum(ENCODINGS).optional(),
  row: z.string().max(100).optional(),
  rows: z.string().max(1000).optional(),
});

/** How a connection's rosters are read: what is set, the change, and a proposal from a file. */
export function rosterProfileRoutes({ db }: Pick<RosterOptions, 'db'>): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.get('/:id/roster-profile', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const set = await readProfile(db, tenantId, req.params.id);
    const extensions = await listExtensions(db, tenantId);
    res.json({ set, profile: parseProfile(set, extensions), fields: PROFILE_WORDS, choices: choicesOf(extensions) });
  });
  router.put('/:id/roster-profile', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = await readConnection(db, tenantId, req.params.id);
    const profile = parseProfile(req.body, await listExtensions(db, tenantId));
    const set = req.body as RosterProfileInput; // parsing has checked it; what is left out stays left out
    await inTransaction(db, async (trx) => {
      await saveProfile(trx, tenantId, id, set);
      await record(trx, { tenantId, action: 'connection.roster-profile', subject: id, detail: { profile: set } });
    });
    res.json({ set, profile, fields: PROFILE_WORDS });
  });
  // nothing is saved: somebody looks at it first
  router.post('/:id/roster-profile/propose', async (req: Request<{ id: string }>, res) => {
    await readConnection(db, res.locals['tenantId'], req.params.id);
    const { body } = await uploaded(req);
    const { shape, rows } = await sampleRoster(body, Hints.parse(req.query));
    res.json(proposeProfile(shape.headers, rows, shape));
  });
  return router;
}

/** What may be chosen where a field takes one of a list. */
function choicesOf(extensions: readonly ExtensionSchema[]) {
  const attributes = [...ATTRIBUTES, ...declaredPaths(extensions)];
  return { attributes, kinds: KINDS, dateFormats: DATE_FORMATS, encodings: ENCODINGS };
}
