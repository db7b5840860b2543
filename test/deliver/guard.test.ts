import type { Knex } from 'knex';
import { afterEach, expect, test } from 'vitest';
import { attachTarget, createConnection, setState } from '../../src/directory/connections.ts';
import { issueToken } from '../../src/directory/credentials.ts';
import { DEFAULT_GUARD, type Guard } from '../../src/model/policy.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

const LIMIT = 5; // of 40 accounts: the floor, since 10 % would be four
const gangways: Gangway[] = [];
afterEach(async () => {
  await Promise.all(gangways.splice(0).map((one) => one.stop()));
});

type Body = { [field: string]: unknown; id: string; state: string; reason: string; people: Record<string, number> };

/** A server with people who all have an account; two workers. */
async function company(size: number, guard: Partial<Guard> | 'off' = {}, settings = {}) {
  const limits = guard === 'off' ? guard : { ...DEFAULT_GUARD, ...guard };
  const gangway = await startGangway({
    policy: { invite: 'automatic', guard: limits },
    target: { kind: 'sandbox', settings, secrets: {} },
  });
  gangways.push(gangway);
  await gangway.another('worker');
  const ids: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const { status, body } = await gangway.scim('POST', '/Users', scimUser(`p${index}`));
    expect(status).toBe(201);
    ids.push(String(body['id']));
  }
  await eventually('everybody is invited', async () => (await gangway.accounts()).length === size, 20_000);
  await settled(gangway.db);
  return { ...gangway, ids, ...operator(gangway) };
}

