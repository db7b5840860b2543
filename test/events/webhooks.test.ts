import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { type EventReceiver, type Got, startEventReceiver } from '../support/event-receiver.ts';
import { eventually, type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';
import { addStream, feed, type StreamBody, streamNow, tryNow } from '../support/streams.ts';

let gangway: Gangway;
let receiver: EventReceiver;
let stream: StreamBody;
let names = 0;
beforeAll(async () => {
  gangway = await startGangway();
  await gangway.admin('GET', '/events'); // who asks first begins the feed
});
afterAll(() => gangway?.stop());
beforeEach(async () => {
  receiver = await startEventReceiver(204);
  stream = await addStream(gangway.admin, { name: `hook ${++names}`, kind: 'webhook', url: receiver.url });
});
afterEach(async () => {
  await gangway.admin('DELETE', `/event-streams/${stream.id}`);
  await receiver.stop();
});

/** People join: two events each, what was said and what was done. */
async function join(number = 1): Promise<string[]> {
  const before = new Set((await feed(gangway)).map(({ id }) => id));
  await Promise.all(Array.from({ length: number }, () => gangway.scim('POST', '/Users', scimUser(`p${++names}`))));
  await settled(gangway.db);
  return (await feed(gangway)).map(({ id }) => id).filter((id) => !before.has(id));
}
const idsOf = (got: Got[]) => got.map(({ headers }) => headers['webhook-id']);
const unique = (got: Got[]) => [...new Set(idsOf(got))];
const allTaken = (ids: string[]) =>
  eventually(
    'all have arrived',
    async () => {
      const taken = new Set(idsOf(receiver.taken()));
      return ids.every((id) => taken.has(id));
    },
    30_000,
  );

describe('S82: events by webhook', () => {
  test('each is signed as Standard Webhooks says, in order, and nobody else can have signed it', async () => {
    const ids = await join(3);
    await allTaken(ids);
    expect(idsOf(receiver.got)).toEqual(ids);
    const [first] = receiver.got;
    const event = new Webhook(stream.secret).verify(first?.body ?? '', first?.headers ?? {});
    expect(event).toMatchObject({ type: 'urn:ietf:params:scim:event:prov:create:notice', data: { id: ids[0] } });
    const strange = new Webhook(`whsec_${Buffer.alloc(32).toString('base64')}`);
    expect(() => strange.verify(first?.body ?? '', first?.headers ?? {})).toThrow('No matching signature');
    expect(await streamNow(gangway, stream.id)).toMatchObject({ behind: 0, failures: 0, state: 'active' });
  });

  test('a receiver that is down gets all of it in order when it is back', async () => {
    await receiver.goAway();
    const ids = await join(3);
    await eventually('it was noticed', async () => (await streamNow(gangway, stream.id)).failures > 0);
    const failing = await streamNow(gangway, stream.id);
    expect(failing).toMatchObject({ behind: ids.length, lastError: expect.stringContaining('ECONNREFUSED') });
    await receiver.comeBack();
    await tryNow(gangway);
    await allTaken(ids);
    expect(idsOf(receiver.got)).toEqual(ids);
  });

  test.for([
    ['answers 500', { status: 500, body: '{"message":"out of paper"}' }, 'out of paper'],
    ['answers with a redirect, which is followed by nobody', { status: 302, headers: { location: '/else' } }, '302'],
    ['asks to wait', { status: 429, headers: { 'retry-after': '1' } }, '429'],
  ] as const)('one that %s is asked again, and none is left out', async ([, reply, words]) => {
    receiver.answer = (nth) => (nth % 2 === 0 ? reply : { status: 200 });
    const ids = await join(2);
    let errors = '';
    await eventually(
      'all have arrived',
      async () => {
        errors += (await streamNow(gangway, stream.id)).lastError ?? '';
        return unique(receiver.taken()).length === ids.length;
      },
      30_000,
    );
    expect(idsOf(receiver.taken())).toEqual(ids);
    expect(idsOf(receiver.got)).toEqual(ids.flatMap((id) => [id, id])); // each under the same id until it was taken
    expect(errors).toContain(words);
  });

  test('what its kind does not have is refused, and changes nothing', async () => {
    for (const change of [{ token: null }, { token: 'x' }, { audience: 'x' }, { url: 'http://receiver.example/' }]) {
      expect((await gangway.admin('PATCH', `/event-streams/${stream.id}`, change)).status).toBe(422);
    }
    await allTaken(await join());
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.got;
    expect(new Webhook(stream.secret).verify(body, headers)).toBeTruthy();
  });

  test('one that answers late is waited for; nothing overtakes', async () => {
    receiver.answer = () => ({ status: 200, lateMs: 400 });
    const ids = await join(2);
    await allTaken(ids);
    expect(idsOf(receiver.got)).toEqual(ids);
  });

  test('one that says that it is gone is left alone, and somebody is told', async () => {
    receiver.answer = () => ({ status: 410 });
    await join();
    const paused = await eventually('it is paused', async () => {
      const now = await streamNow(gangway, stream.id);
      return now.state === 'paused' && now;
    });
    expect(paused.pausedWhy).toContain('gone');
    const { body } = await gangway.admin('GET', '/notices?kind=events_paused');
    expect((body['notices'] as { detail: unknown }[])[0]?.detail).toMatchObject({ name: stream.name });
    receiver.answer = () => ({ status: 200 });
    await gangway.admin('PATCH', `/event-streams/${stream.id}`, { state: 'active' });
    await eventually('it goes on where it was', async () => receiver.taken().length === 2);
    expect(unique(receiver.got)).toEqual(idsOf(receiver.taken()));
  });

  test('one that fails for three days is paused, with words', async () => {
    receiver.answer = () => ({ status: 503 });
    await join();
    await eventually('it fails', async () => (await streamNow(gangway, stream.id)).failures > 0);
    await gangway.db.raw(`update event_streams set failing_since = now() - interval '4 days'`);
    await tryNow(gangway);
    await eventually('it is paused', async () => (await streamNow(gangway, stream.id)).state === 'paused');
    expect(await streamNow(gangway, stream.id)).toMatchObject({
      pausedWhy: expect.stringContaining('three days'),
      lastError: expect.stringContaining('503'),
      behind: 2,
    });
    const { rows } = await gangway.db.raw(
      `select actor from audit where action = 'event-stream.pause' and subject = ?`,
      [stream.id],
    );
    expect(rows).toEqual([{ actor: 'gangway' }]);
  });

  test('while a secret changes, the former one and the new one both fit', async () => {
    const { body } = await gangway.admin('POST', `/event-streams/${stream.id}/rotate`, {});
    const secret = String(body['secret']);
    expect(secret).not.toBe(stream.secret);
    await allTaken(await join());
    const [{ headers, body: text } = { headers: {}, body: '' }] = receiver.got;
    for (const each of [stream.secret, secret]) expect(new Webhook(each).verify(text, headers)).toBeTruthy();
    await gangway.db.raw('update event_streams set former_until = now()');
    await allTaken(await join());
    const last = receiver.got.at(-1);
    expect(() => new Webhook(stream.secret).verify(last?.body ?? '', last?.headers ?? {})).toThrow();
    expect(new Webhook(secret).verify(last?.body ?? '', last?.headers ?? {})).toBeTruthy();
  });

  test('only the types that it wants; and from a place on again, under the same ids', async () => {
    const { after } = await streamNow(gangway, stream.id);
    const change = await gangway.admin('PATCH', `/event-streams/${stream.id}`, { types: ['gangway.account.invite'] });
    expect(change.status).toBe(200);
    const [, invited = ''] = await join();
    await allTaken([invited]);
    await eventually('it has come to the end', async () => (await streamNow(gangway, stream.id)).behind === 0);
    expect(idsOf(receiver.got)).toEqual([invited]);
    await gangway.admin('PATCH', `/event-streams/${stream.id}`, { after });
    await eventually('it was sent again', async () => receiver.got.length === 2);
    expect(idsOf(receiver.got)).toEqual([invited, invited]);
  });

  test('what is too old to be sent is passed over, and counted', async () => {
    await gangway.admin('PATCH', `/event-streams/${stream.id}`, { state: 'paused' });
    const ids = await join(2);
    await gangway.db.raw(
      `with gone as (delete from events where id = any(?) returning position)
       update event_heads set floor = (select max(position) from gone)`,
      [ids.slice(0, 3)],
    );
    await gangway.admin('PATCH', `/event-streams/${stream.id}`, { state: 'active' });
    await eventually('the rest has arrived', async () => receiver.taken().length === 1);
    expect(idsOf(receiver.got)).toEqual(ids.slice(3));
    expect((await streamNow(gangway, stream.id)).missed).toBe(3);
  });

  test('two servers send each event once, and in order', async () => {
    const another = await gangway.another();
    const ids = await join(6);
    await allTaken(ids);
    await another.stop();
    expect(idsOf(receiver.got)).toEqual(ids);
  });

  test('another tenant finds no stream of ours, and its people are no events of ours', async () => {
    const { body } = await gangway.admin('POST', '/tenants', { name: `tenant ${++names}` });
    const theirs = adminOf(gangway, String(body['tenantId']));
    expect((await theirs('GET', '/event-streams')).body['streams']).toEqual([]);
    for (const [method, path, sent] of [
      ['GET', '', undefined],
      ['PATCH', '', { state: 'paused' }],
      ['POST', '/rotate', {}],
      ['DELETE', '', undefined],
    ] as const) {
      expect((await theirs(method, `/event-streams/${stream.id}${path}`, sent)).status).toBe(404);
    }
  });
});
