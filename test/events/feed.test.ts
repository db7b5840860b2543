import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';
import { csv, employees, push } from '../support/rosters.ts';

type Shown = { id: string; type: string; person?: string; attributes?: string[] } & Record<string, unknown>;
const SCIM = 'urn:ietf:params:scim:event:prov:';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
  await gangway.admin('GET', '/events'); // who asks first begins the feed
});
afterAll(() => gangway?.stop());

const page = async (query = '') => {
  const { status, body } = await gangway.admin('GET', `/events${query}`);
  expect([status, body['detail']]).toEqual([200, undefined]);
  return body as { events: Shown[]; next: string };
};
const types = ({ events }: { events: Shown[] }) => events.map(({ type }) => type);
const join = async (name: string) => String((await gangway.scim('POST', '/Users', scimUser(name))).body['id']);

describe('the feed of events', { shuffle: false }, () => {
  test('what a source does and what follows from it stand there in their order', async () => {
    const ada = await join('ada');
    await settled(gangway.db);
    const deactivate = patchOp({ op: 'replace', path: 'active', value: false });
    await gangway.scim('PATCH', `/Users/${ada}`, deactivate);
    await settled(gangway.db);
    await gangway.scim('DELETE', `/Users/${ada}`);
    await settled(gangway.db);
    const { events } = await page();
    expect(types({ events })).toEqual([
      `${SCIM}create:notice`,
      'gangway.account.invite',
      `${SCIM}deactivate`,
      'gangway.account.suspend',
      `${SCIM}delete`,
    ]);
    expect(new Set(events.map(({ person }) => person))).toEqual(new Set([ada]));
    expect(events[0]?.attributes).toEqual(expect.arrayContaining(['userName', 'name', 'emails', 'active']));
    expect(events[2]?.attributes).toEqual(['active']);
    const { rows } = await gangway.db.raw(
      `select id, detail->>'remoteId' as account from actions where kind = 'suspend'`,
    );
    expect(events[3]).toMatchObject({ action: rows[0].id, account: rows[0].account, target: gangway.targetId });
    expect(JSON.stringify(events)).not.toMatch(/example\.com|Tester/); // no value of a person
  });

  test('pages follow each other without a gap, and the last one says where to go on', async () => {
    const all = await page();
    const seen: Shown[] = [];
    let next: string | undefined;
    for (let number = 0; number < all.events.length; number += 2) {
      const part = await page(`?limit=2${next ? `&after=${next}` : ''}`);
      seen.push(...part.events);
      next = part.next;
    }
    expect(seen).toEqual(all.events);
    expect(await page(`?after=${next}`)).toEqual({ events: [], next });
    const bo = await join('bo');
    await settled(gangway.db);
    const news = await page(`?after=${next}`);
    expect(news.events.map(({ person }) => person)).toEqual([bo, bo]);
  });

  test('only some types, and the place goes on past the others', async () => {
    const invites = await page('?type=gangway.account.invite');
    expect(new Set(types(invites))).toEqual(new Set(['gangway.account.invite']));
    expect((await page(`?after=${invites.next}`)).events).toEqual([]);
    expect((await page(`?type=${SCIM}delete,${SCIM}deactivate`)).events).toHaveLength(2);
  });

  test('runs are told of when they have ended', async () => {
    const latest = (await page('?after=latest')).next;
    await gangway.admin('POST', `/connections/${gangway.connection.id}/reconcile`, {});
    const ended = await eventually('the run has ended', async () => {
      const { events } = await page(`?after=${latest}&type=gangway.run.end`);
      return events[0];
    });
    expect(ended).toMatchObject({ kind: 'reconcile', state: 'done', connection: gangway.connection.id });
  });

  test.for([
    ['?after=nowhere', 422, 'config_invalid'],
    ['?type=gangway.nothing', 422, undefined],
    ['?limit=0', 422, undefined],
    ['?strange=1', 422, undefined],
  ] as const)('%s is refused', async ([query, status, code]) => {
    const answer = await gangway.admin('GET', `/events${query}`);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  test('a place that is older than thirty days is gone, with words', async () => {
    const { next } = await page('?limit=1');
    await gangway.db.raw('update event_heads set floor = 3');
    const answer = await gangway.admin('GET', `/events?after=${next}`);
    expect([answer.status, answer.body['code']]).toEqual([410, 'events_gone']);
    expect(answer.body['detail']).toContain('GET /people');
    await gangway.db.raw('update event_heads set floor = 0');
  });

  test('server-sent events: what happens, as it happens, and who comes back misses nothing', async () => {
    const first = await listen();
    const cy = await join('cy');
    const [created] = await first.take(1);
    expect(created?.data).toMatchObject({ type: `${SCIM}create:notice`, person: cy });
    await first.close();
    const dee = await join('dee');
    await settled(gangway.db);
    const second = await listen({ 'last-event-id': created?.id ?? '' });
    const told = await second.take(3);
    expect(told.map(({ data }) => [data.type, data.person])).toEqual([
      ['gangway.account.invite', cy],
      [`${SCIM}create:notice`, dee],
      ['gangway.account.invite', dee],
    ]);
    await second.close();
    const lost = await sse({ 'last-event-id': 'nowhere' });
    expect([lost.status, lost.headers.get('content-type')]).toEqual([422, expect.stringContaining('problem+json')]);
  });

  test('another tenant sees nothing of it', async () => {
    const { body } = await gangway.admin('POST', '/tenants', { name: 'theirs' });
    const theirs = adminOf(gangway, String(body['tenantId']));
    expect((await theirs('GET', '/events')).body['events']).toEqual([]);
    const ours = adminOf(gangway, gangway.connection.tenantId);
    const { next } = (await ours('GET', '/events')).body as { next: string };
    expect((await theirs('GET', `/events?after=${next}`)).status).toBe(410);
  });
});

describe('what is rarer', () => {
  test('a hold is told of when it is opened and when somebody has decided', async () => {
    const guard = { floor: 0, perHourPercent: 0, perDayPercent: 0, twoPeoplePercent: 100, whileHeld: 'wait' } as const;
    const careful = await startGangway({ policy: { invite: 'automatic', guard } });
    const { body } = await careful.scim('POST', '/Users', scimUser('eve'));
    for (const name of ['fay', 'gil']) await careful.scim('POST', '/Users', scimUser(name));
    await settled(careful.db);
    const { next } = (await careful.admin('GET', '/events?after=latest')).body;
    await careful.scim('DELETE', `/Users/${body['id']}`);
    await settled(careful.db);
    const holds = (await careful.admin('GET', '/holds')).body['holds'] as { id: string }[];
    await careful.admin('POST', `/holds/${holds[0]?.id}/release`, { actor: 'Ada' });
    await settled(careful.db);
    const { body: feed } = await careful.admin('GET', `/events?after=${next}`);
    const events = feed['events'] as Shown[];
    expect(types({ events })).toEqual([
      `${SCIM}delete`,
      'gangway.hold.open',
      'gangway.hold.release',
      'gangway.account.suspend',
    ]);
    expect(events[1]).toMatchObject({ hold: holds[0]?.id, target: careful.targetId });
    await careful.stop();
  });

  test('S34: a roster tells of each person in it, of those who are missing and back, and of its end', async () => {
    const company = await startGangway();
    await company.admin('GET', '/events');
    await push(company, csv(employees(10)));
    await push(company, csv(employees(9)));
    await push(company, csv(employees(10)));
    const { body } = await company.admin('GET', '/events?limit=1000');
    const events = body['events'] as Shown[];
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect(count(`${SCIM}create:notice`)).toBe(10);
    expect(count(`${SCIM}deactivate`)).toBe(1);
    expect(count(`${SCIM}activate`)).toBe(1);
    expect(events.find(({ type }) => type === `${SCIM}create:notice`)?.attributes).toEqual(
      expect.arrayContaining(['userName', 'name', 'active']),
    );
    const ends = events.filter(({ type }) => type === 'gangway.run.end');
    expect(ends.map(({ kind, state }) => [kind, state])).toEqual(Array(3).fill(['roster', 'done']));
    await company.stop();
  });
});

function sse(headers: Record<string, string> = {}): Promise<Response> {
  const { origin, adminKey } = gangway.running;
  const wanted = { authorization: `Bearer ${adminKey}`, accept: 'text/event-stream', ...headers };
  return fetch(`${origin}/api/v1/events`, { headers: wanted });
}

/** A reader of server-sent events, as a browser has one. */
async function listen(headers: Record<string, string> = {}) {
  const response = await sse(headers);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const blocks: { id: string; data: Shown }[] = [];
  const take = async (number: number) => {
    while (blocks.length < number) {
      const { value = '', done } = (await reader?.read()) ?? { done: true };
      if (done) throw new Error('it ended');
      text += value;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, id = ''] = /^id: (.*)$/m.exec(part) ?? [];
        const [, data] = /^data: (.*)$/m.exec(part) ?? [];
        if (data !== undefined) blocks.push({ id, data: JSON.parse(data) as Shown });
      }
    }
    return blocks.splice(0, number);
  };
  return { take, close: async () => reader?.cancel() };
}
