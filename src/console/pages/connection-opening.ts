import { Router } from 'express';
import { sendPage } from '../page.ts';
import { visitIn } from '../visit.ts';
import { addressOf, guideFor, type Installation, placeOf, wholeOf } from './connection.ts';

type Opening = {
  passed: boolean;
  steps: { name: string; request: string; status: number; passed: boolean; words: string }[];
};

/** Whose first requests can be played under their own name; all others ask like any client. */
const PLAYED = new Set(['okta', 'entra']);

/** What the source would ask first, played by the server: it changes nothing, so the answer itself is the page. */
export function connectionOpening(installation: Installation): Router {
  const router = Router();
  router.get('/:id/opening', (req, res) => res.redirect(303, `${placeOf(req, visitIn(res))}#people`));
  router.post('/:id/opening', async (req, res) => {
    const visit = visitIn(res);
    const connection = await wholeOf(req, visit);
    const { source, ...guide } = guideFor(req, visit, connection);
    const client = PLAYED.has(source.key) ? source.key : 'generic';
    const opening = await visit.api.send<Opening>('POST', `/connections/${connection.id}/opening-check`, { client });
    const address = addressOf(req, installation);
    const view = { ...guide, source, connection, opening, address, tab: 'overview' };
    const title = visit.say('connection.openingTitle', { name: source.name });
    sendPage(req, res, { template: 'connection-opened', title, part: 'connections', view });
  });
  return router;
}
