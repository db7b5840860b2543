import { type Request, type Response, Router } from 'express';
import type { Connection } from '../../model/connection.ts';
import { SETUP_STEPS, type SetupStep } from '../../model/setup.ts';
import { type Problem, Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { SOURCES, sourceOf } from '../sources.ts';
import { type Visit, visitIn } from '../visit.ts';
import { endsSoon, nameOf, textOf } from './connections.ts';

type Named = { id: string; name: string };
export type Whole = Connection & {
  targetIds: string[];
  targets: (Named & { kind: string; environment: string })[];
  people: { value: number; exact: boolean };
  setup: { done: SetupStep[]; open: SetupStep | null };
};
type Token = {
  id: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
};
type Client = { id: string; clientId: string; authentication: string; createdAt: string; lastUsedAt: string | null };
type Quirks = { quirks: { quirk: string; what: string; whose: string; count: number; expected: boolean }[] };
type Run = { id: string; state: string; startedAt: string; error: string | null };
type Rhythm = {
  reconcile: 'off' | { everyHours: number };
  targets: { target: Named; lastRun: Run | null; nextAt: string | null }[];
};

const PROFILES = ['generic', 'okta', 'entra', 'rfc'] as const;
const UNDER_WAY = new Set(['asked', 'running']);

/** What the pages of one connection need to know of this installation. */
export type Installation = { publicUrl: string | null };

/** One connection: how far it is, its targets, its way in, its people, and whether anything leaves. */
export function connectionPages(installation: Installation): Router {
  const router = Router();
  router.get('/:id', async (req, res) => {
    const visit = visitIn(res);
    const connection = await wholeOf(req, visit);
    const [keys, rhythm] = await Promise.all([keysOf(visit, connection), rhythmOf(visit, connection)]);
    const view = {
      ...keys,
      ...rhythm,
      ...guideFor(req, visit, connection),
      connection,
      tab: 'overview',
      steps: SETUP_STEPS,
      unfinished: connection.state === 'draft' || connection.state === 'connected',
      address: addressOf(req, installation),
      profiles: PROFILES,
    };
    sendPage(req, res, { template: 'connection', title: connection.name, part: 'connections', view });
  });
  router.get('/:id/rhythm', async (req, res) => {
    const visit = visitIn(res);
    const connection = await wholeOf(req, visit);
    const view = { connection, tab: 'overview', ...(await rhythmOf(visit, connection)) };
    const title = visit.say('connection.rhythm');
    sendPage(req, res, { template: 'connection-rhythm-page', title, part: 'connections', view });
  });
  // what is shown once is never shown again, and a page that was reloaded is not one that asks for another
  for (const place of ['tokens', 'clients']) {
    router.get(`/:id/${place}`, (req, res) => res.redirect(303, `${placeOf(req, visitIn(res))}#source`));
  }
  router.get('/:id/abilities', showAbilities);
  return router;
}

/** The connection that a page is about. */
export function wholeOf(req: Request, { api }: Visit): Promise<Whole> {
  return api.get<Whole>(`/connections/${encodeURIComponent(String(req.params['id']))}`);
}

/** The address of a connection's own page. */
export function placeOf(req: Request, { base }: Visit): string {
  return `${base}/connections/${encodeURIComponent(String(req.params['id']))}`;
}

/** Where this installation is reached: as configured, or else as the browser typed it. */
export function addressOf(req: Request, { publicUrl }: Installation): string {
  return publicUrl ?? `${req.protocol}://${req.host}`;
}

/** The source whose steps are shown, and all others that may be chosen. */
export function guideFor(req: Request, visit: Visit, connection: Connection) {
  const asked = textOf(req, 'source');
  const source = sourceOf(connection, asked);
  const sources = SOURCES.map((one) => ({ ...one, name: nameOf(one, visit) }));
  return { source: { ...source, name: nameOf(source, visit) }, sources, chosen: asked !== undefined };
}

/** What only those may see who see integrations; null for all others. */
async function keysOf({ api, may }: Visit, { id, targetIds }: Whole) {
  if (!may('integrations', 'audit')) return { keys: null, quirks: null, others: [] };
  const path = `/connections/${id}`;
  const [{ tokens }, { clients }, { quirks }, { targets }] = await Promise.all([
    api.get<{ tokens: Token[] }>(`${path}/tokens`),
    api.get<{ clients: Client[] }>(`${path}/clients`),
    api.get<Quirks>(`${path}/quirks`),
    api.get<{ targets: Named[] }>('/targets'),
  ]);
  const others = targets.filter((one) => !targetIds.includes(one.id));
  return { keys: { tokens: tokens.map(standingOf), clients }, quirks, others };
}

function standingOf(token: Token) {
  const live = token.expiresAt === null || Date.parse(token.expiresAt) > Date.now();
  return { ...token, live, soon: live && endsSoon(token.expiresAt) };
}

async function rhythmOf({ api }: Visit, { id }: Whole) {
  const rhythm = await api.get<Rhythm>(`/connections/${id}/reconcile`);
  const busy = rhythm.targets.some(({ lastRun }) => lastRun !== null && UNDER_WAY.has(lastRun.state));
  return { rhythm, busy };
}

/** What works at each target (S19); targets are made ready for it, so it comes after the page. */
async function showAbilities(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const connection = await wholeOf(req, visit);
  const path = `/connections/${connection.id}/capabilities`;
  const { answer, failed } = await answered(visit.api.get<{ targets: object[] }>(path));
  const view = { connection, tab: 'overview', targets: answer?.targets ?? [], failed };
  const title = visit.say('connection.abilities');
  sendPage(req, res, { template: 'connection-abilities', title, part: 'connections', view }, partStatus(req, failed));
}

/** What the API answers about targets, or why they could not be asked: a part of a page says so in its place. */
export async function answered<Answer>(asked: Promise<Answer>): Promise<{ answer?: Answer; failed?: Problem }> {
  try {
    return { answer: await asked };
  } catch (error) {
    if (!(error instanceof Refusal) || error.problem.status === 403) throw error;
    return { failed: error.problem };
  }
}

/** htmx puts in nothing that failed, so that for a part the failure is an answer. */
export function partStatus(req: Request, failed: Problem | undefined): number {
  return failed === undefined || req.get('hx-request') === 'true' ? 200 : failed.status;
}
