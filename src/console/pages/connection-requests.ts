import { Router } from 'express';
import type { RequestItem, RequestRecord } from '../../model/request-record.ts';
import { act, fieldOf } from '../act.ts';
import { sendPage } from '../page.ts';
import { visitIn } from '../visit.ts';
import { placeOf, wholeOf } from './connection.ts';

type Page = { requests: RequestItem[]; next: string | null };

const PAGE = 50;
const HOUR_MS = 3_600_000;
const HOURS = [1, 4, 24] as const;

/** What a connection's source asked last, for whoever looks for the reason of a failure: without secrets, for a week. */
export function connectionRequests(): Router {
  const router = Router();
  router.get('/:id/requests', async (req, res) => {
    const visit = visitIn(res);
    const connection = await wholeOf(req, visit);
    const failed = req.query['failed'] === 'true';
    const after = typeof req.query['after'] === 'string' ? req.query['after'] : undefined;
    const [{ requests, next }, { until }] = await Promise.all([
      visit.api.get<Page>(`/connections/${connection.id}/requests`, { failed, after, limit: PAGE }),
      visit.api.get<{ until: string | null }>(`/connections/${connection.id}/request-log`),
    ]);
    const here = `${placeOf(req, visit)}/requests`;
    const to = next && `${here}?${new URLSearchParams({ failed: String(failed), after: next })}`;
    const view = { connection, tab: 'requests', here, requests, failed, until, hours: HOURS, next: to, previous: null };
    const title = visit.say('requests.title', { name: connection.name });
    sendPage(req, res, { template: 'connection-requests', title, part: 'connections', view });
  });
  router.get('/:id/requests/:requestId', async (req, res) => {
    const visit = visitIn(res);
    const connection = await wholeOf(req, visit);
    const id = encodeURIComponent(req.params.requestId);
    const request = await visit.api.get<RequestRecord>(`/connections/${connection.id}/requests/${id}`);
    const view = { connection, tab: 'requests', here: `${placeOf(req, visit)}/requests`, request };
    const title = `${request.method} ${request.path.split('?')[0]}`;
    sendPage(req, res, { template: 'connection-request', title, part: 'connections', view });
  });
  router.post(
    '/:id/request-log',
    act(async (req, visit) => {
      const hours = HOURS.find((one) => String(one) === fieldOf(req, 'hours'));
      const until = hours === undefined ? null : new Date(Date.now() + hours * HOUR_MS).toISOString();
      await visit.api.send('PUT', `/connections/${encodeURIComponent(String(req.params['id']))}/request-log`, {
        until,
      });
      return { to: `${placeOf(req, visit)}/requests`, told: visit.say(until ? 'requests.on' : 'requests.off') };
    }),
  );
  return router;
}
