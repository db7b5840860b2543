import { Router } from 'express';
import { z } from 'zod';
import { listTargets } from '../directory/targets.ts';
import { listInvites, readInvite } from '../invite/invites.ts';
import { acceptInvite, reportDelivery, resendInvite, revokeInvite } from '../invite/operate.ts';
import type { Sending } from '../invite/send.ts';
import { printInvites } from '../invite/sheets.ts';
import { INVITE_STATES, type Invite } from '../model/invite.ts';
import { offerOf } from '../model/offer.ts';
import { isStorable, knownId } from './input.ts';
import { Batch, inviteBatch } from './invite-batch.ts';
import { sendInviteCsv } from './invite-csv.ts';

type Options = Pick<Sending, 'db' | 'derive' | 'publicUrl'> & { changed: () => void };

const FIRST = '00000000-0000-0000-0000-000000000000';
const channel = z.enum(['email', 'sms', 'print']);
export const Query = z.object({
  state: z.enum(INVITE_STATES).optional(),
  connection: z.uuid().optional(),
  channel: channel.optional(),
  after: z.uuid().default(FIRST),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const text = (most: number) => z.string().trim().min(1).max(most).refine(isStorable, 'text that cannot be stored');
export const Resend = z.strictObject({ channel: channel.optional() });
export const Delivery = z.strictObject({ state: z.enum(['delivered', 'bounced']), reason: text(500).optional() });
export const Print = z.strictObject({
  connection: z.uuid(),
  location: text(200).optional(),
  again: z.boolean().default(false),
});

/** Invites of ours: who was invited how, and what became of it. */
export function inviteRoutes(options: Options): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('invite'));

  router.get('/', async (req, res) => {
    const { state = null, connection = null, channel: by = null, after, limit } = Query.parse(req.query);
    const page = { tenantId: res.locals['tenantId'], state, connection, channel: by, after, limit };
    if (req.accepts(['json', 'text/csv']) === 'text/csv') return sendInviteCsv(db, page, res);
    res.json({ invites: (await listInvites(db, page)).map(shown) });
  });
  // for whoever may invite and not look at targets
  router.get('/offers', async (_req, res) => {
    const targets = (await listTargets(db, res.locals['tenantId'])).map(({ id, name, settings }) => {
      const { entities, access } = offerOf(settings);
      return { id, name, entities, access };
    });
    res.json({ targets });
  });
  router.post('/batch', async (req, res) => {
    const results = await inviteBatch(db, res.locals['tenantId'], Batch.parse(req.body));
    changed();
    res.status(202).json({ results });
  });
  // the codes are in this answer and nowhere else
  router.post('/print', async (req, res) => {
    const { connection, location = null, again } = Print.parse(req.body);
    const printed = await printInvites(options, res.locals['tenantId'], { connectionId: connection, location, again });
    changed();
    if (req.accepts(['html', 'json']) === 'json') res.json(printed);
    else res.type('html').set('Content-Security-Policy', SHEETS).send(printed.html);
  });
  router.get('/:id', async (req, res) => {
    res.json(shown(await readInvite(db, res.locals['tenantId'], req.params.id)));
  });
  const act = (path: string, run: (tenantId: string, id: string, body: unknown) => Promise<Invite>) =>
    router.post(`/:id/${path}`, async (req, res) => {
      const invite = await run(res.locals['tenantId'], String(req.params['id']), req.body ?? {});
      changed();
      res.json(shown(invite));
    });
  act('resend', (tenantId, id, body) => resendInvite(db, tenantId, id, Resend.parse(body).channel ?? null));
  act('revoke', (tenantId, id) => revokeInvite(db, tenantId, id));
  act('accept', (tenantId, id) => acceptInvite(db, tenantId, id));
  act('delivery', (tenantId, id, body) => {
    const { state, reason = null } = Delivery.parse(body);
    return reportDelivery(db, tenantId, id, { state, reason });
  });
  return router;
}

/** A sheet is looked at and printed: no script, nothing from elsewhere. */
const SHEETS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

function shown<T extends Partial<Invite>>(invite: T) {
  const { tenantId, cause, edition, ...rest } = invite;
  return rest;
}
