import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { withCheckToken } from '../directory/check-token.ts';
import { readConnection } from '../directory/connections.ts';
import { playOpening, sayHello } from '../opening/play.ts';
import { CLIENTS, clientOf } from '../opening/script.ts';
import { knownId } from './input.ts';

type Options = { db: Knex; changed: () => void; origin: () => string };

export const OpeningWish = z.strictObject({ client: z.enum(CLIENTS).optional() });

/** What a connection's client would see first, played from inside: it reads alone, and leaves nothing behind. */
export function openingCheckRoutes({ db, changed, origin }: Options): Router {
  const router = Router();
  router.param('id', knownId('connection'));
  router.post('/:id/opening-check', async (req, res) => {
    const wish = OpeningWish.parse(req.body ?? {});
    const connection = await readConnection(db, res.locals['tenantId'], req.params.id);
    const client = wish.client ?? clientOf(connection.profile);
    const steps = await withCheckToken(db, connection, async (token) => {
      const endpoint = { base: `${origin()}/scim/v2`, token };
      return [await sayHello(endpoint), ...(await playOpening(client, endpoint))];
    }).finally(changed); // nor is the token believed any longer
    res.json({ client, passed: steps.every(({ passed }) => passed), steps });
  });
  return router;
}
