import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { fold } from '../directory/stored.ts';
import { Fault } from '../errors.ts';
import { describe } from '../plan/describe.ts';
import { peopleNamed, type Summary, summaryOf } from '../report/summary.ts';
import { isStorable, knownId } from './input.ts';
import { previewOf } from './preview.ts';
import type { TargetMaker } from './targets.ts';

const Query = z.object({ userName: z.string().min(1).max(1000).refine(isStorable, 'text that no name can hold') });

/** What is known of people, what was done for them, and what would be done now. */
export function peopleRoutes(options: TargetMaker): Router {
  const { db } = options;
  const router = Router();
  router.param('id', knownId('person'));
  router.get('/', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const ids = await peopleNamed(db, tenantId, fold(Query.parse(req.query).userName));
    res.json({ people: (await Promise.all(ids.map((id) => summaryOf(db, tenantId, id)))).map(inWords) });
  });
  router.get('/:id', async (req, res) => {
    res.json(inWords(await knownSummary(db, res.locals['tenantId'], req.params.id)));
  });
  // what would happen to this person now, without doing it
  router.get('/:id/plan', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const summary = await knownSummary(db, tenantId, req.params.id);
    res.json({ targets: await previewOf(options, tenantId, summary) });
  });
  return router;
}

async function knownSummary(db: Knex, tenantId: string, id: string): Promise<Summary> {
  const summary = await summaryOf(db, tenantId, id);
  if (!summary) throw new Fault('not_found', `no person ${id}`);
  return summary;
}

/** Actions as one sentence each; their details stay in the database. */
function inWords(summary: Summary | null) {
  const actions = summary?.actions.map(({ detail, ...action }) => ({ ...action, summary: describe(detail) }));
  return { ...summary, actions };
}
