import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler, Router } from 'express';
import { Fault } from '../errors.ts';
import type { Sending } from '../invite/send.ts';
import type { Log } from '../log.ts';
import type { MailSender } from '../mail/mail.ts';
import type { TargetKind } from '../model/target-kind.ts';
import type { ResourceColumns } from '../roster/resource-columns.ts';
import { auditRoutes } from './audit.ts';
import { authorise, identify } from './authorise.ts';
import { badgeRoutes } from './badges.ts';
import { capabilityRoutes } from './capabilities.ts';
import { clientRoutes, connectionClientRoutes } from './clients.ts';
import { connectionChangeRoutes } from './connection-changes.ts';
import { connectionLifeRoutes } from './connection-life.ts';
import { connectionRoutes } from './connections.ts';
import { eventStreamRoutes } from './event-streams.ts';
import { eventRoutes } from './events.ts';
import { extensionRoutes } from './extensions.ts';
import { connectionFeedFetchRoutes, connectionFeedRoutes } from './feeds.ts';
import { groupRoutes } from './groups.ts';
import { holdRoutes } from './holds.ts';
import { homeRoutes } from './home.ts';
import { idempotent } from './idempotency.ts';
import { inviteRoutes } from './invites.ts';
import { managedRoutes } from './managed.ts';
import { connectionMappingRoutes } from './mappings.ts';
import { meRoutes } from './me.ts';
import { membershipRoutes } from './memberships.ts';
import { connectionNoticeListRoutes, tenantNoticeListRoutes } from './notice-list.ts';
import { noticeRoutes } from './notices.ts';
import { openingCheckRoutes } from './opening-check.ts';
import { operatorRoutes } from './operators.ts';
import { peopleRoutes } from './people.ts';
import { personHistoryRoutes } from './person-history.ts';
import { planRoutes } from './plans/routes.ts';
import { connectionPolicyRoutes, tenantPolicyRoutes } from './policies.ts';
import { answerProblem } from './problem.ts';
import { connectionQuirkRoutes } from './quirks.ts';
import { connectionRequestRoutes } from './requests.ts';
import { rosterProfileRoutes } from './roster-profile.ts';
import { rosterRowRoutes } from './roster-rows.ts';
import { rosterRunRoutes } from './roster-runs.ts';
import { connectionRosterRoutes } from './rosters.ts';
import { runEventRoutes } from './run-events.ts';
import { connectionRunRoutes, runRoutes } from './runs.ts';
import { signingKeyRoutes } from './signing-keys.ts';
import { targetChangeRoutes } from './target-changes.ts';
import { targetKindRoutes } from './target-kinds.ts';
import { type TargetMaker, targetRoutes } from './targets.ts';
import { apiKeyRoutes, technicalUserRoutes } from './technical-users.ts';
import { tenantRoutes } from './tenants.ts';
import { connectionTokenRoutes, tokenRoutes } from './tokens.ts';

export type AdminOptions = TargetMaker &
  Pick<Sending, 'derive' | 'publicUrl'> & {
    log: Log;
    adminKey: string;
    /** Reads the session of who has signed in. */
    sessions: RequestHandler;
    changed: () => void;
    /** Where this process answers, without a trailing slash. */
    origin: () => string;
    columns: ResourceColumns;
    /** What a target of each kind is set up with. */
    kinds: readonly TargetKind[];
    /** Null: no mail server is set up. */
    mail: MailSender | null;
  };

/**
 * The JSON API for operators under /api/v1. Who asks proves it by the key of the installation, an API key or a session; the
 * tenant is named by the header Gangway-Tenant, and needs no naming while there is only one.
 */
export function adminRouter(options: AdminOptions): Router {
  const router = Router();
  router.use(identify(options), express.json({ limit: '1mb', type: isCommand }), authorise(options));
  router.use(idempotent(options));
  router.use('/tenants', tenantRoutes(options.db));
  router.use('/me', meRoutes(options));
  router.use('/operators', operatorRoutes(options));
  router.use('/technical-users', technicalUserRoutes(options), apiKeyRoutes(options));
  router.use('/targets', targetRoutes(options), targetChangeRoutes(options), badgeRoutes(options));
  router.use('/target-kinds', targetKindRoutes(options));
  router.use(
    '/connections',
    connectionRoutes(options),
    connectionTokenRoutes(options),
    connectionClientRoutes(options),
    connectionQuirkRoutes(options),
    connectionRequestRoutes(options),
    openingCheckRoutes(options),
    connectionLifeRoutes(options),
    capabilityRoutes(options),
    connectionChangeRoutes(options),
    connectionPolicyRoutes(options),
    connectionMappingRoutes(options),
    connectionRunRoutes(options),
    connectionRosterRoutes(options),
    rosterProfileRoutes(options),
    connectionFeedRoutes(options),
    connectionFeedFetchRoutes(options),
    connectionNoticeListRoutes(options),
  );
  router.use('/policy', tenantPolicyRoutes(options));
  router.use('/notice-list', tenantNoticeListRoutes(options));
  router.use('/notices', noticeRoutes(options));
  router.use('/extensions', extensionRoutes(options));
  router.use('/clients', clientRoutes(options));
  router.use('/tokens', tokenRoutes(options));
  router.use('/holds', holdRoutes(options));
  router.use('/plans', planRoutes(options));
  router.use('/runs', runRoutes(options), runEventRoutes(options), rosterRunRoutes(options), rosterRowRoutes(options));
  router.use(
    '/people',
    peopleRoutes(options),
    membershipRoutes(options),
    managedRoutes(options),
    personHistoryRoutes(options),
  );
  router.use('/groups', groupRoutes(options));
  router.use('/home', homeRoutes(options));
  router.use('/audit', auditRoutes(options));
  router.use('/invites', inviteRoutes(options));
  router.use('/events', eventRoutes(options));
  router.use('/event-streams', eventStreamRoutes(options));
  router.use('/signing-keys', signingKeyRoutes(options));
  router.use((req) => {
    throw new Fault('not_found', `there is no ${req.method} ${req.baseUrl}${req.path}`);
  });
  router.use(answerProblem(options.log));
  return router;
}

/** Rosters come as JSON, too, and are read as they come. */
function isCommand({ headers, url = '' }: IncomingMessage): boolean {
  const isFile = /^\/connections\/[^/?]+\/(rosters|positions|roster-profile\/propose)\/?(\?|$)/.test(url);
  return !isFile && /^application\/json *(;|$)/i.test(headers['content-type'] ?? '');
}
