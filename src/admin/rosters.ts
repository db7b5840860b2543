import { type Request, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { readConnection } from '../directory/connections.ts';
import { listExtensions } from '../directory/extensions.ts';
import { Fault } from '../errors.ts';
import type { Log } from '../log.ts';
import { actorNow } from '../report/actor.ts';
import { readRun } from '../report/runs.ts';
import { effectiveProfile } from '../roster/connection-profile.ts';
import { ENCODINGS } from '../roster/profile.ts';
import type { ResourceColumns } from '../roster/resource-columns.ts';
import { rosterByKey, type Upload } from '../roster/runs.ts';
import { receiveRoster, type TakeOptions, workOnRoster } from '../roster/take.ts';
import { takePositions } from '../roster/take-positions.ts';
import { isStorable, knownId } from './input.ts';
import { uploaded } from './roster-upload.ts';

export type RosterOptions = { db: Knex; log: Log; changed: () => void; columns: ResourceColumns };

const text = z.string().trim().min(1).max(200).refine(isStorable, 'text that cannot be stored');
export const Query = z.object({
  dryRun: z.enum(['true', 'false']).default('false'),
  hold: z.enum(['true', 'false']).default('false'),
  fileName: text.nullable().default(null),
  /** For this file alone, in place of the profile's. */
  encoding: z.enum(ENCODINGS).optional(),
  as: text.default(actorNow),
});
export const Positions = z.object({ force: z.enum(['true', 'false']).default('false') });
const Key = text.nullable();

/**
 * A roster comes in: read within the request, compared and applied behind it; the run says how far it is. Positions are
 * taken within the request.
 */
export function connectionRosterRoutes(options: RosterOptions): Router {
  const { db, log } = options;
  const router = Router();
  router.param('id', knownId('connection'));
  router.post('/:id/rosters', async (req: Request<{ id: string }>, res) => {
    const upload = await uploadOf(db, res.locals['tenantId'], req);
    const { tenantId, idempotencyKey } = upload;
    const before = idempotencyKey === null ? null : await rosterByKey(db, { ...upload, idempotencyKey });
    if (before !== null) {
      req.resume();
      return void res.json({
        note: 'this Idempotency-Key was used before: nothing to do',
        run: await readRun(db, tenantId, before),
      });
    }
    const { body, fileName, contentHash } = await uploaded(req);
    const named = { ...upload, fileName: upload.fileName ?? nameOf(fileName) };
    const received = await receiveRoster(options, named, body, contentHash);
    if ('same' in received) {
      const run = await readRun(db, tenantId, received.same);
      return void res.json({ note: 'the same file was applied last: nothing to do', run });
    }
    const { runId } = received.run;
    const run = await readRun(db, tenantId, runId);
    res.status(202).location(`/api/v1/runs/${runId}`).json({ run });
    inBackground(log, workOnRoster(options satisfies TakeOptions, received.run));
  });
  router.post('/:id/positions', async (req: Request<{ id: string }>, res) => {
    const upload = await uploadOf(db, res.locals['tenantId'], req);
    const { force } = Positions.parse(req.query);
    const { body, fileName } = await uploaded(req);
    const named = { ...upload, fileName: upload.fileName ?? nameOf(fileName), force: force === 'true' };
    const runId = await takePositions(db, named, body);
    res
      .status(200)
      .location(`/api/v1/runs/${runId}`)
      .json({ run: await readRun(db, upload.tenantId, runId) });
  });
  return router;
}

/** The run itself says what became of it; the log is told why. */
export function inBackground(log: Log, work: Promise<void>): void {
  work.catch((error: unknown) => log.error({ err: error }, 'a roster could not be worked on to its end'));
}

async function uploadOf(db: Knex, tenantId: string, req: Request<{ id: string }>): Promise<Upload> {
  const { id: connectionId, name, state } = await readConnection(db, tenantId, req.params.id);
  if (state === 'disconnected') {
    const mend = `nothing is accepted before \`gangway connection connect ${name}\``;
    throw new Fault('connection_not_enabled', `connection "${name}" is disconnected: ${mend}`);
  }
  const { dryRun, hold, fileName, encoding, as: askedBy } = Query.parse(req.query);
  const idempotencyKey = Key.parse(req.get('Idempotency-Key') ?? null);
  const stored = await effectiveProfile(db, tenantId, connectionId, await listExtensions(db, tenantId));
  const profile = encoding === undefined ? stored : { ...stored, encoding };
  const how = { dryRun: dryRun === 'true', hold: hold === 'true' };
  return { tenantId, connectionId, profile, ...how, fileName, idempotencyKey, askedBy };
}

/** What a browser calls a file is of no use where it cannot be kept: then it has no name. */
function nameOf(fileName: string | null): string | null {
  return text.safeParse(fileName).data ?? null;
}
