import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import type { Knex } from 'knex';
import { type Run, readRun } from '../report/runs.ts';
import { knownId } from './input.ts';

const LOOK_MS = 300;
/** A proxy between closes what is silent for a minute. */
const SAY_SOMETHING_MS = 15_000;

/**
 * `GET /runs/ID/events`: how far a run is, as server-sent events: `run` with the run as JSON whenever something of it has
 * changed, until it has ended. Whoever connects again is told how it is now.
 */
export function runEventRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('run'));
  router.get('/:id/events', async (req: Request<{ id: string }>, res) => {
    const tenantId: string = res.locals['tenantId'];
    const first = await readRun(db, tenantId, req.params.id); // unknown is an answer like any other
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    await follow(res, first, () => readRun(db, tenantId, req.params.id));
    res.end();
  });
  return router;
}

async function follow(res: Response, first: Run, look: () => Promise<Run>): Promise<void> {
  let said = '';
  let saidAt = 0;
  for (let run = first; !res.closed; run = await look()) {
    const text = JSON.stringify(run);
    if (text !== said) res.write(`event: run\ndata: ${text}\n\n`);
    else if (Date.now() - saidAt > SAY_SOMETHING_MS) res.write(': still there\n\n');
    if (text !== said || Date.now() - saidAt > SAY_SOMETHING_MS) saidAt = Date.now();
    said = text;
    if (run.finishedAt !== null) return;
    await sleep(LOOK_MS);
  }
}
