import type { RequestListener } from 'node:http';
import express, { type RequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import { isSameForm } from '../access/csrf.ts';
import type { Sessions } from '../access/sessions.ts';
import type { Log } from '../log.ts';
import { assets } from './assets.ts';
import { answerFailure, sayRefused } from './failure.ts';
import { insideOf } from './inside.ts';
import { auditPages } from './pages/audit.ts';
import { configurationPages } from './pages/configuration.ts';
import { connectionPages, type Installation } from './pages/connection.ts';
import { connectionActs } from './pages/connection-acts.ts';
import { connectionKeys } from './pages/connection-keys.ts';
import { connectionOpening } from './pages/connection-opening.ts';
import { connectionPlans } from './pages/connection-plans.ts';
import { connectionRequests } from './pages/connection-requests.ts';
import { connectionsPages } from './pages/connections.ts';
import { extensionPages } from './pages/extensions.ts';
import { holdsPages } from './pages/holds.ts';
import { homePages } from './pages/home.ts';
import { invitePages } from './pages/invite.ts';
import { invitesPages } from './pages/invites.ts';
import { operatorPages } from './pages/operators.ts';
import { peopleCsv, peoplePages } from './pages/people.ts';
import { personPages } from './pages/person.ts';
import { rosterPages, rosterUpload } from './pages/roster.ts';
import { rulePages } from './pages/rules.ts';
import { runPages } from './pages/run.ts';
import { runUndoPages } from './pages/run-undo.ts';
import { runsPages } from './pages/runs.ts';
import { settingsPages } from './pages/settings.ts';
import { oneTargetPages } from './pages/target.ts';
import { targetPages } from './pages/targets.ts';
import { technicalUserPages } from './pages/technical-users.ts';
import { smallUpload } from './small-upload.ts';
import { readHead } from './upload-head.ts';
import { baseOf, requireVisit, visitIn } from './visit.ts';

export type ConsoleOptions = Installation & {
  db: Knex;
  log: Log;
  sessions: Sessions;
  /** The whole server, whose JSON API the pages ask. */
  api: RequestListener;
};

/** The pages of the console: /console/t/TENANT and all below it. */
export function consolePages({ db, log, sessions, api, publicUrl }: ConsoleOptions): Router {
  const router = Router();
  const visiting = requireVisit(db, insideOf(api));
  router.use('/assets', assets());
  router.get('/', sessions.handler, visiting, (_req, res) => res.redirect(303, baseOf(visitIn(res).tenant)));
  router.use(
    '/t/:tenant',
    sessions.handler,
    visiting,
    rosterUpload(), // its form is read and checked as it comes
    express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 5_000 }),
    onlyAt('/settings/configuration/plan', smallUpload),
    readHeads(),
    demandSameForm,
    pages({ publicUrl }),
    (req, res) => sayRefused(req, res, { status: 404, detail: visitIn(res).say('error.noPage') }),
  );
  router.use(answerFailure(log));
  return router;
}

function pages(installation: Installation): Router {
  const router = Router();
  router.use('/', homePages(), peopleCsv());
  router.use('/people', peoplePages(), personPages());
  router.use('/', auditPages(), settingsPages());
  router.use('/settings/operators', operatorPages());
  router.use('/settings/technical-users', technicalUserPages());
  router.use('/settings/extensions', extensionPages());
  router.use('/settings', configurationPages());
  router.use('/targets', targetPages(), oneTargetPages());
  router.use('/runs', runsPages(), runPages(), runUndoPages());
  router.use('/holds', holdsPages());
  router.use('/invites', invitesPages(), invitePages());
  router.use('/connections', connectionsPages(), connectionPlans(), connectionPages(installation));
  router.use('/connections', connectionActs(), connectionKeys(installation), connectionRequests(), rosterPages());
  router.use('/connections', connectionOpening(installation));
  router.use('/', rulePages());
  return router;
}

/** Forms with a file of which the begin is enough: they are read before it is asked whether they are ours. */
function readHeads(): Router {
  const router = Router();
  router.post('/connections/:id/roster-profile/propose', readHead);
  return router;
}

/** What reads a body stands before the check of its form, at its own page alone. */
function onlyAt(path: string, handler: RequestHandler): Router {
  return Router().use(path, handler);
}

const demandSameForm: RequestHandler = (req, res, next) => {
  if (isSameForm(req)) return next();
  sayRefused(req, res, { status: 403, detail: visitIn(res).say('error.oldForm') });
};
