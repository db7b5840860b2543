import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_GUARD } from '../../src/model/policy.ts';
import { eventually, patchOp, scimUser, settled } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';
import {
  accept,
  accountOf,
  becomes,
  type Company,
  company,
  delivered,
  done,
  madeAtApp,
  PATIENT,
  type Source,
  standing,
  why,
  writes,
} from './company.ts';

/* What people complain of where others do this job: BEHAVIOURS §2, the first ten. The policy is as recommended. */

let at: Company;
beforeAll(async () => {
  at = await company('recommended', { policy: { invite: 'automatic' } });
});
afterAll(() => at?.stop());

/** Somebody who was invited, has accepted and is signed in. */
async function member(name: string, more: Record<string, unknown> = {}, hr: Source = at.hr): Promise<string> {
  const id = await hr.hire(name, more);
  await becomes(at, name, ({ status }) => status === 'invited');
  await accept(at, name);
  return id;
}
const suspended = (name: string) => becomes(at, name, ({ status }) => status === 'suspended');
const found = async (hr: Source, name: string) => {
  const { body } = await done(
    hr.scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${name}@example.com"`)}`),
  );
  return body['Resources'] as { id: string; active: boolean }[];
};

describe('complaint 1: "False" as text deactivates, and "True" gives back', () => {
  test.for(['entra', 'okta', 'generic'] as const)('%s', PATIENT, async (profile) => {
    const hr = await at.connect(`text from ${profile}`, { profile });
    const name = `text-${profile}`;
    const id = await member(name, {}, hr);
    const say = (operation: object) => done(hr.scim('PATCH', `/Users/${id}`, patchOp(operation)));
    await say({ op: 'Replace', path: 'active', value: 'False' });
    await suspended(name);
    await say({ op: 'Replace', value: { active: 'True' } });
    await becomes(at, name, ({ status }) => status === 'active');
    await say({ op: 'Add', value: { active: 'false' } });
    await suspended(name);
    expect(await found(hr, name)).toMatchObject([{ id, active: false }]);
  });
});

describe('complaint 2: a deactivation that was answered with success has taken the access away', () => {
  const user = (name: string) => scimUser(name, { active: false });
  test.for([
    ['path', 'PATCH', () => patchOp({ op: 'replace', path: 'active', value: false })],
    ['nopath', 'PATCH', () => patchOp({ op: 'replace', value: { active: false } })],
    ['casing', 'PATCH', () => patchOp({ op: 'REPLACE', path: 'ACTIVE', value: false })],
    [
      'urn',
      'PATCH',
      () => patchOp({ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false }),
    ],
    [
      'many',
      'PATCH',
      () => patchOp({ op: 'replace', path: 'title', value: 'Left' }, { op: 'replace', path: 'active', value: false }),
    ],
    ['put', 'PUT', user],
  ] as const)('%s, by %s', PATIENT, async ([name, method, body]) => {
    const id = await member(name);
    const { body: answer } = await done(at.hr.scim(method, `/Users/${id}`, body(name)));
    expect(answer['active'] ?? false).toBe(false);
    expect(await found(at.hr, name)).toMatchObject([{ active: false }]);
    await suspended(name);
  });

  test('what cannot be understood is refused, never answered with success', PATIENT, async () => {
    const id = await member('unclear');
    for (const value of ['nope', 7, null, []]) {
      const { status } = await at.hr.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value }));
      const [now] = await found(at.hr, 'unclear');
      // null empties the attribute, and a person without it is active
      expect([value, status < 300, now?.active ?? true]).toEqual([value, value === null, true]);
    }
    expect(await accountOf(at, 'unclear')).toMatchObject({ status: 'active' });
  });

  test('an app that does not answer at that moment is asked until it does', PATIENT, async () => {
    const id = await member('outage');
    await at.gangway.setFault({ mode: 'unavailable', hits: 'writes', remaining: 2 });
    await at.hr.say(id, 'active', false);
    await eventually('access is gone', async () => (await accountOf(at, 'outage'))?.status === 'suspended', 20_000);
    await settled(at.gangway.db);
  });
});

