import type { Request, RequestHandler, Response } from 'express';
import { type Problem, Refusal } from './api.ts';
import { type Visit, visitIn } from './visit.ts';

export type Outcome<Made> = { made?: Made; problem?: Problem };

/**
 * The answer to a form that makes a secret: it is shown on the very page that answers, and kept nowhere, so there is no
 * other page to lead to.
 */
export function once<Made>(
  make: (req: Request, visit: Visit) => Promise<Made>,
  show: (req: Request, res: Response, outcome: Outcome<Made>) => Promise<void>,
): RequestHandler {
  return async (req, res) => {
    try {
      await show(req, res, { made: await make(req, visitIn(res)) });
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code === 'sign_in_again') throw error;
      await show(req, res, { problem: error.problem });
    }
  };
}
