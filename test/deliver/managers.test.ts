import { afterAll, expect, test } from 'vitest';
import { tellWhoReports, withManagers } from '../../src/deliver/managers.ts';
import { createPerson } from '../../src/directory/people.ts';
import type { Scope } from '../../src/directory/stored.ts';
import type { Person } from '../../src/model/person.ts';
import { ENTERPRISE } from '../../src/plan/desired.ts';
import { claim } from '../../src/work/claim.ts';
import { testDatabase } from '../support/database.ts';
import { aScope, forgetMarks, marks } from '../support/directory.ts';

const { db, drop } = await testDatabase();
afterAll(drop);

async function add(scope: Scope, userName: string, more: Record<string, unknown> = {}): Promise<Person> {
  const resource = { userName, externalId: `E-${userName}`, displayName: `Dr ${userName}`, ...more };
  const columns = {
    ...{ userName, externalId: resource.externalId, email: null, displayName: resource.displayName, active: true },
    ...{
      document: JSON.stringify(resource),
      search: JSON.stringify(resource).toLowerCase().replace('2.0:user', '2.0:User'),
    },
  };
  const { id } = await createPerson(db, scope, columns, { rehire: false });
  return { id, status: 'active', resource, groups: [] };
}

const reportsTo = (value: string) => ({ [ENTERPRISE]: { manager: { value } } });

async function aTarget(): Promise<{ scope: Scope; at: Scope & { targetId: string } }> {
  const scope = await aScope(db);
  const { rows } = await db.raw('select target_id as "targetId" from connection_targets where connection_id = ?', [
    scope.connectionId,
  ]);
  return { scope, at: { ...scope, targetId: rows[0].targetId } };
}

test('S7: a manager is found by id, externalId or userName, in the same connection', async () => {
  const { scope, at } = await aTarget();
  const boss = await add(scope, 'Boss', { emails: [{ value: 'boss@example.org' }] });
  const { scope: elsewhere } = await aTarget();
  const stranger = await add(elsewhere, 'Stranger');
  await db.raw(
    `insert into links (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, created_at)
     values (:tenantId, :targetId, :personId, :connectionId, 'acc_1', 'active', 'invited', now())`,
    { ...at, personId: boss.id },
  );
  const names = [boss.id, 'E-Boss', 'BOSS', stranger.id, 'E-Stranger', 'nobody'];
  const people = [...names.map((name) => ({ ...boss, resource: reportsTo(name) })), { ...boss, resource: {} }];
  const known = { email: 'boss@example.org', name: 'Dr Boss', account: 'acc_1' };
  const found = await withManagers(db, at, true, people);
  expect(found.map(({ manager }) => manager)).toEqual([known, known, known, null, null, null, null]);
  expect(await withManagers(db, at, false, people)).toBe(people);
});

test('S7: those who report to somebody are marked when what they know changes, and only then', async () => {
  const { scope, at } = await aTarget();
  const boss = await add(scope, 'Chief');
  const reports = [
    await add(scope, 'r1', reportsTo(boss.id)),
    await add(scope, 'r2', reportsTo('e-chief')),
    await add(scope, 'r3', reportsTo('chief')),
  ];
  await add(scope, 'r4', reportsTo('somebody else'));
  const items = await claim(db, { limit: 1000, leaseSeconds: 60, upToLane: 2, pausedTargets: [] });
  const item = items.find(({ subjectId }) => subjectId === boss.id);
  if (!item) throw new Error('nothing to do for the manager');
  const marked = async (person: Person, link: Parameters<typeof tellWhoReports>[3], lease = item.lease) => {
    await db.raw('delete from work_item where subject_id <> ?', [boss.id]);
    await tellWhoReports(db, at, person, link, { ...item, lease });
    return Object.keys(await marks(db))
      .filter((id) => id !== boss.id)
      .toSorted();
  };
  const all = reports.map(({ id }) => id).toSorted();
  const link = {
    remoteId: 'acc_2',
    state: 'active',
    origin: 'invited',
    applied: {},
    granted: [],
    suspendedAt: null,
    pendingEffects: [],
  } as const;
  expect(await marked(boss, null, boss.id)).toEqual([]); // the lease is another's
  expect(await marked(boss, null)).toEqual(all);
  expect(await marked(boss, null)).toEqual([]);
  expect(await marked(boss, link)).toEqual(all);
  expect(await marked({ ...boss, resource: { ...boss.resource, title: 'x' } }, link)).toEqual([]);
  expect(await marked({ ...boss, resource: { ...boss.resource, displayName: 'x' } }, link)).toEqual(all);
  const renamed = { ...boss, resource: { ...boss.resource, displayName: 'x' } };
  expect(await marked({ ...renamed, status: 'deactivated' }, link)).toEqual([]);
  expect(await marked({ ...boss, status: 'deleted' }, link)).toEqual(all);
  await forgetMarks(db);
});
