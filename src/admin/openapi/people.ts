import { z } from 'zod';
import { Adoption, InviteWish } from '../decide.ts';
import { GroupsWish, MembersWish } from '../groups.ts';
import { Batch } from '../invite-batch.ts';
import { Delivery, Query as InviteQuery, Print, Resend } from '../invites.ts';
import { Membership } from '../memberships.ts';
import { By, Query as NamedPeople } from '../people.ts';
import { PeopleWish } from '../people-list.ts';
import { SyncWish, TimelineWish } from '../person-history.ts';
import * as answers from './answers.ts';
import { type Described, describe } from './route.ts';

const ONE = '/people/{id}';

/** People, their groups, and their invites. */
export const PEOPLE_ROUTES: readonly Described[] = [
  describe(['get', '/people'], 'People: searched, filtered, page by page, or as CSV', answers.People, {
    query: z.union([PeopleWish, NamedPeople]),
    types: ['text/csv'],
  }),
  describe(['get', ONE], 'All that is known of one person', answers.Person),
  describe(['get', `${ONE}/timeline`], 'What happened to them, the latest first', answers.Timeline, {
    query: TimelineWish,
  }),
  describe(['get', `${ONE}/plan`], 'What would be done for them now', z.looseObject({ targets: z.array(z.unknown()) })),
  describe(['post', `${ONE}/sync`], 'Look at their accounts now', answers.Decided, { body: SyncWish, status: 202 }),
  describe(['post', `${ONE}/invite`], 'Invite them', answers.Decided, { body: InviteWish, status: 202 }),
  describe(['post', `${ONE}/adopt`], 'Take over the account that exists already', answers.Decided, {
    body: Adoption,
    status: 202,
  }),
  describe(['post', `${ONE}/recover`], 'Give suspended accounts back', answers.Decided, { body: By, status: 202 }),
  describe(['post', `${ONE}/follow`], 'Let the source count again', answers.Decided, { body: By, status: 202 }),
  describe(['get', `${ONE}/memberships`], 'Their groups at each target, and who gave them', answers.Memberships),
  describe(['post', `${ONE}/memberships`], 'Put them into a group by hand', answers.Anything, {
    body: Membership,
    status: 201,
  }),
  describe(['delete', `${ONE}/memberships`], 'Take back what was given by hand', null, { query: Membership }),
  describe(
    ['get', `${ONE}/managed`],
    'Which attributes of their accounts are managed, and which are locked',
    z.looseObject({ id: z.string(), targets: z.array(z.unknown()) }),
  ),
  describe(['get', '/groups'], 'Groups of the sources by name', answers.Groups, { query: GroupsWish }),
  describe(['get', '/groups/{id}'], 'One group', answers.Group),
  describe(['get', '/groups/{id}/members'], 'Who is in it directly', answers.Members, { query: MembersWish }),
  describe(['get', '/invites'], 'Invites by age, or as CSV', answers.Invites, {
    query: InviteQuery,
    types: ['text/csv'],
  }),
  describe(['post', '/invites/batch'], 'Invite many people', z.looseObject({ results: z.array(z.unknown()) }), {
    body: Batch,
    status: 202,
  }),
  describe(['post', '/invites/print'], 'Sheets with codes to hand out', answers.Anything, {
    body: Print,
    types: ['text/html'],
  }),
  describe(['get', '/invites/offers'], 'What can be chosen for an account, target by target', answers.Offers),
  describe(['get', '/invites/{id}'], 'One invite', answers.Invite),
  describe(['post', '/invites/{id}/resend'], 'Send it once more', answers.Invite, { body: Resend }),
  describe(['post', '/invites/{id}/revoke'], 'Take it back', answers.Invite),
  describe(['post', '/invites/{id}/accept'], 'Accept it for somebody', answers.Invite),
  describe(['post', '/invites/{id}/delivery'], 'Tell what became of the message', answers.Invite, { body: Delivery }),
];
