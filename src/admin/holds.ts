import { type Response, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { decideHold } from '../deliver/hold-decision.ts';
import { type HeldPerson, listHolds, readHold, showHold } from '../deliver/holds.ts';
import { csvLine } from './csv.ts';
import { knownId, name } from './input.ts';

// the key is the installation's, so who decides gives a name; from the second threshold on there must be two
export const Decision = z.strictObject({
  actor: name,
  people: z.array(z.uuid().toLowerCase()).min(1).max(10_000).optional(),
});

const MOST_PEOPLE = 10_000;
export const People = z
  .object({
    state: z.enum(['held', 'decided']).optional(),
    after: z.uuid().nullable().default(null),
    limit: z.coerce.number().int().min(1).max(MOST_PEOPLE).default(MOST_PEOPLE),
  })
  .refine(({ state, after }) => after === null || state !== undefined, {
    path: ['state'],
    message: 'pages are of one state: name it',
  });

/** Losses of access that wait for a human. */
export function holdRoutes({ db, changed }: { db: Knex; changed: () => void }): Router {
  const router = Router();
  router.param('id', knownId('hold'));

  router.get('/', async (_req, res) => {
    res.json({ holds: await listHolds(db, res.locals['tenantId']) });
  });

  router.get('/:id', async (req, res) => {
    const { state, ...page } = People.parse(req.query);
    const waiting = state === undefined ? null : state === 'held';
    const hold = await showHold(db, res.locals['tenantId'], req.params.id, { waiting, ...page });
    if (req.accepts(['json', 'text/csv']) === 'text/csv') sendCsv(res, hold.members);
    else res.json(hold);
  });

  for (const kind of ['release', 'discard'] as const) {
    router.post(`/:id/${kind}`, async (req, res) => {
      const id = String(req.params['id']); // the path has it
      await readHold(db, res.locals['tenantId'], id); // unknown is not found, whatever the body says
      const decision = { kind, ...Decision.parse(req.body) };
      const decided = await inTransaction(db, (trx) => decideHold(trx, res.locals['tenantId'], id, decision));
      changed();
      res.json(decided);
    });
  }
  return router;
}

function sendCsv(res: Response, members: readonly HeldPerson[]): void {
  const head = csvLine(['userName', 'state', 'source', 'account', 'losses', 'approvedBy', 'decidedBy']);
  const lines = members.map(({ userName, state, source, account, losses, approvedBy, decidedBy }) =>
    csvLine([userName, state, source, account?.state ?? '', losses.join(' | '), approvedBy ?? '', decidedBy ?? '']),
  );
  // the mark makes Excel read UTF-8
  res
    .type('text/csv; charset=utf-8')
    .attachment('hold.csv')
    .send(`\ufeff${head}${lines.join('')}`);
}
