import { setTimeout } from 'node:timers/promises';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import { loseAnswer } from './answer.ts';
import { type FaultMode, type Faults, readFaults, takeFault, takeTurn } from './faults.ts';
import { Refusal } from './refusal.ts';

/** Applies the faults that are switched on, before the API does any work. */
export function misbehave(db: Knex): RequestHandler {
  return async (req, res, next) => {
    const faults = await readFaults(db);
    // a request above the limit is turned away at the door, so it does not use up a fault
    if (faults.perSecond !== null && !(await takeTurn(db))) throw tooMany(res);
    const mode = faults.mode !== 'none' && isHit(faults, req) ? await takeFault(db) : 'none';
    if (mode === 'slow') await setTimeout(faults.latencyMs);
    apply(mode, req, res, next);
  };
}

function isHit({ hits }: Faults, req: Request): boolean {
  return hits === 'all' || (hits === 'reads') === (req.method === 'GET');
}

function apply(mode: FaultMode, req: Request, res: Response, next: NextFunction): void {
  switch (mode) {
    case 'none':
    case 'slow':
      next();
      return;
    case 'lost_answer':
      loseAnswer(res);
      next();
      return;
    case 'unavailable':
      res.set('Retry-After', '1');
      throw new Refusal(503, 'unavailable', 'the sandbox is out of order, as you asked');
    case 'garbage':
      res.type('html').send('<!doctype html><title>Welcome</title><h1>This is not the JSON you are looking for</h1>');
      return;
    case 'reset':
      req.socket.resetAndDestroy();
      return;
    case 'hang':
      return; // the connection stays open until the caller gives up
    default:
      mode satisfies never;
  }
}

function tooMany(res: Response): Refusal {
  res.set('Retry-After', '1');
  return new Refusal(429, 'too_many_requests', 'more requests in a second than the limit allows');
}
