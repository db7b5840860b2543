import { z } from 'zod';
import { AuditWish } from '../audit.ts';
import { BadgesWish } from '../badges.ts';
import { Decision as HoldDecision, People as HoldPeople } from '../holds.ts';
import { TenantList, Test } from '../notice-list.ts';
import { Query as NoticeQuery } from '../notices.ts';
import { Decision as PlanDecision, Query as PlanQuery, Wish } from '../plans/routes.ts';
import { policyDocument } from '../policy-document.ts';
import { RejectsWish, RowsWish } from '../roster-rows.ts';
import { Format, Decision as RosterDecision } from '../roster-runs.ts';
import { Query as RunQuery } from '../runs.ts';
import { Change } from '../target-changes.ts';
import { NewTarget } from '../targets.ts';
import { DeniedInput, NewTenant } from '../tenants.ts';
import { EndingWish } from '../tokens.ts';
import * as answers from './answers.ts';
import { type Described, describe } from './route.ts';

const forced = z.object({ force: z.enum(['true', 'false']).optional() });

/** The installation, the tenant's targets and rules, and what waits for somebody. */
export const OPERATION_ROUTES: readonly Described[] = [
  describe(['get', '/tenants'], 'All tenants', answers.Tenants),
  describe(['post', '/tenants'], 'Make a tenant', answers.Tenant, { body: NewTenant, status: 201 }),
  describe(['put', '/tenants/{id}/denied'], 'Keep features from a tenant, with the reason', answers.Tenant, {
    body: DeniedInput,
  }),
  describe(['get', '/home'], 'What needs a human, and what happened', answers.Home),
  describe(['get', '/audit'], 'Who changed what, the newest first, or as CSV', answers.Audit, {
    query: AuditWish,
    types: ['text/csv'],
  }),
  describe(['get', '/target-kinds'], 'What a target of each kind is set up with', answers.TargetKinds),
  describe(['get', '/targets'], 'All targets, without their secrets', answers.Targets),
  describe(['post', '/targets'], 'Make a target; its secrets never come out', answers.Target, {
    body: NewTarget,
    status: 201,
  }),
  describe(['get', '/targets/{id}'], 'One target, with the names of its secrets', answers.OneTarget),
  describe(['patch', '/targets/{id}'], 'Change it: what is left out stays, null removes', answers.Target, {
    body: Change,
  }),
  describe(['delete', '/targets/{id}'], 'Remove a target that nobody follows', null),
  describe(['post', '/targets/{id}/check'], 'Ask the target whether it answers and takes our secret', answers.Checked),
  describe(
    ['get', '/targets/{id}/accounts/{remoteId}/managed'],
    'What manages an account of its',
    answers.ManagedAccount,
  ),
  describe(['post', '/targets/{id}/badges'], 'Badges for its accounts (docs/badge.md)', answers.Badges, {
    body: BadgesWish,
  }),
  describe(
    ['post', '/targets/{id}/badge-key'],
    'Make a key that signs badges; it is shown here alone',
    answers.BadgeKey,
    {
      status: 201,
    },
  ),
  describe(['get', '/policy'], 'The tenant’s own defaults', answers.Policy),
  describe(['put', '/policy'], 'Set the tenant’s own defaults', answers.Policy, { body: policyDocument }),
  describe(['get', '/notice-list'], 'Who gets notices of all connections', answers.NoticeList),
  describe(['put', '/notice-list'], 'Set who gets them', answers.NoticeList, { body: TenantList }),
  describe(['post', '/notice-list/test'], 'Mail a test', answers.Anything, { body: Test }),
  describe(['get', '/notices'], 'What somebody was, or could have been, told of', answers.Notices, {
    query: NoticeQuery,
  }),
  describe(['get', '/extensions'], 'Attributes of the tenant’s own', answers.Extensions),
  describe(['get', '/extensions/{urn}'], 'One extension schema', answers.Anything),
  describe(['put', '/extensions/{urn}'], 'Declare an extension (docs/extensions.md)', answers.Anything, {
    query: forced,
    body: answers.Anything,
  }),
  describe(['delete', '/extensions/{urn}'], 'Remove an extension', null, { query: forced }),
  describe(['delete', '/clients/{id}'], 'Revoke an OAuth client', null),
  describe(['get', '/tokens'], 'Tokens of all connections that end soon', answers.EndingTokens, { query: EndingWish }),
  describe(['delete', '/tokens/{id}'], 'Revoke a token, at once', null),
  describe(['get', '/holds'], 'Losses of access that wait for a human', answers.Holds),
  describe(['get', '/holds/{id}'], 'One hold with its people, or as CSV', answers.OneHold, {
    query: HoldPeople,
    types: ['text/csv'],
  }),
  describe(['post', '/holds/{id}/release'], 'Let them go', answers.Anything, { body: HoldDecision }),
  describe(['post', '/holds/{id}/discard'], 'Keep them', answers.Anything, { body: HoldDecision }),
  describe(['get', '/plans'], 'The newest plans', answers.Plans, { query: PlanQuery }),
  describe(['post', '/plans'], 'Look at a change without making it (docs/plans.md)', answers.Plan, {
    body: Wish,
    status: 201,
  }),
  describe(['get', '/plans/{id}'], 'One plan', answers.Plan),
  describe(['post', '/plans/{id}/approve'], 'Approve it, as a second person', answers.Plan, { body: PlanDecision }),
  describe(['post', '/plans/{id}/apply'], 'Make the change, if it would still do the same', answers.Plan, {
    body: PlanDecision,
  }),
  describe(['post', '/plans/{id}/discard'], 'Give it up', answers.Plan, { body: PlanDecision }),
  describe(['get', '/runs'], 'The newest runs', answers.Runs, { query: RunQuery }),
  describe(['get', '/runs/{id}'], 'One run', answers.Run),
  describe(['get', '/runs/{id}/events'], 'How far it is, as server-sent events', answers.Anything, {
    types: ['text/event-stream'],
  }),
  describe(['get', '/runs/{id}/errors'], 'What was not taken, with reasons', answers.Anything, {
    query: Format,
    types: ['text/csv', 'application/xml'],
  }),
  describe(['get', '/runs/{id}/rejects'], 'The rows that were not taken, a page at a time', answers.RunRows, {
    query: RejectsWish,
  }),
  describe(['get', '/runs/{id}/rows'], 'Who would be new, changed, back or missing', answers.RunRows, {
    query: RowsWish,
  }),
  describe(['post', '/runs/{id}/release'], 'Apply a roster that was held', answers.OneRun, {
    body: RosterDecision,
    status: 202,
  }),
  describe(['post', '/runs/{id}/discard'], 'Give a held roster up', answers.OneRun, { body: RosterDecision }),
];
