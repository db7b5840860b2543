import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createPerson, findPerson } from '../../src/directory/people.ts';
import type { Scope } from '../../src/directory/stored.ts';
import { readRun } from '../../src/report/runs.ts';
import { parseProfile, type RosterProfileInput } from '../../src/roster/profile.ts';
import { resumeCutOff } from '../../src/roster/resume.ts';
import { takeUpHeld } from '../../src/roster/runs.ts';
import { receiveRoster, workOnRoster } from '../../src/roster/take.ts';
import { RESOURCE_COLUMNS } from '../../src/scim/resource-columns.ts';
import { testDatabase } from '../support/database.ts';
import { aScope, columnsOf } from '../support/directory.ts';
import { csv, type Employee, employee, employees } from '../support/rosters.ts';

const { db, drop } = await testDatabase();
afterAll(drop);

/** Takes a roster as the server does, without a server. */
async function take(scope: Scope, people: readonly Employee[], profile: RosterProfileInput = {}) {
  const text = csv(people);
  const options = { db, columns: RESOURCE_COLUMNS, changed: () => {}, batch: 3 };
  const more = { dryRun: false, hold: false, fileName: null, idempotencyKey: null, askedBy: 'test' };
  const upload = { ...scope, profile: parseProfile(profile), ...more };
  const hash = () => createHash('sha256').update(text).digest('base64url');
  const received = await receiveRoster(options, upload, Readable.from([text]), hash);
  if ('same' in received) throw new Error('the file is the same');
  await workOnRoster(options, received.run);
  return readRun(db, scope.tenantId, received.run.runId);
}

