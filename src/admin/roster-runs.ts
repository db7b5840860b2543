import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { record } from '../report/audit.ts';
import { readRun } from '../report/runs.ts';
import { csvErrorFile, jsonErrorFile, xmlErrorFile } from '../roster/error-file.ts';
import { giveUpCutOff } from '../roster/leftovers.ts';
import { discardRoster, takeUpHeld } from '../roster/runs.ts';
import { readRosterOf, rejectedRows } from '../roster/staged.ts';
import { applyReleased } from '../roster/take.ts';
import { knownId, name } from './input.ts';
import { inBackground, type RosterOptions } from './rosters.ts';

export const Decision = z.strictObject({ actor: name });
export const Format = z.object({ format: z.enum(['csv', 'json', 'xml']).default('csv') });
const TYPES = { csv: 'text/csv; charset=utf-8', json: 'application/json', xml: 'application/xml' };

/** What a human does with the run of a roster: look at what was not taken, release what was held, or give it up. */
export function rosterRunRoutes(options: RosterOptions): Router {
  const { db, log } = options;
  const router = Router();
  router.param('id', knownId('run'));
  router.get('/:id/errors', async (req, res) => {
    const key = { tenantId: res.locals['tenantId'] as string, runId: req.params.id };
    const { format } = Format.parse(req.query);
    const { shape, profile } = await readRosterOf(db, key);
    const rows = rejectedRows(db, key, shape?.headers ?? []);
    const file = {
      csv: () => csvErrorFile(rows, shape?.headers ?? [], shape?.delimiter ?? ','),
      json: () => jsonErrorFile(rows),
      xml: () => xmlErrorFile(rows, profile.row),
    }[format];
    res.type(TYPES[format]).attachment(`errors-${key.runId}.${format}`);
    await pipeline(file(), res);
  });
  router.post('/:id/release', async (req, res) => {
    const key = { tenantId: res.locals['tenantId'] as string, runId: req.params.id };
    const { connectionId } = await readRosterOf(db, key);
    const { actor } = Decision.parse(req.body);
    await giveUpCutOff(db, { ...key, connectionId });
    const run = await inTransaction(db, async (trx) => {
      await record(trx, { tenantId: key.tenantId, action: 'roster.release', subject: key.runId, detail: {}, actor });
      return takeUpHeld(trx, key);
    });
    res.status(202).json({ run: await readRun(db, key.tenantId, key.runId) });
    inBackground(log, applyReleased(options, run));
  });
  router.post('/:id/discard', async (req, res) => {
    const key = { tenantId: res.locals['tenantId'] as string, runId: req.params.id };
    const { connectionId } = await readRosterOf(db, key);
    const { actor } = Decision.parse(req.body);
    await inTransaction(db, async (trx) => {
      await discardRoster(trx, { ...key, connectionId }, actor);
      await record(trx, { tenantId: key.tenantId, action: 'roster.discard', subject: key.runId, detail: {}, actor });
    });
    res.json({ run: await readRun(db, key.tenantId, key.runId) });
  });
  return router;
}
