import { expect, test } from 'vitest';
import { readCursor, writeCursor } from '../../src/events/cursor.ts';
import { setClaims, shownEvent } from '../../src/events/payload.ts';
import { FEED_TYPES, kindsOf, typesOf } from '../../src/events/types.ts';
import { EVENT_KINDS, type GangwayEvent } from '../../src/model/event.ts';

const PERSON = '01a20000-0000-7000-8000-000000000001';
const SCIM = 'urn:ietf:params:scim:event:prov:';
const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
const anEvent = (more: Partial<GangwayEvent>): GangwayEvent => ({
  position: 7,
  id: 'event',
  at: new Date('2026-11-22T09:00:00.500Z'),
  kind: 'person.create',
  written: more.kind ?? 'person.create',
  sourceId: PERSON,
  connectionId: 'connection',
  targetId: null,
  personId: PERSON,
  detail: {},
  ...more,
});

test.for([
  {
    name: 'a new person is a notice with the names of attributes',
    event: { detail: { attributes: ['userName', 'name'] } },
    events: { [`${SCIM}create:notice`]: { attributes: ['userName', 'name'] } },
  },
  {
    name: 'a PATCH that deactivates is two events of one change',
    event: { kind: 'person.deactivate', written: 'person.patch', detail: { attributes: ['active'] } },
    events: { [`${SCIM}patch:notice`]: { attributes: ['active'] }, [`${SCIM}deactivate`]: {} },
  },
  {
    name: 'a PUT that activates is, too',
    event: { kind: 'person.activate', written: 'person.put', detail: { attributes: ['userName'] } },
    events: { [`${SCIM}put:notice`]: { attributes: ['userName'] }, [`${SCIM}activate`]: {} },
  },
  {
    name: 'whoever is missing from a roster is deactivated',
    event: { kind: 'person.deactivate', written: 'person.deactivate' },
    events: { [`${SCIM}deactivate`]: {} },
  },
  {
    name: 'a deleted person is told without more',
    event: { kind: 'person.delete' },
    events: { [`${SCIM}delete`]: {} },
  },
] as { name: string; event: Partial<GangwayEvent>; events: object }[])('RFC 9967: $name', ({ event, events }) => {
  expect(setClaims(anEvent(event), 'tenant')).toEqual({
    jti: 'event',
    toe: 1_795_338_000,
    sub_id: { format: 'scim', uri: `/Users/${PERSON}` },
    events,
  });
});

test('CAEP: a suspended account is a revoked session of that account, under the id of the action', () => {
  const event = anEvent({ kind: 'account.suspend', sourceId: 'action', targetId: 'app', detail: { account: 'r1' } });
  expect(setClaims(event, 'tenant')).toMatchObject({
    txn: 'action',
    sub_id: {
      format: 'complex',
      user: { format: 'opaque', id: 'r1' },
      application: { format: 'opaque', id: 'app' },
      tenant: { format: 'opaque', id: 'tenant' },
    },
    events: { [CAEP]: { event_timestamp: 1_795_338_000, initiating_entity: 'policy' } },
  });
});

test('the feed shows ids and names, whatever it is about', () => {
  const run = anEvent({ kind: 'run.end', sourceId: 'r', personId: null, detail: { run: 'roster', state: 'done' } });
  expect(shownEvent(run)).toEqual({
    id: 'event',
    at: run.at,
    type: 'gangway.run.end',
    connection: 'connection',
    run: 'r',
    kind: 'roster',
    state: 'done',
  });
  const invite = anEvent({ kind: 'account.invite', sourceId: 'a', targetId: 'app', detail: { account: 'r1' } });
  expect(shownEvent(invite)).toMatchObject({
    type: 'gangway.account.invite',
    action: 'a',
    account: 'r1',
    target: 'app',
  });
});

test('every kind has one type in the feed; tokens carry those that their receivers know', () => {
  expect(new Set(FEED_TYPES).size).toBe(EVENT_KINDS.length);
  expect(kindsOf('webhook', null)).toEqual(EVENT_KINDS);
  expect(kindsOf('set-push', null)).toEqual([
    ...EVENT_KINDS.filter((kind) => kind.startsWith('person.')),
    'account.suspend',
  ]);
  expect(kindsOf('set-poll', [CAEP])).toEqual(['account.suspend']);
  expect(typesOf('set-poll')).toContain(CAEP);
  expect(typesOf('webhook')).not.toContain(CAEP);
});

test('a cursor comes back as the place that it was made of, and nothing else is one', () => {
  for (const position of [0, 1, 9_007_199_254_740]) expect(readCursor(writeCursor(position))).toBe(position);
  for (const text of ['', 'x', '12', Buffer.from('events -1').toString('base64url'), 'é']) {
    expect(() => readCursor(text)).toThrow('take the `next`');
  }
});
