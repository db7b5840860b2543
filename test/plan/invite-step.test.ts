import { describe, expect, test } from 'vitest';
import type { Invite, InviteState } from '../../src/model/invite.ts';
import type { Link } from '../../src/model/link.ts';
import { type InviteFacts, inviteStep, nextReminder } from '../../src/plan/invite-step.ts';

const now = new Date('2026-12-01T08:00:00Z');
const later = new Date('2026-12-04T08:00:00Z');
const muchLater = new Date('2026-12-15T08:00:00Z');
const earlier = new Date('2026-11-30T08:00:00Z');

const invite = (state: InviteState, more: Partial<Invite> = {}): Invite => ({
  tenantId: 't',
  id: 'i',
  targetId: 'a',
  personId: 'p',
  connectionId: 'c',
  cause: 'one',
  channel: 'email',
  state,
  renewable: false,
  confirmed: true,
  language: 'en',
  edition: 0,
  sends: 0,
  failures: 0,
  bounces: 0,
  reminders: 0,
  createdAt: earlier,
  sentAt: null,
  nextAt: null,
  expiresAt: null,
  acceptedAt: null,
  lastAnswer: null,
  location: null,
  batch: null,
  ...more,
});
const link = (state: Link['state'], origin: Link['origin'] = 'invited') => ({ state, origin });
const facts = (more: Partial<InviteFacts> = {}): InviteFacts => ({
  wanted: true,
  quiet: false,
  link: link('invited'),
  cause: 'one',
  ...more,
});
const sent = invite('sent', { sentAt: earlier, nextAt: later, expiresAt: muchLater });

describe('what is next for an invite', () => {
  test.for([
    ['no invite, an account that we made', null, {}, 'make'],
    ['no invite, an adopted account', null, { link: link('invited', 'adopted'), cause: null }, 'none'],
    ['no invite, no account', null, { link: null, cause: null }, 'none'],
    ['no invite, the account is being made', null, { link: link('inviting') }, 'none'],
    ['no invite, the account is active already', null, { link: link('active') }, 'none'],
    ['no invite, the person has left', null, { wanted: false }, 'none'],
    ['an accepted one', invite('accepted'), {}, 'none'],
    ['an expired one', invite('expired'), {}, 'none'],
    ['one that somebody revoked', invite('revoked'), {}, 'none'],
    ['one that was revoked because they left, and they are back', invite('revoked', { renewable: true }), {}, 'make'],
    ['such a one while they are away', invite('revoked', { renewable: true }), { wanted: false }, 'none'],
    ['such a one, the account is active', invite('revoked', { renewable: true }), { link: link('active') }, 'none'],
    ['a revoked one of a former account', invite('revoked'), { cause: 'two' }, 'make'],
    ['an open one of a former account', sent, { cause: 'two' }, 'revoke'],
    ['an open one, the person has left', sent, { wanted: false }, 'revoke'],
    ['an open one, the account is suspended', sent, { link: link('suspended') }, 'revoke'],
    ['an open one, the account is gone', sent, { link: null }, 'revoke'],
    ['an open one, the account is active', sent, { link: link('active') }, 'accept'],
    ['one that was being sent', invite('sending'), {}, 'unconfirmed'],
    ['one that was being sent, paused since', invite('sending'), { quiet: true }, 'unconfirmed'],
    ['a queued one, paused', invite('queued'), { quiet: true }, 'wait'],
    ['a queued one', invite('queued'), {}, 'send'],
    ['a queued one that is to be tried later', invite('queued', { nextAt: later }), {}, 'wait'],
    ['a first bounce, a day not over', invite('bounced', { nextAt: later }), {}, 'wait'],
    ['a first bounce, a day later', invite('bounced', { nextAt: now }), {}, 'send'],
    ['a second bounce', invite('bounced'), {}, 'none'],
    ['a sent one', sent, {}, 'wait'],
    ['a sent one, reminder due', { ...sent, nextAt: earlier }, {}, 'remind'],
    ['a delivered one, reminder due', { ...sent, state: 'delivered' as const, nextAt: now }, {}, 'remind'],
    ['a sent one that is over', { ...sent, nextAt: earlier, expiresAt: now }, {}, 'expire'],
    ['a printed one', { ...sent, nextAt: null }, {}, 'wait'],
  ] as [string, Invite | null, Partial<InviteFacts>, string][])('%s', ([_, before, more, kind]) => {
    expect(inviteStep(before, facts(more), now).kind).toBe(kind);
  });

  test('a wait ends with what comes first', () => {
    expect(inviteStep(sent, facts(), now)).toEqual({ kind: 'wait', until: later });
    expect(inviteStep({ ...sent, nextAt: null }, facts(), now)).toEqual({ kind: 'wait', until: muchLater });
  });
});

test.for([
  ['the first', 0, [3, 7], '2026-12-04'],
  ['the second, whatever the order', 1, [7, 3], '2026-12-08'],
  ['no third', 2, [3, 7], null],
  ['none after the end', 0, [14], null],
  ['none at all', 0, [], null],
] as const)('%s reminder', ([_, reminders, afterDays, day]) => {
  const next = nextReminder(now, reminders, { afterDays, expireDays: 14 });
  expect(next?.toISOString().slice(0, 10) ?? null).toBe(day);
});
