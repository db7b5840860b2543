import { type Request, Router } from 'express';
import { OPEN_STATES } from '../../model/invite.ts';
import { act, fieldOf } from '../act.ts';
import { Refusal } from '../api.ts';
import { secured, sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';
import { CHANNELS, type Invite, type Offer } from './invites.ts';

type Connections = { connections: { id: string; name: string; state: string }[] };
type OneInvite = Omit<Invite, 'userName'> & { createdAt: string; acceptedAt: string | null; location: string | null };

/** A sheet is looked at and printed: no script, nothing from elsewhere. */
const SHEETS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** One invite with what can be done about it, and the sheets that are handed out. */
export function invitePages(): Router {
  const router = Router();
  router.get('/print', async (req, res) => {
    const visit = visitIn(res);
    const { connections } = await visit.api.get<Connections>('/connections');
    const view = { connections: connections.filter(({ state }) => state === 'enabled'), place: 'print' };
    sendPage(req, res, { template: 'invites-print', title: visit.say('invites.print'), part: 'invites', view });
  });
  // the codes are in this answer and nowhere else: it cannot be an address to go on to
  router.post('/print', async (req, res) => {
    const { api, say } = visitIn(res);
    const again = fieldOf(req, 'again') === 'true';
    const wish = { connection: fieldOf(req, 'connection'), location: fieldOf(req, 'location'), again };
    const { sheets, html } = await api.send<{ sheets: number; html: string }>('POST', '/invites/print', wish);
    if (sheets === 0) throw new Refusal({ status: 409, detail: say('invites.noSheets') });
    secured(res).set('Content-Security-Policy', SHEETS).type('html').send(html);
  });
  router.get('/:id', async (req, res) => {
    const visit = visitIn(res);
    const { api, base, say } = visit;
    const invite = await api.get<OneInvite>(`/invites/${req.params.id}`);
    const [person, { targets }] = await Promise.all([
      api.get<{ userName: string }>(`/people/${invite.personId}`),
      api.get<{ targets: Offer[] }>('/invites/offers'),
    ]);
    const view = {
      invite,
      person,
      here: `${base}/invites/${invite.id}`,
      target: targets.find(({ id }) => id === invite.targetId)?.name ?? '',
      open: OPEN_STATES.some((state) => state === invite.state),
      went: invite.sentAt !== null,
      channels: CHANNELS,
      place: '',
    };
    sendPage(req, res, { template: 'invite', title: say('invite.title', person), part: 'invites', view });
  });
  const acts = {
    resend: (req: Request) => ({ channel: fieldOf(req, 'channel') }),
    revoke: () => ({}),
    accept: () => ({}),
    delivery: (req: Request) => ({ state: fieldOf(req, 'state'), reason: fieldOf(req, 'reason') }),
  };
  for (const [name, wish] of Object.entries(acts) as [keyof typeof acts, (req: Request) => object][]) {
    router.post(
      `/:id/${name}`,
      act(async (req, visit) => {
        await visit.api.send('POST', `/invites/${req.params['id']}/${name}`, wish(req));
        return { to: pageOf(req, visit), told: visit.say(`invite.done.${name}`) };
      }),
    );
  }
  return router;
}

function pageOf(req: Request, { base }: Visit): string {
  return `${base}/invites/${encodeURIComponent(String(req.params['id']))}`;
}
