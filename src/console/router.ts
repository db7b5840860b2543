import type { RequestListener } from 'node:http';
import express, { type RequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import { isSameForm } from '../access/csrf.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Log } from '../log.ts';
import { assets } from './assets.ts';
import { answerFailure, sayRefused } from './failure.ts';
import { insideOf } from './inside.ts';
import { homePages } from './pages/home.ts';
import { peopleCsv, peoplePages } from './pages/people.ts';
import { personPages } from './pages/person.ts';
import { baseOf, requireVisit, visitIn } from './visit.ts';

export type ConsoleOptions = {
  db: Knex;
  log: Log;
  sessions: Sessions;
  /** The whole server, whose JSON API the pages ask. */
  api: RequestListener;
};

/** The pages of the console: /console/t/TENANT and all below it. */
export function consolePages({ db, log, sessions, api }: ConsoleOptions): Router {
  const router = Router();
  const visiting = requireVisit(db, insideOf(api));
  router.use('/assets', assets());
  router.get('/', sessions.handler, visiting, (_req, res) => res.redirect(303, baseOf(visitIn(res).tenant)));
  router.use(
    '/t/:tenant',
    sessions.handler,
    visiting,
    express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 5_000 }),
    demandSameForm,
    pages(),
    (req, res) => sayRefused(req, res, { status: 404, detail: visitIn(res).say('error.noPage') }),
  );
  router.use(answerFailure(log));
  return router;
}

function pages(): Router {
  const router = Router();
  router.use('/', homePages(), peopleCsv());
  router.use('/people', peoplePages(), personPages());
  return router;
}

const demandSameForm: RequestHandler = (req, res, next) => {
  if (isSameForm(req)) return next();
  sayRefused(req, res, { status: 403, detail: visitIn(res).say('error.oldForm') });
};