test(
  'complaint 3: deprovisioning suspends and destroys nothing; who comes back finds everything',
  PATIENT,
  async () => {
    const id = await member('history', { title: 'Historian' });
    await done(at.hr.scim('POST', '/Groups', { displayName: 'Archive', members: [{ value: id }] }));
    const before = await becomes(at, 'history', ({ groups }) => groups.join() === 'Archive');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    expect(await suspended('history')).toMatchObject({ id: before.id, title: 'Historian' });
    expect(await delivered(at, id)).not.toContain('erase');
    await done(at.gangway.admin('POST', `/people/${id}/recover`));
    const after = await becomes(at, 'history', ({ status }) => status === 'active');
    expect(after).toMatchObject({ id: before.id, title: 'Historian', groups: ['Archive'] });
  },
);

describe('complaint 4: a filter that is wrong', () => {
  const names = (prefix: string) => Array.from({ length: 9 }, (_, index) => `${prefix}${index}`);
  const statuses = async (prefix: string) =>
    (await at.gangway.accounts()).filter(({ email }) => email.startsWith(prefix)).map(({ status }) => status);
  const staff = async (prefix: string) => {
    const hr = await at.connect(`filter ${prefix}`, { policy: { guard: DEFAULT_GUARD } });
    const ids = await Promise.all(names(prefix).map((name) => hr.hire(name, { title: 'Staff' })));
    await eventually('all are invited', async () => (await statuses(prefix)).length === ids.length);
    await settled(at.gangway.db);
    return { hr, ids };
  };

  test('of ours is tried before it holds: it tells who would go, and nobody goes', PATIENT, async () => {
    const { hr } = await staff('dry');
    const before = await writes(at);
    const { body } = await done(hr.ask('POST', '/mapping/preview', { scope: 'title == "Staf"' }));
    expect(body).toMatchObject({ looked: 9, changed: 9, counts: { suspend: 9 } });
    await settled(at.gangway.db);
    expect(await writes(at)).toBe(before);
    expect(await statuses('dry')).not.toContain('suspended');
  });

  test('at the provider deletes everybody: most keep their access, the rest comes back whole', PATIENT, async () => {
    const { hr, ids } = await staff('all');
    for (const id of ids) expect((await hr.scim('DELETE', `/Users/${id}`)).status).toBe(204);
    await settled(at.gangway.db);
    expect((await statuses('all')).filter((status) => status === 'suspended')).toHaveLength(5);
    type Holds = { holds: { connection: { id: string }; state: string; people: { held: number } }[] };
    const { holds } = (await done(at.gangway.admin('GET', '/holds'))).body as Holds;
    expect(holds.find(({ connection }) => connection.id === hr.id)).toMatchObject({ state: 'held' });

    const before = (await at.gangway.accounts()).map(({ id }) => id).toSorted();
    for (const name of names('all')) await hr.hire(name, { title: 'Staff' });
    await eventually('all are back', async () => !(await statuses('all')).includes('suspended'));
    await settled(at.gangway.db);
    expect((await at.gangway.accounts()).map(({ id }) => id).toSorted()).toEqual(before);
  });
});

describe('complaint 5: who is hired again is sent once more, and never meets 409 for ever', () => {
  test('after a deletion: the same account, given back', PATIENT, async () => {
    const id = await member('again', { title: 'Then' });
    const before = await accountOf(at, 'again');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    await suspended('again');
    await at.hr.hire('again', { title: 'Now' });
    const after = await becomes(at, 'again', ({ status, title }) => status === 'active' && title === 'Now');
    expect(after.id).toBe(before?.id);
  });

  test('after a deletion, under another userName and the same externalId', PATIENT, async () => {
    const id = await member('maiden');
    const before = await accountOf(at, 'maiden');
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    await suspended('maiden');
    await at.hr.hire('married', { externalId: 'ext-maiden' });
    expect(await becomes(at, 'married', ({ status }) => status === 'active')).toMatchObject({ id: before?.id });
    expect(await accountOf(at, 'maiden')).toBeUndefined();
  });

  test('after a deactivation: the same person, not a second one', PATIENT, async () => {
    const id = await member('paused');
    await at.hr.say(id, 'active', false);
    await suspended('paused');
    expect(await at.hr.hire('paused')).toBe(id);
    await becomes(at, 'paused', ({ status }) => status === 'active');
  });
});

