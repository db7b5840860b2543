import { type Request, type Response, Router } from 'express';
import type { ConnectionState, Profile } from '../../model/connection.ts';
import { act, type Done, fieldOf, fieldsOf } from '../act.ts';
import { type Problem, Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { SOURCES, type Source } from '../sources.ts';
import { type Visit, visitIn } from '../visit.ts';
import type { Phrase } from '../words/index.ts';

type Named = { id: string; name: string };
type Listed = Named & {
  profile: Profile;
  state: ConnectionState;
  targetIds: string[];
  people: { value: number; exact: boolean };
  tokenEndsAt: string | null;
};
type Home = { setup: { connection: Named; open: string }[]; targets: Named[] };
type Filled = { source?: string | undefined; name?: string | undefined; targets: string[] } & Record<string, unknown>;

const PAGE = 50;
const SOON_MS = 30 * 86_400_000;
const CATEGORIES = ['identity', 'hr', 'other'] as const;
/** What the policy may leave to the tenant, and what is decided here else. */
const CHOICES = { invite: ['manual', 'automatic'], adopt: ['ask', 'all'], granted: ['admin', 'user'] } as const;

/** All connections, and the catalogue that a new one is chosen from. */
export function connectionsPages(): Router {
  const router = Router();
  router.get('/', showList);
  router.get('/new', (req, res) => showNew(req, res, { source: textOf(req, 'source'), targets: [] }));
  router.post('/', act(create, showAgain));
  return router;
}

async function showList(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const [{ connections }, home] = await Promise.all([
    visit.api.get<{ connections: Listed[] }>('/connections', { count: true }),
    visit.api.get<Home>('/home'),
  ]);
  const after = textOf(req, 'after') ?? '';
  const rest = connections.filter(({ id }) => id > after); // ids are in the order of the list
  const shown = rest.slice(0, PAGE);
  const nameOf = (id: string) => home.targets.find((one) => one.id === id)?.name ?? id;
  const view = {
    connections: shown.map((one) => ({
      ...one,
      targets: one.targetIds.map(nameOf),
      endsSoon: endsSoon(one.tokenEndsAt),
      open: home.setup.find(({ connection }) => connection.id === one.id)?.open ?? null,
    })),
    next: rest.length > PAGE ? `${visit.base}/connections?after=${shown.at(-1)?.id}` : null,
    previous: after === '' ? null : `${visit.base}/connections`,
  };
  sendPage(req, res, { template: 'connections', title: visit.say('connections.title'), part: 'connections', view });
}

async function showNew(req: Request, res: Response, filled: Filled, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const { api, say } = visit;
  const { targets } = visit.may('integrations') ? await api.get<{ targets: Named[] }>('/targets') : { targets: [] };
  const catalogue = CATEGORIES.map((category) => ({
    category,
    sources: SOURCES.filter((one) => one.category === category).map((one) => ({ ...one, name: nameOf(one, visit) })),
  }));
  const view = { catalogue, targets, filled, choices: CHOICES };
  const page = { template: 'connection-new', title: say('connections.new'), part: 'connections', view, problem };
  sendPage(req, res, page, problem?.status);
}

function showAgain(req: Request, res: Response, problem: Problem): Promise<void> {
  const fields = ['source', 'name', ...Object.keys(CHOICES)].map((field) => [field, fieldOf(req, field)]);
  return showNew(req, res, { ...Object.fromEntries(fields), targets: fieldsOf(req, 'target') }, problem);
}

async function create(req: Request, visit: Visit): Promise<Done> {
  const chosen = SOURCES.find(({ key }) => key === fieldOf(req, 'source'));
  if (!chosen) throw new Refusal({ status: 422, detail: visit.say('connections.chooseSource') });
  const [invite, adoptExisting, grantedBy] = ['invite', 'adopt', 'granted'].map((field) => fieldOf(req, field));
  const { id, name } = await visit.api.send<Named>('POST', '/connections', {
    name: fieldOf(req, 'name') ?? nameOf(chosen, visit),
    profile: chosen.profile,
    policy: { invite, adoptExisting, grantedBy }, // what is left out is as the tenant says
    targets: fieldsOf(req, 'target'),
  });
  const to = `${visit.base}/connections/${id}?source=${chosen.key}`;
  return { to, told: visit.say('connections.made', { name }) };
}

/** What a source is called: by its product, or in words. */
export function nameOf({ key, product }: Source, { say }: Visit): string {
  return product || say(`sources.${key}.name` as Phrase);
}

/** Whether a token that lives now ends so soon that it is pointed out. */
export function endsSoon(at: string | null): boolean {
  return at !== null && Date.parse(at) < Date.now() + SOON_MS;
}

/** What a page was asked for by its address. */
export function textOf(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