function operator({ running, db, connection, accounts, scim }: Gangway) {
  const api = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${running.origin}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${running.adminKey}`,
        'gangway-tenant': connection.tenantId,
        'content-type': 'application/json',
      },
      body: body ? JSON.stringify(body) : null,
    });
    return { status: response.status, body: (await response.json()) as Body };
  };
  return {
    api,
    holds: async () => (await api('GET', '/holds')).body['holds'] as Body[],
    hold: async () => ((await api('GET', '/holds')).body['holds'] as Body[])[0] as Body,
    suspended: async () => (await accounts()).filter(({ status }) => status === 'suspended').length,
    active: async (ids: string[], value: boolean) => {
      const patch = patchOp({ op: 'replace', path: 'active', value });
      const answers = await Promise.all(ids.map((id) => scim('PATCH', `/Users/${id}`, patch)));
      expect(answers.every(({ status }) => status >= 200 && status < 300)).toBe(true);
      await settled(db);
    },
    audit: async () => {
      const { rows } = await db.raw(`select actor, action from audit where action like 'hold.%' order by id`);
      return rows.map(({ actor, action }: { actor: string; action: string }) => `${actor} ${action}`);
    },
    waiting: async (id: string) => {
      const { body } = await api('GET', `/people/${id}/plan`);
      return (body['targets'] as { waiting: string | null }[])[0]?.waiting;
    },
  };
}

const heldIds = async (db: Knex): Promise<string[]> => {
  const { rows } = await db.raw(`select person_id as id from hold_items where state = 'held' order by person_id`);
  return rows.map(({ id }: { id: string }) => id);
};

test('30 of 40 leave one by one, two workers: exactly the limit is suspended, and a human lets the rest through', async () => {
  const all = await company(40, { twoPeoplePercent: 100 });
  await all.active(all.ids.slice(0, 30), false);
  expect(await all.suspended()).toBe(LIMIT);
  const hold = await all.hold();
  expect(hold).toMatchObject({ state: 'held', people: { held: 25 } });
  expect(hold.reason).toBe('30 of 40 accounts would lose access within one hour (limit 5)');
  const [first = '', second = '', third = ''] = await heldIds(all.db);
  expect(await all.waiting(first)).toBe(`held: ${hold.reason}`);

  // giving never waits: a joiner, and somebody who was suspended before the hold
  await all.scim('POST', '/Users', scimUser('joiner'));
  await eventually('the joiner is invited', async () => (await all.accounts()).length === 41);
  const held = new Set(await heldIds(all.db));
  const back = all.ids.slice(0, 30).find((id) => !held.has(id)) ?? '';
  await all.active([back], true);
  expect(await all.suspended()).toBe(LIMIT - 1);

  // who comes back leaves the hold by themselves
  await all.active([first], true);
  expect(await heldIds(all.db)).toHaveLength(24);
  expect(await all.waiting(first)).toBeNull();

  // one more leaver, also when the hour is over: an open hold lets nobody trickle through
  await all.db.raw(`update guard_counts set slice = slice - interval '3 days'`);
  await all.active([all.ids[35] ?? ''], false);
  expect(await all.suspended()).toBe(LIMIT - 1);

  const some = await all.api('POST', `/holds/${hold.id}/release`, { actor: 'Ada', people: [second, third] });
  expect(some).toMatchObject({ status: 200, body: { state: 'held', decided: 2, awaitSecond: 0 } });
  await eventually('two more are suspended', async () => (await all.suspended()) === LIMIT + 1);
  await settled(all.db);
  expect(await all.suspended()).toBe(LIMIT + 1);

  const rest = await all.api('POST', `/holds/${hold.id}/release`, { actor: 'Ada' });
  expect(rest).toMatchObject({ status: 200, body: { state: 'released', decided: 23 } });
  await eventually('all are suspended', async () => (await all.suspended()) === LIMIT + 24);
  await settled(all.db);
  expect((await all.api('POST', `/holds/${hold.id}/release`, { actor: 'Ada' })).status).toBe(409);
  expect((await all.hold()).people).toMatchObject({ held: 0, released: 0, done: 25, left: 1 });
  expect(await all.audit()).toEqual(['guard hold.open', 'Ada hold.release', 'Ada hold.release']);
  const { rows } = await all.db.raw(`select count(*)::int as open from guard_losses where under_way`);
  expect(rows[0].open).toBe(0);
}, 60_000);

test('what is discarded rests until the source says something new', async () => {
  const all = await company(10);
  await all.active(all.ids.slice(0, 7), false);
  expect(await all.suspended()).toBe(LIMIT);
  const [one = '', other = ''] = await heldIds(all.db);
  const { id } = await all.hold();
  const discarded = await all.api('POST', `/holds/${id}/discard`, { actor: 'Ada' });
  expect(discarded.body).toMatchObject({ state: 'discarded', decided: 2 });
  // looked at again, told the same again: nothing happens
  await all.db.raw(`update work_item set state = 'ready', wanted_rev = wanted_rev + 1, next_at = now()`);
  await settled(all.db);
  await all.active([one, other], false);
  expect(await all.suspended()).toBe(LIMIT);
  expect(await all.holds()).toHaveLength(1);
  expect(await all.waiting(one)).toMatch(/^discarded by Ada/);
  // something new: back and gone again, and the windows have moved on
  await all.db.raw(`update guard_counts set slice = slice - interval '3 days'`);
  await all.active([one], true);
  await all.active([one], false);
  expect(await all.suspended()).toBe(LIMIT + 1);
  expect(await all.audit()).toEqual(['guard hold.open', 'Ada hold.discard']);
}, 60_000);

test('beyond the second threshold two different people must release', async () => {
  const all = await company(10);
  await all.active(all.ids, false);
  const { id } = await all.hold();
  const release = (actor: string, people?: string[]) => all.api('POST', `/holds/${id}/release`, { actor, people });
  const [one = ''] = await heldIds(all.db);
  expect((await release('Ada')).body).toMatchObject({ state: 'held', decided: 0, awaitSecond: 5 });
  expect((await release('ada ')).body).toMatchObject({ state: 'held', decided: 0, awaitSecond: 5 });
  await settled(all.db);
  expect(await all.suspended()).toBe(LIMIT);
  expect((await release('Grace', [one])).body).toMatchObject({ state: 'held', decided: 1 });
  await eventually('one more', async () => (await all.suspended()) === LIMIT + 1);
  expect((await release('Grace')).body).toMatchObject({ state: 'released', decided: 4 });
  await eventually('everybody', async () => (await all.suspended()) === 10);
  const { rows } = await all.db.raw('select distinct approved_by, decided_by from hold_items');
  expect(rows).toEqual([{ approved_by: 'Ada', decided_by: 'Grace' }]);
  expect((await all.audit()).slice(1)).toEqual([
    'Ada hold.approve',
    'ada hold.approve',
    'Grace hold.release',
    'Grace hold.release',
  ]);
}, 60_000);

test('a mover in a hold gets the new group and keeps the old one; a hold that everybody left lapses', async () => {
  const all = await company(6, { floor: 0, perHourPercent: 0, perDayPercent: 0 });
  const [mover = ''] = all.ids;
  const group = async (displayName: string) => {
    const { body } = await all.scim('POST', '/Groups', { displayName, members: [{ value: mover }] });
    await settled(all.db);
    return String(body['id']);
  };
  const groups = async () => (await all.accounts()).find(({ email }) => email === 'p0@example.com')?.groups;
  const old = await group('Editors');
  const empty = patchOp({ op: 'remove', path: 'members' });
  await all.scim('PATCH', `/Groups/${old}`, empty);
  await group('Authors');
  expect((await groups())?.toSorted()).toEqual(['Authors', 'Editors']);
  expect(await heldIds(all.db)).toEqual([mover]);
  await all.scim('PATCH', `/Groups/${old}`, patchOp({ op: 'add', path: 'members', value: [{ value: mover }] }));
  await settled(all.db);
  expect(await all.hold()).toMatchObject({ state: 'lapsed', people: { held: 0, left: 1 } });

  // an e-mail address is held, the title that came with it is not
  const moved = patchOp({
    op: 'replace',
    value: { title: 'Head', emails: [{ value: 'new@example.com', type: 'work', primary: true }] },
  });
  await all.scim('PATCH', `/Users/${mover}`, moved);
  await settled(all.db);
  const account = (await all.accounts()).find(({ email }) => email === 'p0@example.com');
  expect(account?.title).toBe('Head');
  const { id, reason } = await all.hold();
  expect(reason).toBe('1 of 6 accounts would change their e-mail address within one hour (limit 0)');
  await all.api('POST', `/holds/${id}/release`, { actor: 'Ada' });
  await eventually('moved', async () => (await all.accounts()).some(({ email }) => email === 'new@example.com'));
}, 60_000);

test('a crash after counting does not count twice, and an answer that got lost is repeated without a hold', async () => {
  const all = await company(10);
  const leavers = all.ids.slice(0, LIMIT);
  await all.setFault({ mode: 'lost_answer', hits: 'writes', remaining: 3 });
  await all.active(leavers, false);
  await eventually('all five', async () => (await all.suspended()) === LIMIT);
  await settled(all.db);
  expect(await all.holds()).toEqual([]);
  const { rows } = await all.db.raw(`select sum(people)::int as people from guard_counts`);
  expect(rows[0].people).toBe(LIMIT);
}, 60_000);

test('who was deleted and is posted anew during a hold keeps the account, and leaves the hold', async () => {
  const all = await company(8);
  await all.active(all.ids.slice(0, 6), false);
  const [one = ''] = await heldIds(all.db);
  const index = all.ids.indexOf(one);
  await all.scim('DELETE', `/Users/${one}`);
  await settled(all.db);
  expect(await heldIds(all.db)).toEqual([one]);
  await all.scim('POST', '/Users', scimUser(`p${index}`));
  await settled(all.db);
  expect(await heldIds(all.db)).toEqual([]);
  expect(await all.hold()).toMatchObject({ state: 'lapsed' });
  expect(await all.accounts()).toHaveLength(8);
  expect(await all.suspended()).toBe(LIMIT);
}, 60_000);

test('another connection to the same target counts for itself, and another tenant sees no hold', async () => {
  const all = await company(7);
  await all.active(all.ids, false);
  const { id } = await all.hold();
  const made = await createConnection(all.db, all.connection.tenantId, {
    name: 'other',
    profile: 'generic',
    policy: { invite: 'automatic' },
  });
  await attachTarget(all.db, made, all.targetId);
  const other = await setState(all.db, made.tenantId, made.id, 'enabled');
  const { token } = await issueToken(all.db, other);
  const headers = { authorization: `Bearer ${token}` };
  const { body } = await all.scim('POST', '/Users', scimUser('elsewhere'), headers);
  await eventually('invited', async () => (await all.accounts()).length === 8);
  const gone = patchOp({ op: 'replace', path: 'active', value: false });
  await all.scim('PATCH', `/Users/${body['id']}`, gone, headers);
  await eventually('suspended', async () => (await all.suspended()) === LIMIT + 1);

  await all.api('POST', '/tenants', { name: 'strangers' });
  const foreign = await fetch(`${all.running.origin}/api/v1/holds/${id}`, {
    headers: { authorization: `Bearer ${all.running.adminKey}`, 'gangway-tenant': 'strangers' },
  });
  expect(foreign.status).toBe(404);
}, 60_000);

test('with the guard off nobody waits', async () => {
  const all = await company(8, 'off');
  await all.active(all.ids, false);
  expect(await all.suspended()).toBe(8);
  expect(await all.holds()).toEqual([]);
}, 60_000);

test('sessions end while the suspension itself is held, once, where the policy says so', {
  timeout: 60_000,
}, async () => {
  const app = await company(
    3,
    { floor: 0, perHourPercent: 0, perDayPercent: 0, whileHeld: 'effects' },
    {
      effects: 'end sessions, freeze cards',
    },
  );
  await app.db.raw(`update sandbox.accounts set status = 'active', accepted_at = now(), sessions = 2`);
  const [id = ''] = app.ids;
  await app.active([id], false);
  await app.db.raw('update work_item set wanted_rev = wanted_rev + 1, state = ?, next_at = now()', ['ready']);
  await settled(app.db);
  const { rows } = await app.db.raw(
    `select a.kind, a.detail->>'name' as name from actions a where person_id = ? and kind <> 'invite' order by id`,
    [id],
  );
  expect(rows).toEqual([{ kind: 'effect', name: 'end sessions' }]);
  const { rows: accounts } = await app.db.raw(
    'select a.status, a.sessions from sandbox.accounts a join links l on l.remote_id = a.id where l.person_id = ?',
    [id],
  );
  expect(accounts).toEqual([{ status: 'active', sessions: 0 }]);
  expect((await app.hold()).people).toMatchObject({ held: 1 });
});
