import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ExplainedStep } from '../../plan/mapping-explain.ts';
import { fieldOf } from '../act.ts';
import { connectionOf } from '../connection.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

/** What a mapping made of one person, rule by rule. */
export type Tried = {
  userName: string | null;
  scope: 'in' | 'out' | 'failed';
  problem: string | null;
  account: { email: string | null; attributes: Record<string, string | null>; groups: string[] } | null;
  steps: ExplainedStep[];
};
type Candidate = { id: string; userName: string; displayName: string | null; email: string | null };
type Unmatched = {
  looked: number;
  outOfScope: number;
  failed: number;
  failures: { userName: string; words: string }[];
  count: number;
  values: { attribute: string; value: string; people: number; near: string[] }[];
};

const MOST_CANDIDATES = 10;

/**
 * Tries a mapping on the person who was meant; null where several fit, who are shown then. Whoever may not list people names
 * one by the whole user name.
 */
export async function tryOn(req: Request, visit: Visit, mapping: unknown): Promise<Tried | null> {
  const path = `${pathOf(req)}/test`;
  const person = await meant(req, visit);
  return person === null ? null : visit.api.send<Tried>('POST', path, { person, mapping });
}

/** The people whom a search finds in a connection; none where nothing was asked for, or who asks may not see people. */
export async function candidatesFor(req: Request, { api, may }: Visit, connection: string): Promise<Candidate[]> {
  const search = fieldOf(req, 'person') ?? (typeof req.query['person'] === 'string' ? req.query['person'].trim() : '');
  if (search === '' || !may('people', 'audit')) return [];
  const { people } = await api.get<{ people: Candidate[] }>('/people', { search, connection, limit: MOST_CANDIDATES });
  return people;
}

/** The people to try a mapping on, while a name is typed. */
export async function showCandidates(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const connection = await connectionOf(visit, String(req.params['id']));
  const person = typeof req.query['person'] === 'string' ? req.query['person'] : '';
  const people = await candidatesFor(req, visit, connection.id);
  const view = { connection, tab: 'mapping', people, person };
  sendPage(req, res, { template: 'mapping-people', title: visit.say('mapping.who'), part: 'connections', view });
}

/** What the tables do not name. Reads everybody, so it comes after the page. */
export async function showUnmatched(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const connection = await connectionOf(visit, String(req.params['id']));
  const report = await visit.api.get<Unmatched>(`/connections/${connection.id}/mapping/unmatched`);
  const view = { connection, tab: 'mapping', report };
  const title = visit.say('mapping.unmatched');
  sendPage(req, res, { template: 'mapping-unmatched', title, part: 'connections', view });
}

/** The same as a CSV. */
export async function sendUnmatched(req: Request, res: Response): Promise<void> {
  const path = `${pathOf(req)}/unmatched`;
  const { type, body } = await visitIn(res).api.stream(path, 'text/csv');
  res.type(type).attachment('unmatched.csv');
  await pipeline(body, res);
}

function pathOf(req: Request): string {
  return `/connections/${encodeURIComponent(String(req.params['id']))}/mapping`;
}

async function meant(req: Request, visit: Visit): Promise<string | null> {
  const typed = fieldOf(req, 'person');
  const chosen = fieldOf(req, 'personId');
  // who was chosen counts as long as the search that found them is the one that stands there
  if (chosen !== undefined && fieldOf(req, 'searched') === typed) return chosen;
  const people = await candidatesFor(req, visit, String(req.params['id']));
  const exact = people.find(({ userName }) => userName.toLowerCase() === typed?.toLowerCase());
  if (exact) return exact.id;
  if (people.length > 1) return null;
  return people[0]?.id ?? typed ?? '';
}
