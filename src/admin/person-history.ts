import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { Fault } from '../errors.ts';
import type { Action } from '../model/action.ts';
import { describe } from '../plan/describe.ts';
import { actorNow } from '../report/actor.ts';
import { record } from '../report/audit.ts';
import { type Summary, summaryOf } from '../report/summary.ts';
import { type Happened, timelineOf } from '../report/timeline.ts';
import { LANE, mark } from '../work/mark.ts';
import { knownId, name } from './input.ts';

/** What a timeline may be asked for. */
export const TimelineWish = z.strictObject({
  before: z.iso.datetime({ offset: true }).optional(),
  seen: z.coerce.number().int().min(0).max(1000).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
/** Who asks for a look at somebody. */
export const SyncWish = z.strictObject({ actor: name.default(actorNow) });

/** What happened to one person, and one more look at them now. */
export function personHistoryRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('person'));
  router.get('/:id/timeline', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = await known(db, tenantId, req.params.id);
    const { before, ...page } = TimelineWish.parse(req.query);
    const from = new Date(before ?? '9999-01-01');
    const { events, next } = await timelineOf(db, { tenantId, personId: id }, { before: from, ...page });
    res.json({ events: events.map(inWords), next });
  });
  // looks at the accounts now, whether anything seems to have changed or not
  router.post('/:id/sync', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const person = await known(db, tenantId, req.params.id);
    const { actor } = SyncWish.parse(req.body ?? {});
    const marked = await inTransaction(db, (trx) => lookAgain(trx, tenantId, person, actor));
    changed();
    res.status(202).json({ id: person.id, userName: person.userName, marked });
  });
  return router;
}

async function lookAgain(trx: Knex, tenantId: string, { id, connection }: Summary, actor: string): Promise<number> {
  if (connection.state !== 'enabled') {
    const words = `connection "${connection.name}" is ${connection.state}: nothing may leave before it is enabled`;
    throw new Fault('connection_not_enabled', words);
  }
  await record(trx, { tenantId, action: 'person.sync', subject: id, detail: {}, actor });
  return mark(trx, { tenantId, connectionId: connection.id, ids: [id], lane: LANE.change });
}

/** Actions as a sentence each; their details stay in the database. */
function inWords({ detail, ...event }: Happened) {
  if (event.kind === 'action') return { ...event, words: describe(detail as Action) };
  return { ...event, words: null, ...(event.kind === 'audit' && { detail }) };
}

async function known(db: Knex, tenantId: string, id: string): Promise<Summary> {
  const summary = await summaryOf(db, tenantId, id);
  if (!summary) throw new Fault('not_found', `no person ${id}`);
  return summary;
}
