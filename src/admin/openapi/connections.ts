import { FeedInput, ScheduleInput } from '../../feeds/change.ts';
import { NewClient } from '../clients.ts';
import { Change } from '../connection-changes.ts';
import { Query as LifeQuery } from '../connection-life.ts';
import { Query as ListQuery, NewConnection } from '../connections.ts';
import { ConnectionList, Test } from '../notice-list.ts';
import { OpeningWish } from '../opening-check.ts';
import { policyDocument } from '../policy-document.ts';
import { RequestLogWish, Query as RequestQuery } from '../requests.ts';
import { Hints } from '../roster-profile.ts';
import { Positions, Query as RosterQuery } from '../rosters.ts';
import { Request } from '../runs.ts';
import { NewToken } from '../tokens.ts';
import * as answers from './answers.ts';
import { type Described, describe } from './route.ts';

const ONE = '/connections/{id}';
const FILES = ['text/csv', 'application/xml', 'application/json'];

/** Connections and all that belongs to one. */
export const CONNECTION_ROUTES: readonly Described[] = [
  describe(['get', '/connections'], 'All connections with the ids of their targets', answers.Connections, {
    query: ListQuery,
  }),
  describe(['post', '/connections'], 'Make a connection; nothing leaves before it is enabled', answers.Connection, {
    body: NewConnection,
    status: 201,
  }),
  describe(['get', ONE], 'One connection: its targets, its people, and how far its set-up is', answers.OneConnection),
  describe(['patch', ONE], 'Change its name or its profile', answers.Connection, { body: Change }),
  describe(['put', `${ONE}/targets/{targetId}`], 'Let a target follow it', null),
  describe(['delete', `${ONE}/targets/{targetId}`], 'Let a target follow it no more', null),
  describe(['get', `${ONE}/first-plan`], 'What enabling it would do, target by target', answers.AtTargets),
  describe(['post', `${ONE}/enable`], 'Enable it: what waits may leave', answers.Connection),
  describe(['post', `${ONE}/pause`], 'Pause it: nothing leaves', answers.Connection),
  describe(['post', `${ONE}/disconnect`], 'Disconnect it for good, or see what that would do', answers.Anything, {
    query: LifeQuery,
  }),
  describe(['post', `${ONE}/connect`], 'Connect it again', answers.Connection),
  describe(['get', `${ONE}/capabilities`], 'What works at each target, and why something does not', answers.AtTargets),
  describe(['get', `${ONE}/tokens`], 'Its live tokens', answers.Tokens),
  describe(['post', `${ONE}/tokens`], 'Make a token; it is shown here and never again', answers.NewSecret, {
    body: NewToken,
    status: 201,
  }),
  describe(['get', `${ONE}/clients`], 'Its OAuth clients', answers.Clients),
  describe(['post', `${ONE}/clients`], 'Make an OAuth client; its secret is shown here alone', answers.NewSecret, {
    body: NewClient,
    status: 201,
  }),
  describe(['get', `${ONE}/quirks`], 'What it sends though the RFC does not allow it', answers.Quirks),
  describe(['get', `${ONE}/requests`], 'Its last SCIM requests, the newest first (docs/support.md)', answers.Requests, {
    query: RequestQuery,
  }),
  describe(['get', `${ONE}/requests/{requestId}`], 'One of them, with what was sent and answered', answers.OneRequest),
  describe(['get', `${ONE}/request-log`], 'Until when those that succeed are kept, too', answers.RequestLog),
  describe(['put', `${ONE}/request-log`], 'Keep those that succeed, too, for a day at most', answers.RequestLog, {
    body: RequestLogWish,
  }),
  describe(['post', `${ONE}/opening-check`], 'Play what its client asks first', answers.OpeningCheck, {
    body: OpeningWish,
  }),
  describe(['get', `${ONE}/policy`], 'Its policy, and where each part comes from', answers.Policy),
  describe(['put', `${ONE}/policy`], 'Set its policy', answers.Policy, { body: policyDocument }),
  describe(['post', `${ONE}/policy/preview`], 'What another policy would change', answers.Anything, {
    body: policyDocument,
  }),
  describe(['get', `${ONE}/mapping`], 'Its mapping', answers.Mapping),
  describe(['put', `${ONE}/mapping`], 'Set its mapping (docs/mapping.md)', answers.Mapping, { body: answers.Anything }),
  describe(['post', `${ONE}/mapping/preview`], 'What another mapping would change', answers.Anything, {
    body: answers.Anything,
  }),
  describe(['post', `${ONE}/mapping/test`], 'What a mapping makes of one person', answers.Anything, {
    body: answers.Anything,
  }),
  describe(['get', `${ONE}/mapping/unmatched`], 'Values that its tables do not name', answers.Anything, {
    types: ['text/csv'],
  }),
  describe(['get', `${ONE}/reconcile`], 'Its last and next reconcile run at each target', answers.Rhythm),
  describe(['post', `${ONE}/reconcile`], 'Compare all accounts now', answers.Runs, { body: Request, status: 202 }),
  describe(['post', `${ONE}/rosters`], 'Upload a roster', answers.OneRun, {
    query: RosterQuery,
    upload: FILES,
    status: 202,
  }),
  describe(['post', `${ONE}/positions`], 'Upload positions', answers.OneRun, { query: Positions, upload: FILES }),
  describe(['get', `${ONE}/roster-profile`], 'How its rosters are read', answers.Profile),
  describe(['put', `${ONE}/roster-profile`], 'Set how its rosters are read (docs/rosters.md)', answers.Profile, {
    body: answers.Anything,
  }),
  describe(['post', `${ONE}/roster-profile/propose`], 'Propose a profile from a file', answers.Anything, {
    query: Hints,
    upload: FILES,
  }),
  describe(['get', `${ONE}/feed`], 'Where it fetches its roster', answers.Anything),
  describe(['put', `${ONE}/feed`], 'Set where it fetches its roster; secrets never come out', answers.Anything, {
    body: FeedInput,
  }),
  describe(['delete', `${ONE}/feed`], 'Fetch no more', null),
  describe(['get', `${ONE}/feed/schedule`], 'The next times of a schedule', answers.Times, { query: ScheduleInput }),
  describe(['post', `${ONE}/feed/test`], 'Try a feed out, the stored one where none is sent', answers.Anything, {
    body: FeedInput,
  }),
  describe(['post', `${ONE}/feed/fetch`], 'Fetch now', answers.Anything, { status: 202 }),
  describe(['get', `${ONE}/notice-list`], 'Who gets its notices', answers.NoticeList),
  describe(['put', `${ONE}/notice-list`], 'Set who gets its notices', answers.NoticeList, { body: ConnectionList }),
  describe(['post', `${ONE}/notice-list/test`], 'Mail a test', answers.Anything, { body: Test }),
];
