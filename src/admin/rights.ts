import type { Feature } from '../model/feature.ts';
import type { Need } from '../model/principal.ts';

/** What a route demands of whoever asks. */
export type Demand = {
  need: Need;
  /** The body names who answers for it (`actor`). */
  signed?: true;
  /** Signed-in operators must have proved who they are a moment ago. */
  fresh?: true;
  /** It is about no single tenant: the rights in any of them count. */
  anywhere?: true;
  /** Whoever runs the installation alone may do it: with its key. */
  installation?: true;
  /** An installation may keep it from a tenant (S48). What is set up already goes on. */
  feature?: Feature;
};

const everybody = { need: [['people', 'integrations', 'audit']] } satisfies Demand;
const steerPeople = { need: [['people']] } satisfies Demand;
const seePeople = { need: [['people', 'audit']] } satisfies Demand;
const integrate = { need: [['integrations']] } satisfies Demand;
const seeIntegrations = { need: [['integrations', 'audit']] } satisfies Demand;
const both = { need: [['people'], ['integrations']] } satisfies Demand;
const sendRosters = { need: [['people', 'rosters']] } satisfies Demand;
const seeRuns = { need: [['people', 'integrations', 'audit', 'rosters']] } satisfies Demand;
const showAccounts = { need: [['people', 'badges']] } satisfies Demand;
const own = { need: [['owner']] } satisfies Demand;
const ownFresh = { need: [['owner']], fresh: true } satisfies Demand;
// what is decided on is of one kind or the other, and the kind has a need of its own (plans/rights.ts)
const decide = { need: [['people', 'integrations']], signed: true } satisfies Demand;
const answerForPeople = { ...steerPeople, signed: true } satisfies Demand;

