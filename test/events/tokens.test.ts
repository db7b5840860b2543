import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { addStream, feed, type StreamBody, streamNow, tryNow } from '../support/streams.ts';

const SCIM = 'urn:ietf:params:scim:event:prov:';
const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
const AUDIENCE = 'https://receiver.example';

let gangway: Gangway;
let names = 0;
beforeAll(async () => {
  gangway = await startGangway();
  await gangway.admin('GET', '/events'); // who asks first begins the feed
});
afterAll(() => gangway?.stop());

const post = async (name: string) => {
  const { origin } = gangway.running; // another one after the rotation
  const response = await fetch(`${origin}/scim/v2/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gangway.token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(scimUser(name)),
  });
  return String(((await response.json()) as { id: string }).id);
};
const join = async () => {
  const id = await post(`p${++names}`);
  await settled(gangway.db);
  return id;
};
type Published = { issuer: string; jwks_uri: string; keys: { kid: string }[] };
const wellKnown = async (name: string) =>
  (await (await fetch(`${gangway.running.origin}/.well-known/${name}`)).json()) as Published;

/** As a receiver does it: by the keys that the issuer publishes, for its own audience, and by type. */
async function verified(token: string): Promise<JWTPayload & { events: Record<string, unknown> }> {
  const { issuer, jwks_uri: keys } = await wellKnown('ssf-configuration');
  const jwks = createRemoteJWKSet(new URL(keys));
  const { payload } = await jwtVerify(token, jwks, { issuer, audience: AUDIENCE, typ: 'secevent+jwt' });
  return payload as JWTPayload & { events: Record<string, unknown> };
}

describe('tokens by push (RFC 8935)', { shuffle: false }, () => {
  let receiver: EventReceiver;
  let stream: StreamBody;
  beforeAll(async () => {
    receiver = await startEventReceiver();
    const options = { audience: AUDIENCE, url: receiver.url, token: 'their-token' };
    stream = await addStream(gangway.admin, { name: 'push', kind: 'set-push', ...options });
  });
  afterAll(() => receiver?.stop());
  const taken = (number: number) =>
    eventually('they have arrived', async () => receiver.taken().length >= number && receiver.taken(), 30_000);

  test('a person comes and goes: signed notices without values, and a revoked session for their account', async () => {
    const id = await join();
    await gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: false }));
    await settled(gangway.db);
    const sent = await taken(3);
    expect(sent[0]?.headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      authorization: 'Bearer their-token',
    });
    const [created, deactivated, revoked] = await Promise.all(sent.map(({ body }) => verified(body)));
    expect(created?.['sub_id']).toEqual({ format: 'scim', uri: `/Users/${id}` });
    expect(created?.sub).toBeUndefined(); // RFC 9967 §2.1
    expect(created?.events[`${SCIM}create:notice`]).toMatchObject({ attributes: expect.arrayContaining(['userName']) });
    expect(Object.keys(deactivated?.events ?? {})).toEqual([`${SCIM}deactivate`, `${SCIM}patch:notice`]);
    const { rows } = await gangway.db.raw(
      `select id, detail->>'remoteId' as account from actions where kind = 'suspend'`,
    );
    expect(revoked).toMatchObject({ txn: rows[0].id, sub_id: { user: { format: 'opaque', id: rows[0].account } } });
    expect(Object.keys(revoked?.events ?? {})).toEqual([CAEP]);
    for (const claims of [created, deactivated]) expect(JSON.stringify(claims)).not.toMatch(/example\.com|Tester/);
    const ids = (await feed(gangway)).map((event) => event.id);
    expect([created, deactivated, revoked].every((claims) => ids.includes(String(claims?.jti)))).toBe(true);
  });

  test('one that refuses says why in its own words; the same token comes again', async () => {
    const body = '{"err":"invalid_key","description":"key is not known"}';
    receiver.answer = () => ({ status: 400, headers: { 'content-type': 'application/json' }, body });
    const before = receiver.taken().length;
    await join();
    const failing = await eventually('it was refused', async () => {
      const now = await streamNow(gangway, stream.id);
      return now.lastError !== null && now;
    });
    expect(failing.lastError).toContain('invalid_key: key is not known');
    receiver.answer = () => ({ status: 202 });
    await tryNow(gangway);
    const sent = await taken(before + 1);
    const refused = receiver.got.find(({ status }) => status === 400);
    expect((await verified(sent.at(-1)?.body ?? '')).jti).toBe((await verified(refused?.body ?? '')).jti);
  });

  test('its token goes nowhere else', async () => {
    const elsewhere = { url: 'https://attacker.example/events' };
    const moved = await gangway.admin('PATCH', `/event-streams/${stream.id}`, elsewhere);
    expect([moved.status, moved.body['detail']]).toEqual([422, expect.stringContaining('give token again')]);
    expect(JSON.stringify(await streamNow(gangway, stream.id))).not.toContain('their-token');
    const { rows } = await gangway.db.raw(`select detail::text as text from audit where action like 'event-stream.%'`);
    expect(JSON.stringify(rows)).not.toContain('their-token');
  });

  test('keys rotate: the new one signs, the former one is published for as long as tokens of it are on their way', async () => {
    const before = (await wellKnown('jwks.json')).keys;
    expect(before).toHaveLength(1);
    expect(JSON.stringify(before)).not.toContain('"d"');
    const former = receiver.taken().at(-1)?.body ?? '';
    const { status, body } = await gangway.admin('POST', '/signing-keys/rotate', {});
    expect([status, body['former']]).toEqual([201, before[0]?.kid]);
    expect((await wellKnown('jwks.json')).keys.map(({ kid }) => kid)).toEqual([body['kid'], before[0]?.kid]);
    const another = await gangway.another(); // it has no key in mind yet
    await gangway.running.stop();
    gangway.running = another;
    const number = receiver.taken().length;
    await join();
    const sent = await taken(number + 1);
    expect(decodeProtectedHeader(sent.at(-1)?.body ?? '').kid).toBe(body['kid']);
    expect((await keysTaking(former)).length).toBe(1);
    await gangway.db.raw(
      `update access.signing_keys set retired_at = now() - interval '8 days' where retired_at is not null`,
    );
    expect(await keysTaking(former)).toEqual([]);
  });
});

/** The published keys that have signed a token. */
async function keysTaking(token: string): Promise<string[]> {
  const { kid } = decodeProtectedHeader(token);
  const { keys } = await wellKnown('jwks.json');
  return keys.map((key) => key.kid).filter((each) => each === kid);
}

describe('tokens that are fetched (RFC 8936)', { shuffle: false }, () => {
  let stream: StreamBody;
  let admin: ReturnType<typeof adminOf>;
  beforeAll(async () => {
    admin = adminOf(gangway);
    stream = await addStream(admin, { name: 'poll', kind: 'set-poll', audience: AUDIENCE });
  });
  const poll = async (body: object = { returnImmediately: true }, key = stream.key) => {
    const answer = await fetch(stream.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { sets: Record<string, string>; moreAvailable: boolean },
    };
  };

  test('a set comes again until it is acknowledged, the oldest first', async () => {
    expect((await poll()).body).toEqual({ sets: {}, moreAvailable: false });
    for (const name of ['e', 'f', 'g']) await post(name);
    const first = (await poll({ returnImmediately: true, maxEvents: 2 })).body;
    expect([Object.keys(first.sets).length, first.moreAvailable]).toEqual([2, true]);
    const [one = '', two = ''] = Object.keys(first.sets);
    expect((await verified(first.sets[one] ?? '')).jti).toBe(one);
    expect(Object.keys((await poll({ returnImmediately: true, maxEvents: 2 })).body.sets)).toEqual([one, two]);
    const rest = (await poll({ returnImmediately: true, ack: [two] })).body; // out of turn
    expect(Object.keys(rest.sets)).toEqual([one, expect.any(String)]);
    const [, three = ''] = Object.keys(rest.sets);
    const last = (await poll({ returnImmediately: true, ack: [one, 'never heard of'] })).body;
    expect(Object.keys(last.sets)).toEqual([three]);
    expect((await poll({ returnImmediately: true, maxEvents: 0, ack: [three] })).body.sets).toEqual({});
    expect((await poll()).body).toEqual({ sets: {}, moreAvailable: false });
    expect(((await admin('GET', `/event-streams/${stream.id}`)).body as StreamBody).behind).toBe(0);
  });

  test('what a receiver cannot take is not given again, and is shown', async () => {
    await post('h');
    const [id = ''] = Object.keys((await poll()).body.sets);
    const setErrs = { [id]: { err: 'invalid_audience', description: 'for somebody else' } };
    expect((await poll({ returnImmediately: true, setErrs })).body.sets).toEqual({});
    const now = (await admin('GET', `/event-streams/${stream.id}`)).body as StreamBody;
    expect(now.lastError).toContain(`${id}: invalid_audience for somebody else`);
  });

  test('a receiver that waits is answered when something happens', async () => {
    const waiting = poll({});
    await new Promise((resolve) => setTimeout(resolve, 300));
    await post('i');
    const { sets } = (await waiting).body;
    expect(Object.keys(sets)).toHaveLength(1);
    await poll({ returnImmediately: true, maxEvents: 0, ack: Object.keys(sets) });
  });

  test('two that fetch at once, acknowledging whatever they get: together they miss nothing', async () => {
    const before = (await poll()).body;
    expect(before.sets).toEqual({});
    const seen = new Set<string>();
    const reader = async () => {
      let ack: string[] = [];
      for (let empty = 0; empty < 5; ) {
        const { body } = await poll({ returnImmediately: true, maxEvents: 3, ack });
        ack = Object.keys(body.sets);
        for (const id of ack) seen.add(id);
        empty = ack.length ? 0 : empty + 1;
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    };
    const writers = Array.from({ length: 12 }, (_, n) => post(`many${n}`));
    await Promise.all([reader(), reader(), ...writers]);
    const { body } = await admin('GET', `/events?limit=1000&type=${SCIM}create:notice`);
    const all = (body['events'] as { id: string }[]).map(({ id }) => id).slice(-12);
    expect(all.filter((id) => !seen.has(id))).toEqual([]);
  });

  test.for([
    ['no key', ''],
    ['a key of nobody', `ge_${'A'.repeat(22)}_${'A'.repeat(43)}`],
  ] as const)('%s opens nothing', async ([, key]) => {
    expect((await poll({}, key)).status).toBe(401);
  });

  test('a key opens its own stream alone; what is no request is refused; a paused stream gives nothing', async () => {
    const other = await addStream(admin, { name: 'other poll', kind: 'set-poll', audience: AUDIENCE });
    expect((await poll({}, other.key)).status).toBe(401);
    expect((await poll({ maxEvents: -1 })).status).toBe(400);
    await admin('PATCH', `/event-streams/${stream.id}`, { state: 'paused' });
    expect((await poll()).status).toBe(403);
    await admin('PATCH', `/event-streams/${stream.id}`, { state: 'active' });
    expect((await poll()).status).toBe(200);
  });

  test('S37: a key is shown once and hashed; for a day after the next one was made both open', async () => {
    const { body } = await admin('POST', `/event-streams/${stream.id}/rotate`, {});
    const next = String(body['key']);
    expect([(await poll()).status, (await poll({ returnImmediately: true }, next)).status]).toEqual([200, 200]);
    await gangway.db.raw('update event_streams set former_until = now()');
    expect([(await poll()).status, (await poll({ returnImmediately: true }, next)).status]).toEqual([401, 200]);
    const { rows } = await gangway.db.raw('select * from event_streams');
    for (const key of [stream.key, next]) expect(JSON.stringify(rows)).not.toContain(key.slice(-43));
    expect(JSON.stringify((await admin('GET', '/event-streams')).body)).not.toMatch(/ge_|whsec_/);
  });
});

test.for([
  [{ kind: 'webhook' }, 'url'],
  [{ kind: 'webhook', url: 'http://receiver.example/' }, 'https'],
  [{ kind: 'webhook', url: 'https://169.254.169.254/' }, 'refused'],
  [{ kind: 'webhook', url: 'https://receiver.example/', audience: 'x' }, 'audience'],
  [{ kind: 'webhook', url: 'https://receiver.example/', types: [CAEP] }, 'carries no'],
  [{ kind: 'set-push', url: 'https://receiver.example/' }, 'audience'],
  [{ kind: 'set-poll', audience: AUDIENCE, url: 'https://receiver.example/' }, 'url'],
  [{ kind: 'set-poll', audience: AUDIENCE, token: 'x' }, 'token'],
  [{ kind: 'carrier-pigeon' }, 'not valid'],
  [{ kind: 'webhook', url: 'https://receiver.example/', strange: 1 }, 'not valid'],
] as const)('a stream that is %j is refused for its %s', async ([stream, word]) => {
  const { status, body } = await adminOf(gangway)('POST', '/event-streams', { name: 'wrong', ...stream });
  expect([status, body['detail']]).toEqual([422, expect.stringContaining(word)]);
});
