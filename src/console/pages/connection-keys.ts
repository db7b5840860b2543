import { type Request, type Response, Router } from 'express';
import { act, fieldOf } from '../act.ts';
import { Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { visitIn } from '../visit.ts';
import { addressOf, guideFor, type Installation, placeOf, wholeOf } from './connection.ts';

type MadeToken = { id: string; token: string };
type MadeClient = { id: string; clientId: string; clientSecret: string | null };

const DAY_MS = 86_400_000;

/** Tokens and OAuth clients of a connection: made, shown once, revoked. */
export function connectionKeys(installation: Installation): Router {
  const router = Router();
  // the answer itself shows what was made: kept for a page after it, a secret would lie in the session
  router.post('/:id/tokens', async (req, res) => {
    const { api } = visitIn(res);
    const path = `/connections/${encodeURIComponent(String(req.params['id']))}/tokens`;
    const { token } = await api.send<MadeToken>('POST', path, { expiresAt: endOf(fieldOf(req, 'days')) });
    await showOnce(req, res, installation, { token });
  });
  router.post('/:id/clients', async (req, res) => {
    const { api, say } = visitIn(res);
    const path = `/connections/${encodeURIComponent(String(req.params['id']))}/clients`;
    const written = fieldOf(req, 'jwks');
    const jwks = written === undefined ? undefined : keysIn(written, say('connection.noJson'));
    await showOnce(req, res, installation, { client: await api.send<MadeClient>('POST', path, { jwks }) });
  });
  for (const kind of ['tokens', 'clients'] as const) {
    router.post(
      `/:id/${kind}/revoke`,
      act(async (req, visit) => {
        await visit.api.send('DELETE', `/${kind}/${encodeURIComponent(fieldOf(req, 'key') ?? '')}`);
        return { to: `${placeOf(req, visit)}#source`, told: visit.say(`connection.done.revoke-${kind}`) };
      }),
    );
  }
  return router;
}

async function showOnce(
  req: Request,
  res: Response,
  installation: Installation,
  made: { token?: string; client?: MadeClient },
): Promise<void> {
  const visit = visitIn(res);
  const connection = await wholeOf(req, visit);
  const address = addressOf(req, installation);
  const view = { token: null, client: null, ...made, ...guideFor(req, visit, connection), connection, address };
  const title = visit.say(made.token === undefined ? 'connection.newClient' : 'connection.newToken');
  sendPage(req, res, {
    template: 'connection-secret',
    title,
    part: 'connections',
    view: { ...view, tab: 'overview' },
  });
}

/** When a token ends that lives for so many days; left out, it lives until it is revoked. */
function endOf(days: string | undefined): string | undefined {
  if (days === undefined || !/^\d{1,4}$/.test(days)) return undefined;
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

function keysIn(written: string, otherwise: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    throw new Refusal({ status: 422, detail: otherwise });
  }
}