test('complaint 6: disconnected and connected again, nobody is there twice and no link is lost', PATIENT, async () => {
  const hr = await at.connect('on and off');
  const id = await member('steady', {}, hr);
  await reconcileNow(at.gangway);
  const before = await accountOf(at, 'steady');
  await done(hr.ask('POST', '/disconnect'));
  await settled(at.gangway.db);
  expect(await accountOf(at, 'steady')).toEqual(before);
  await done(hr.ask('POST', '/connect'));
  await done(hr.ask('POST', '/enable'));
  expect(await found(hr, 'steady')).toMatchObject([{ id }]);
  await hr.say(id, 'title', 'Still here');
  expect(await becomes(at, 'steady', ({ title }) => title === 'Still here')).toMatchObject({ id: before?.id });
  expect(await standing(at, id)).toMatchObject({ syncState: 'synced', label: 'added via on and off' });
  expect((await delivered(at, id)).filter((kind) => kind === 'invite')).toHaveLength(1);
});

describe('complaint 7: an account that exists already is linked', () => {
  test('no 409 for the provider, no second account, no second invitation', PATIENT, async () => {
    const hr = await at.connect('links', { policy: { adoptExisting: 'all' } });
    const own = await madeAtApp(at, 'Exists@Example.com');
    const id = await hr.hire('exists', { title: 'Linked' });
    expect(await becomes(at, 'exists', ({ title }) => title === 'Linked')).toMatchObject({ id: own.id });
    expect(await delivered(at, id)).not.toContain('invite');
  });

  test('to the provider somebody is there or not, never both', PATIENT, async () => {
    expect(await found(at.hr, 'both')).toEqual([]);
    const id = await at.hr.hire('both');
    expect((await at.hr.scim('POST', '/Users', scimUser('BOTH'))).status).toBe(409);
    for (const name of ['both', 'BOTH']) expect(await found(at.hr, name)).toMatchObject([{ id }]);
    await done(at.hr.scim('DELETE', `/Users/${id}`));
    expect(await found(at.hr, 'both')).toEqual([]);
    expect((await at.hr.scim('GET', `/Users/${id}`)).status).toBe(404);
    await at.hr.hire('both');
  });
});

test('complaint 8: no account is taken over in silence: a human says so, and it is on record', PATIENT, async () => {
  const own = await madeAtApp(at, 'victim', { title: 'Own' });
  const id = await at.hr.hire('victim', { title: 'Taken' });
  expect(await why(at, id)).toMatchObject({ link: null, waiting: expect.stringContaining('asks before adopting') });
  await at.hr.say(id, 'active', false);
  await reconcileNow(at.gangway);
  expect(await accountOf(at, 'victim')).toMatchObject({ title: 'Own', status: 'active' });
  expect(await delivered(at, id)).toEqual([]);

  await at.hr.say(id, 'active', true);
  await done(at.gangway.admin('POST', `/people/${id}/adopt`, { remoteId: own.id }));
  await becomes(at, 'victim', ({ title }) => title === 'Taken');
  const { rows } = await at.gangway.db.raw(
    `select actor, detail from audit where action = 'person.adopt' and subject = ?`,
    [id],
  );
  expect(rows).toMatchObject([{ actor: 'operator', detail: { remoteId: own.id } }]);
});

describe('complaint 9: every 409 says that it is about uniqueness', () => {
  test.for(['generic', 'rfc', 'okta', 'entra'] as const)('%s', PATIENT, async (profile) => {
    const hr = await at.connect(`unique ${profile}`, { profile });
    const [first, second] = [`first-${profile}`, `second-${profile}`];
    await hr.hire(first);
    const other = await hr.hire(second);
    const conflicts = [
      await hr.scim('POST', '/Users', scimUser(first)),
      await hr.scim('POST', '/Users', scimUser(first.toUpperCase())),
      await hr.scim('PUT', `/Users/${other}`, scimUser(second, { userName: `${first}@example.com` })),
      await hr.scim(
        'PATCH',
        `/Users/${other}`,
        patchOp({ op: 'replace', path: 'userName', value: `${first}@example.com` }),
      ),
    ];
    for (const { status, body } of conflicts) {
      expect([status, body['status'], body['scimType']]).toEqual([409, '409', 'uniqueness']);
      expect(body['detail']).toContain('exists already');
    }
    const { body } = await hr.scim('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [{ method: 'POST', path: '/Users', bulkId: 'twice', data: scimUser(first) }],
    });
    expect(body['Operations']).toMatchObject([{ status: '409', response: { scimType: 'uniqueness' } }]);
  });
});
