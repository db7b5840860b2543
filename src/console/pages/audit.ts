import { pipeline } from 'node:stream/promises';
import { type Request, Router } from 'express';
import { type Entry, pageOfSubject } from '../audit-subject.ts';
import { flat } from '../flat.ts';
import { sendPage } from '../page.ts';
import { type Say, sayNamed } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';
import { EN } from '../words/index.ts';

type Named = { id: string; name: string };
type Wish = Readonly<Record<'actor' | 'action' | 'subject' | 'from' | 'until', string | undefined>>;

const PAGE = 50;
const DAY_MS = 86_400_000;
const FILTERS = ['actor', 'action', 'subject', 'from', 'until'] as const;
/** Actions that there are words for; others are found by their name in the address. */
const ACTIONS = Object.keys(EN).flatMap((phrase) => (phrase.startsWith('audit.') ? [phrase.slice(6)] : []));

/** Who changed what, the newest first. */
export function auditPages(): Router {
  const router = Router();
  router.get('/audit', async (req, res) => {
    const visit = visitIn(res);
    const wish = wishOf(req);
    const before = textOf(req, 'before');
    const [{ entries, next }, names] = await Promise.all([
      visit.api.get<{ entries: Entry[]; next: string | null }>('/audit', { ...asked(wish), before, limit: PAGE }),
      namesIn(visit),
    ]);
    const view = {
      entries: entries.map((entry) => shown(entry, visit, names)),
      wish,
      actions: actionsFor(visit.say, wish.action),
      filtered: FILTERS.some((name) => wish[name] !== undefined),
      continued: before !== undefined,
      next: next && linkTo(visit, { ...wish, before: next }),
      previous: null,
      csv: linkTo(visit, wish, '.csv'),
    };
    sendPage(req, res, { template: 'audit', title: visit.say('auditPage.title'), part: 'audit', view });
  });
  router.get('/audit.csv', async (req, res) => {
    const { type, body } = await visitIn(res).api.stream('/audit', 'text/csv', asked(wishOf(req)));
    res.type(type).attachment('audit.csv');
    await pipeline(body, res);
  });
  return router;
}

/** Names of what most entries are about. */
async function namesIn({ api, may }: Visit): Promise<Map<string, string>> {
  const [{ connections }, { targets }, { operators }, { technicalUsers }] = await Promise.all([
    api.get<{ connections: Named[] }>('/connections'),
    api.get<{ targets: Named[] }>('/targets'),
    may('owner') ? api.get<{ operators: Named[] }>('/operators') : { operators: [] },
    may('owner') ? api.get<{ technicalUsers: Named[] }>('/technical-users') : { technicalUsers: [] },
  ]);
  return new Map([...connections, ...targets, ...operators, ...technicalUsers].map(({ id, name }) => [id, name]));
}

function shown(entry: Entry, { say, base, tenant, may }: Visit, names: ReadonlyMap<string, string>) {
  const page = pageOfSubject(entry, tenant.tenantId);
  // who signs in and which programs have keys is for owners to see
  const open = page !== null && (may('owner') || !/^\/settings\/(operators|technical-users)/.test(page));
  const { name, technicalUser, connection } = entry.detail;
  const holder = names.get(String(technicalUser ?? connection));
  return {
    ...entry,
    words: sayNamed(say, 'audit', entry.action),
    about: names.get(entry.subject) ?? (typeof name === 'string' ? name : (holder ?? entry.subject)),
    href: open ? `${base}${page}` : null,
    lines: Object.entries(flat(entry.detail)),
  };
}

function actionsFor(say: Say, wanted: string | undefined) {
  const all = wanted === undefined || ACTIONS.includes(wanted) ? ACTIONS : [...ACTIONS, wanted];
  const named = all.map((name) => ({ name, words: sayNamed(say, 'audit', name) }));
  return named.toSorted((one, other) => one.words.localeCompare(other.words));
}

function wishOf(req: Request): Wish {
  const day = (name: string) => {
    const text = textOf(req, name);
    return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
  };
  const [actor, action, subject] = ['actor', 'action', 'subject'].map((name) => textOf(req, name));
  return { actor, action, subject, from: day('from'), until: day('until') };
}

/** What the API is asked for: days are whole ones, the last one included. */
function asked({ from, until, ...wish }: Wish) {
  const after = until === undefined ? undefined : new Date(Date.parse(until) + DAY_MS).toISOString();
  return { ...wish, from: from === undefined ? undefined : new Date(from).toISOString(), until: after };
}

function linkTo({ base }: Visit, wish: Readonly<Record<string, string | undefined>>, kind = ''): string {
  const given = Object.entries(wish).filter((one): one is [string, string] => one[1] !== undefined);
  return `${base}/audit${kind}?${new URLSearchParams(given)}`;
}

function textOf(req: Request, name: string): string | undefined {
  const value = req.query[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
