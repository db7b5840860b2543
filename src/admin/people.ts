import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { fold } from '../directory/stored.ts';
import { Fault } from '../errors.ts';
import { describe, describeWaiting } from '../plan/describe.ts';
import { FOR_HUMANS } from '../plan/for-humans.ts';
import type { Waiting } from '../plan/plan.ts';
import { actorNow } from '../report/actor.ts';
import { editedPeople } from '../report/edited.ts';
import { peopleNamed, peopleWithEmail, type Summary, summaryOf } from '../report/summary.ts';
import { type WaitingPerson, waitingPeople } from '../report/waiting.ts';
import { Adoption, adoptByHand, InviteWish, inviteByHand } from './decide.ts';
import { isStorable, knownId, name } from './input.ts';
import { listPeople } from './people-list.ts';
import { followSource, recover } from './plans/people.ts';
import { previewOf } from './preview.ts';
import { readyToInvite, sendReadyCsv } from './ready-to-invite.ts';
import { standings } from './standings.ts';
import type { TargetMaker } from './targets.ts';

const named = z.string().min(1).max(1000).refine(isStorable, 'text that no name can hold');
export const By = z.strictObject({ actor: name.default(actorNow) });
export const Query = z.union([
  z.object({ userName: named }),
  z.object({ email: named }),
  z.object({
    state: z.literal('waiting'),
    reason: z.enum(FOR_HUMANS).optional(),
    connection: z.uuid().optional(),
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
  z.object({
    state: z.enum(['staged', 'edited']),
    connection: z.uuid().optional(),
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
]);

const FIRST = '00000000-0000-0000-0000-000000000000';

/** What is known of people, what was done for them, and what would be done now. */
export function peopleRoutes(options: TargetMaker & { changed: () => void }): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('person'));
  router.get('/', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const query = Query.safeParse(req.query).data;
    if (query === undefined) return listPeople(db, req, res);
    if ('state' in query && query.state === 'edited') {
      const { connection: connectionId = null, after = FIRST, limit } = query;
      res.json({ people: await editedPeople(db, { tenantId, connectionId, after, limit }) });
      return;
    }
    if ('state' in query && query.state === 'waiting') {
      const { reason, connection: connectionId = null, after = FIRST, limit } = query;
      const reasons = reason ? [reason] : FOR_HUMANS;
      const people = await waitingPeople(db, { tenantId, connectionId, reasons, after, limit });
      res.json({ people: people.map((one) => ({ ...one, words: wordsOf(one) })) });
      return;
    }
    if ('state' in query) {
      if (req.accepts(['json', 'text/csv']) === 'text/csv') return sendReadyCsv(db, tenantId, query, res);
      res.json({ people: await readyToInvite(db, tenantId, query) });
      return;
    }
    const ids =
      'email' in query
        ? await peopleWithEmail(db, tenantId, fold(query.email))
        : await peopleNamed(db, tenantId, fold(query.userName));
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
  router.post('/:id/invite', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const wish = InviteWish.parse(req.body ?? {});
    const invited = await inviteByHand(db, tenantId, await knownSummary(db, tenantId, req.params.id), wish);
    changed();
    res.status(202).json(invited);
  });
  router.post('/:id/adopt', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const wish = Adoption.parse(req.body ?? {});
    const adopted = await adoptByHand(options, tenantId, await knownSummary(db, tenantId, req.params.id), wish);
    changed();
    res.status(202).json(adopted);
  });
  // one click gives the account back (S77); the other lets the source count again
  router.post('/:id/recover', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { actor } = By.parse(req.body ?? {});
    const person = await knownSummary(db, tenantId, req.params.id);
    const targetIds = await inTransaction(db, (trx) => recover(trx, tenantId, person, actor));
    changed();
    res.status(202).json({ id: person.id, userName: person.userName, targetIds });
  });
  router.post('/:id/follow', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { actor } = By.parse(req.body ?? {});
    const person = await knownSummary(db, tenantId, req.params.id);
    await inTransaction(db, (trx) => followSource(trx, tenantId, person, actor));
    changed();
    res.status(202).json({ id: person.id, userName: person.userName });
  });
  return router;
}

function wordsOf({ reason, error }: WaitingPerson): string {
  return reason === 'error' ? (error ?? 'every try has failed') : describeWaiting(reason as Waiting);
}

async function knownSummary(db: Knex, tenantId: string, id: string): Promise<Summary> {
  const summary = await summaryOf(db, tenantId, id);
  if (!summary) throw new Fault('not_found', `no person ${id}`);
  return summary;
}

/** Actions as one sentence each; their details stay in the database. */
function inWords(summary: Summary | null) {
  const actions = summary?.actions.map(({ detail, ...action }) => ({ ...action, summary: describe(detail) }));
  return { ...summary, actions, targets: summary && standings(summary) };
}