type Row = { id: string; key: string; name: string; absent: boolean; manager: string | null; groups: string[] };
const people = async (scope: Scope): Promise<Row[]> => {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select p.id, p.external_id as key, p.user_name as name, p.absent_at is not null as absent,
            p.document->'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'->'manager'->>'value' as manager,
            array(select g.display_name from memberships m join groups g on g.id = m.group_id where m.member_id = p.id order by 1) as groups
       from people p where p.connection_id = ? and p.deleted_at is null order by length(p.external_id), p.external_id`,
    [scope.connectionId],
  );
  return rows;
};

test('managers are found by number and by e-mail address, whoever comes first', async () => {
  const scope = await aScope(db);
  await take(scope, [employee(1, { manager: '2' }), employee(2), employee(3, { manager: 'E2@example.com' })]);
  expect((await people(scope)).map(({ manager }) => manager)).toEqual(['2', null, '2']);
});

test('a manager whose own row is rejected is still known', async () => {
  const scope = await aScope(db);
  const run = await take(scope, [employee(1, { manager: '2' }), employee(2, { email: 'broken' })]);
  expect(run.counts).toMatchObject({ rejected: 1, applied: 1 });
  expect(await people(scope)).toMatchObject([{ key: '1', manager: '2' }]);
});

test('two rows with one number or one address are both rejected, and count as present', async () => {
  const scope = await aScope(db);
  await take(scope, employees(4));
  const twins = [employee(1), employee(1, { email: 'x@example.com' }), employee(2, { email: 'same@example.com' })];
  const run = await take(scope, [...twins, employee(3, { email: 'same@example.com' }), employee(4)]);
  expect(run.counts).toMatchObject({ rows: 1, rejected: 4, unchanged: 1, missing: 0 });
  expect((await people(scope)).some(({ absent }) => absent)).toBe(false);
});

test('who gets another number keeps being the same person', async () => {
  const scope = await aScope(db);
  await take(scope, employees(3));
  const [before] = await people(scope);
  const run = await take(scope, [employee(9, { email: 'e1@example.com' }), ...employees(3).slice(1)]);
  expect(run.counts).toMatchObject({ new: 0, changed: 1, missing: 0 });
  expect((await people(scope)).find(({ key }) => key === '9')?.id).toBe(before?.id);
  expect((await take(scope, [employee(9, { email: 'e1@example.com' }), employee(2)])).counts).toMatchObject({
    missing: 1,
  });
});

test('who came by the protocol before is recognised by the userName, and nobody else of them is ever missing', async () => {
  const scope = await aScope(db);
  const known = await createPerson(db, scope, columnsOf('E1@example.com'), { rehire: false });
  const other = await createPerson(db, scope, columnsOf('by-scim@example.com'), { rehire: false });
  const run = await take(scope, employees(2));
  expect(run.counts).toMatchObject({ new: 1, changed: 1, missing: 0 });
  expect((await people(scope)).find(({ key }) => key === '1')?.id).toBe(known.id);
  expect(await findPerson(db, scope, other.id)).toMatchObject({ version: 1 });
});

test('who is missing is absent once, and who comes back is present with the same id', async () => {
  const scope = await aScope(db);
  await take(scope, employees(3));
  const before = await people(scope);
  expect((await take(scope, employees(2))).counts).toMatchObject({ missing: 1, applied: 1 });
  expect((await people(scope)).map(({ absent }) => absent)).toEqual([false, false, true]);
  const next = [employee(1, { givenName: 'Ada' }), employee(2)];
  expect((await take(scope, next)).counts).toMatchObject({ missing: 0, changed: 1 });
  expect((await take(scope, employees(3))).counts).toMatchObject({ returned: 1, changed: 1 });
  expect((await people(scope)).map(({ id, absent }) => ({ id, absent }))).toEqual(
    before.map(({ id }) => ({ id, absent: false })),
  );
});

test('with delta semantics nobody is missing', async () => {
  const scope = await aScope(db);
  await take(scope, employees(3));
  expect((await take(scope, [employee(4)], { semantics: 'delta' })).counts).toMatchObject({ new: 1, missing: 0 });
});

test('groups come and go with the file, and only for those whose rows change', async () => {
  const scope = await aScope(db);
  await take(scope, [employee(1, { groups: 'Sales|Crew' }), employee(2, { groups: 'sales' }), employee(3)]);
  expect((await people(scope)).map(({ groups }) => groups)).toEqual([['Crew', 'Sales'], ['Sales'], []]);
  const run = await take(scope, [employee(1, { groups: 'Crew' }), employee(2, { groups: 'sales' }), employee(3)]);
  expect(run.counts).toMatchObject({ changed: 1, unchanged: 2 });
  expect((await people(scope)).map(({ groups }) => groups)).toEqual([['Crew'], ['Sales'], []]);
});

test('two people who swap their addresses cannot be told apart by them: both rows are rejected, nobody is lost', async () => {
  const scope = await aScope(db);
  await take(scope, employees(3));
  const swapped = [employee(1, { email: 'e2@example.com' }), employee(2, { email: 'e1@example.com' }), employee(3)];
  const run = await take(scope, swapped);
  expect(run).toMatchObject({ state: 'done', counts: { changed: 2, applied: 0, rejected: 2 } });
  expect((await people(scope)).map(({ name }) => name)).toEqual(['e1@example.com', 'e2@example.com', 'e3@example.com']);
});

test('another connection of the tenant is not looked at', async () => {
  const [one, other] = [await aScope(db), await aScope(db)];
  await take(one, employees(3));
  expect((await take(other, employees(1))).counts).toMatchObject({ new: 1, missing: 0 });
  expect((await people(one)).some(({ absent }) => absent)).toBe(false);
});

test('nothing of a file that was applied stays in the staging tables', async () => {
  const scope = await aScope(db);
  await take(scope, employees(7));
  const { rows } = await db.raw('select count(*)::int as n from roster_rows where tenant_id = ?', [scope.tenantId]);
  expect(rows).toEqual([{ n: 0 }]);
});

test('what a roster changes belongs to its run', async () => {
  const scope = await aScope(db);
  const { id } = await take(scope, employees(2));
  const { rows } = await db.raw('select distinct run_id as id from work_item where tenant_id = ?', [scope.tenantId]);
  expect(rows).toEqual([{ id }]);
});

test('rows that a restarted database has not kept are not people who left', async () => {
  const scope = await aScope(db);
  await take(scope, employees(5));
  const text = csv(employees(6));
  const upload = {
    ...scope,
    profile: parseProfile({}),
    dryRun: false,
    hold: false,
    fileName: null,
    idempotencyKey: null,
    askedBy: 'test',
  };
  const options = { db, columns: RESOURCE_COLUMNS, changed: () => {} };
  const received = await receiveRoster(options, upload, Readable.from([text]), () => 'another');
  if ('same' in received) throw new Error('the file is the same');
  await db.raw('delete from roster_rows where run_id = ?', [received.run.runId]);
  await expect(workOnRoster(options, received.run)).rejects.toThrow('upload the file again');
  expect((await people(scope)).some(({ absent }) => absent)).toBe(false);
});

test('a roster that was released is applied by whoever goes on with it, and not held once more', async () => {
  const scope = await aScope(db);
  await take(scope, employees(40));
  const options = { db, columns: RESOURCE_COLUMNS, changed: () => {} };
  const how = { dryRun: false, hold: false, fileName: null, idempotencyKey: null, askedBy: 'test' };
  const upload = { ...scope, profile: parseProfile({}), ...how };
  const received = await receiveRoster(options, upload, Readable.from([csv(employees(10))]), () => 'short');
  if ('same' in received) throw new Error('the file is the same');
  await workOnRoster(options, received.run);
  expect((await readRun(db, scope.tenantId, received.run.runId)).state).toBe('held');
  await takeUpHeld(db, received.run); // and the process ends
  await db.raw(`update rosters set alive_at = now() - interval '1 minute' where run_id = ?`, [received.run.runId]);
  expect(await resumeCutOff(options)).toBe(true);
  expect(await readRun(db, scope.tenantId, received.run.runId)).toMatchObject({
    state: 'done',
    counts: { missing: 30 },
  });
});
