import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_GUARD } from '../../src/model/policy.ts';
import { type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

type Member = { id: string; userName: string; state: string; source: string; approvedBy: string | null };

let gangway: Gangway;
let id = '';
beforeAll(async () => {
  const guard = { ...DEFAULT_GUARD, floor: 1, perHourPercent: 0, perDayPercent: 0, twoPeoplePercent: 50 };
  gangway = await startGangway({ policy: { invite: 'automatic', guard } });
  const people: string[] = [];
  for (const name of ['ada', 'bo', 'cleo', 'dot']) {
    people.push(String((await gangway.scim('POST', '/Users', scimUser(name))).body['id']));
  }
  await settled(gangway.db);
  const leave = patchOp({ op: 'replace', path: 'active', value: false });
  for (const person of people.slice(0, 3)) {
    await gangway.scim('PATCH', `/Users/${person}`, leave);
    await settled(gangway.db); // the first one passes, and it is ada
  }
  await gangway.scim('DELETE', `/Users/${people[3]}`);
  await settled(gangway.db);
  const { body } = await gangway.admin('GET', '/holds');
  id = String((body['holds'] as { id: string }[])[0]?.id);
});
afterAll(() => gangway?.stop());

const page = async (query: string) => {
  const { status, body } = await gangway.admin('GET', `/holds/${id}${query}`);
  return { status, members: (body['members'] ?? []) as Member[] };
};

describe('the people of a hold', { shuffle: false }, () => {
  test('a hold tells its numbers, and whether two people must agree', async () => {
    const { body } = await gangway.admin('GET', `/holds/${id}`);
    expect(body).toMatchObject({
      numbers: { counter: 'access', window: 'hour', people: 4, active: 4, limit: 1 },
      needsTwo: true,
      people: { held: 3 },
    });
    const { members } = await page('');
    expect(members.map(({ userName, source }) => `${userName} ${source}`)).toEqual([
      'bo@example.com inactive',
      'cleo@example.com inactive',
      'dot@example.com deleted',
    ]);
    expect(members[0]).toMatchObject({ account: { state: 'invited', groups: [] }, losses: ['suspend'] });
  });

  test('its people come by the page, those who wait and those who are decided on', async () => {
    const first = await page('?state=held&limit=2');
    const second = await page(`?state=held&limit=2&after=${first.members[1]?.id}`);
    expect([...first.members, ...second.members].map(({ userName }) => userName)).toEqual([
      'bo@example.com',
      'cleo@example.com',
      'dot@example.com',
    ]);
    expect((await page(`?after=${first.members[1]?.id}`)).status).toBe(422); // pages are of one state
    const people = [first.members[0]?.id];
    await gangway.admin('POST', `/holds/${id}/discard`, { actor: 'Grace', people });
    expect((await page('?state=decided')).members).toMatchObject([{ userName: 'bo@example.com', state: 'discarded' }]);
    expect((await page('?state=held')).members.length).toBe(2);
  });

  test('and as a CSV', async () => {
    const answer = await fetch(`${gangway.running.origin}/api/v1/holds/${id}`, {
      headers: { authorization: `Bearer ${gangway.running.adminKey}`, accept: 'text/csv' },
    });
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = (await answer.text()).split('\r\n');
    expect(lines[0]).toContain('userName,state,source');
    expect(lines.slice(1)).toEqual([
      'cleo@example.com,held,inactive,invited,suspend,,',
      'dot@example.com,held,deleted,invited,suspend,,',
      'bo@example.com,discarded,inactive,invited,suspend,,Grace',
      '',
    ]);
  });
});
