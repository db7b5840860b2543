import type { Request, RequestHandler, Response } from 'express';
import { saveSession, sessionOf } from '../access/sessions.ts';
import { type Problem, Refusal } from './api.ts';
import { type Visit, visitIn } from './visit.ts';

/** What came of a form: where to go on, and what is said there. */
export type Done = { to: string; told?: string };

/**
 * The answer to a form. What the API refuses is said on the page that the form was on, or `again` shows the form once more
 * with what was filled in.
 */
export function act(
  work: (req: Request, visit: Visit) => Promise<Done>,
  again?: (req: Request, res: Response, problem: Problem) => Promise<void> | void,
): RequestHandler {
  return async (req, res) => {
    const visit = visitIn(res);
    try {
      const { to, told } = await work(req, visit);
      if (told !== undefined) await tell(req, { kind: 'done', words: told });
      res.redirect(303, to);
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code === 'sign_in_again') throw error;
      if (again) return again(req, res, error.problem);
      await tell(req, { kind: 'refused', words: wordsOf(error.problem) });
      res.redirect(303, cameFrom(req, visit));
    }
  };
}

/** One field of a form as text: what is left empty is none. */
export function fieldOf(req: Request, name: string): string | undefined {
  const value = (req.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** All values of a field that may come several times. */
export function fieldsOf(req: Request, name: string): string[] {
  const value = (req.body as Record<string, unknown> | undefined)?.[name];
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');
}

/** The API's own words on why it refused, with the places that are wrong. */
export function wordsOf({ detail, errors = [] }: Problem): string {
  return [detail, ...errors.map((one) => `${one.pointer.slice(2)}: ${one.detail}`)].join('; ');
}

async function tell(req: Request, told: { kind: 'done' | 'refused'; words: string }): Promise<void> {
  sessionOf(req).told = told;
  await saveSession(req);
}

/** The page of ours that a form was on; a browser that does not say goes to the first one. */
export function cameFrom(req: Request, { base }: Visit): string {
  const from = URL.parse(req.get('referer') ?? '', 'http://invalid');
  const ours = from !== null && from.host === req.get('host') && from.pathname.startsWith(base);
  return ours ? `${from.pathname}${from.search}` : base;
}