/** What each route of the admin API demands. One that is missing here answers to the installation's key alone. */
export const DEMANDS: Readonly<Record<string, Demand>> = {
  'GET /me': { need: [], anywhere: true },
  'PUT /me': { need: [], anywhere: true },
  'GET /tenants': { need: [], anywhere: true },
  'POST /tenants': { ...ownFresh, anywhere: true },
  'PUT /tenants/:id/denied': { need: [], anywhere: true, installation: true },
  'GET /operators': own,
  'POST /operators': ownFresh,
  'PUT /operators/:id/role': ownFresh,
  'DELETE /operators/:id': ownFresh,
  'POST /operators/:id/link': ownFresh,
  'GET /operators/:id/sessions': own,
  'DELETE /operators/:id/sessions': ownFresh,
  'GET /technical-users': own,
  'POST /technical-users': ownFresh,
  'DELETE /technical-users/:id': ownFresh,
  'GET /technical-users/:id/keys': own,
  'POST /technical-users/:id/keys': ownFresh,
  'POST /technical-users/:id/keys/rotate': ownFresh,
  'DELETE /technical-users/:id/keys/:keyId': ownFresh,

  'GET /home': everybody,
  'GET /audit': { need: [['audit']] },

  'GET /events': everybody,
  'GET /event-streams': seeIntegrations,
  'GET /event-streams/:id': seeIntegrations,
  'POST /event-streams': integrate,
  'PATCH /event-streams/:id': integrate,
  'DELETE /event-streams/:id': integrate,
  'POST /event-streams/:id/rotate': integrate,
  'GET /signing-keys': { ...own, anywhere: true },
  'POST /signing-keys/rotate': { ...ownFresh, anywhere: true },
  'GET /target-kinds': seeIntegrations,
  'GET /targets': seeIntegrations,
  'GET /targets/:id': seeIntegrations,
  'POST /targets': integrate,
  'PATCH /targets/:id': integrate,
  'DELETE /targets/:id': integrate,
  'POST /targets/:id/check': integrate,
  'GET /targets/:id/accounts/:remoteId/managed': { need: [['people', 'audit', 'badges']] },
  'POST /targets/:id/badges': showAccounts,
  'POST /targets/:id/badge-key': integrate,

  'GET /connections': everybody,
  'POST /connections': integrate,
  'GET /connections/:id': everybody,
  'PATCH /connections/:id': integrate,
  'PUT /connections/:id/targets/:targetId': integrate,
  'DELETE /connections/:id/targets/:targetId': integrate,
  'GET /connections/:id/tokens': seeIntegrations,
  'POST /connections/:id/tokens': { ...integrate, feature: 'scim' },
  'GET /connections/:id/clients': seeIntegrations,
  'POST /connections/:id/clients': { ...integrate, feature: 'scim' },
  'GET /connections/:id/quirks': seeIntegrations,
  'GET /connections/:id/requests': seeIntegrations,
  'GET /connections/:id/requests/:requestId': seeIntegrations,
  'GET /connections/:id/request-log': seeIntegrations,
  'PUT /connections/:id/request-log': integrate,
  'POST /connections/:id/opening-check': integrate,
  'GET /connections/:id/capabilities': seeIntegrations,
  'GET /connections/:id/first-plan': everybody,
  'POST /connections/:id/enable': both,
  'POST /connections/:id/pause': integrate,
  'POST /connections/:id/disconnect': both,
  'POST /connections/:id/connect': integrate,
  'GET /connections/:id/policy': seeIntegrations,
  'PUT /connections/:id/policy': integrate,
  'POST /connections/:id/policy/preview': integrate,
  'GET /connections/:id/mapping': seeIntegrations,
  'PUT /connections/:id/mapping': { ...integrate, feature: 'mapping' },
  'POST /connections/:id/mapping/preview': integrate,
  'POST /connections/:id/mapping/test': integrate,
  'GET /connections/:id/mapping/unmatched': seeIntegrations,
  'GET /connections/:id/reconcile': everybody,
  'POST /connections/:id/reconcile': integrate,
  'POST /connections/:id/rosters': { ...sendRosters, feature: 'rosters' },
  'POST /connections/:id/positions': { ...sendRosters, feature: 'rosters' },
  'GET /connections/:id/roster-profile': everybody,
  'PUT /connections/:id/roster-profile': integrate,
  'POST /connections/:id/roster-profile/propose': integrate,
  'GET /connections/:id/feed': seeIntegrations,
  'PUT /connections/:id/feed': { ...integrate, feature: 'feeds' },
  'DELETE /connections/:id/feed': integrate,
  'GET /connections/:id/feed/schedule': seeIntegrations,
  'POST /connections/:id/feed/test': integrate,
  'POST /connections/:id/feed/fetch': integrate,
  'GET /connections/:id/notice-list': seeIntegrations,
  'PUT /connections/:id/notice-list': integrate,
  'POST /connections/:id/notice-list/test': integrate,

  'GET /policy': seeIntegrations,
  'PUT /policy': integrate,
  'GET /notice-list': seeIntegrations,
  'PUT /notice-list': integrate,
  'POST /notice-list/test': integrate,
  'GET /notices': everybody,
  'GET /extensions': seeIntegrations,
  'GET /extensions/:urn': seeIntegrations,
  'PUT /extensions/:urn': integrate,
  'DELETE /extensions/:urn': integrate,
  'DELETE /clients/:id': integrate,
  'GET /tokens': seeIntegrations,
  'DELETE /tokens/:id': integrate,

  'GET /holds': seePeople,
  'GET /holds/:id': seePeople,
  'POST /holds/:id/release': answerForPeople,
  'POST /holds/:id/discard': answerForPeople,
  'GET /plans': everybody,
  'GET /plans/:id': everybody,
  'POST /plans': decide,
  'POST /plans/:id/approve': decide,
  'POST /plans/:id/discard': decide,
  'POST /plans/:id/apply': decide,

  'GET /runs': everybody,
  'GET /runs/:id': seeRuns,
  'GET /runs/:id/events': seeRuns,
  'GET /runs/:id/errors': { need: [['people', 'audit', 'rosters']] },
  'GET /runs/:id/rejects': { need: [['people', 'audit', 'rosters']] },
  'GET /runs/:id/rows': { need: [['people', 'audit', 'rosters']] },
  'POST /runs/:id/release': answerForPeople,
  'POST /runs/:id/discard': answerForPeople,

  'GET /people': seePeople,
  'GET /people/:id': seePeople,
  'GET /people/:id/timeline': seePeople,
  'POST /people/:id/sync': steerPeople,
  'GET /people/:id/plan': seePeople,
  'POST /people/:id/invite': { ...steerPeople, feature: 'invites' },
  'POST /people/:id/adopt': steerPeople,
  'POST /people/:id/recover': answerForPeople,
  'POST /people/:id/follow': answerForPeople,
  'GET /people/:id/memberships': seePeople,
  'POST /people/:id/memberships': steerPeople,
  'DELETE /people/:id/memberships': steerPeople,
  'GET /people/:id/managed': seePeople,

  'GET /groups': seePeople,
  'GET /groups/:id': seePeople,
  'GET /groups/:id/members': seePeople,

  'GET /invites': seePeople,
  'GET /invites/offers': seePeople,
  'GET /invites/:id': seePeople,
  'POST /invites/batch': { ...steerPeople, feature: 'invites' },
  'POST /invites/print': steerPeople,
  'POST /invites/:id/resend': steerPeople,
  'POST /invites/:id/revoke': steerPeople,
  'POST /invites/:id/accept': steerPeople,
  'POST /invites/:id/delivery': steerPeople,
};
