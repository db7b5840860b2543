import { afterAll, beforeEach, expect, test } from 'vitest';
import { createGroup, deleteGroup, findGroup, findGroupLocked, replaceGroup } from '../../src/directory/groups.ts';
import { changeMembers } from '../../src/directory/members.ts';
import { createPerson, deletePerson, findPerson, replacePerson } from '../../src/directory/people.ts';
import type { Scope } from '../../src/directory/stored.ts';
import { LANE } from '../../src/work/mark.ts';
import { testDatabase } from '../support/database.ts';
import { aScope, begin, columnsOf, forgetMarks, group, groupOf, marks, person } from '../support/directory.ts';

const { db, drop } = await testDatabase();
afterAll(drop);
let scope: Scope;
beforeEach(async () => {
  await forgetMarks(db);
  scope = await aScope(db);
});

/** What was marked, by the names of `people`. */
const markedOf = async (people: Record<string, string>) => {
  const all = await marks(db);
  return Object.fromEntries(Object.entries(people).flatMap(([name, id]) => (all[id] ? [[name, all[id]?.lane]] : [])));
};

test('a new person is work of the last lane', async () => {
  const ada = await person(db, scope);
  expect(await markedOf({ ada })).toEqual({ ada: LANE.invite });
});

test.for([
  { name: 'a change is work of the middle lane', more: { displayName: 'Ada' }, lane: LANE.change },
  { name: 'a deactivation is work of the first lane', more: { active: false }, lane: LANE.loss },
])('$name', async ({ more, lane }) => {
  const ada = await person(db, scope);
  await forgetMarks(db);
  await replacePerson(db, scope, ada, null, columnsOf('ada', more));
  expect(await markedOf({ ada })).toEqual({ ada: lane });
});

test('a write that changes nothing is no work and no new version', async () => {
  const { id, version } = await createPerson(db, scope, columnsOf('same'), { rehire: false });
  await forgetMarks(db);
  expect(await replacePerson(db, scope, id, null, columnsOf('same'))).toMatchObject({ outcome: 'same', version });
  expect(await marks(db)).toEqual({});
});

test('a deletion is work of the first lane, keeps the tombstone and frees the name', async () => {
  const { id } = await createPerson(db, scope, columnsOf('leaver'), { rehire: false });
  await forgetMarks(db);
  expect(await deletePerson(db, scope, id, null)).toBe(true);
  expect(await deletePerson(db, scope, id, null)).toBe(false);
  expect(await markedOf({ id })).toEqual({ id: LANE.loss });
  expect(await findPerson(db, scope, id)).toBeNull();
  const { rows } = await db.raw('select deleted_at is not null as deleted, user_name from people where id = ?', [id]);
  expect(rows).toEqual([{ deleted: true, user_name: 'leaver' }]);
  const next = await createPerson(db, scope, columnsOf('leaver'), { rehire: false });
  expect(next.id).not.toBe(id);
});

test('a rehire keeps the id and is a change, not an invitation', async () => {
  const { id } = await createPerson(db, scope, columnsOf('Back', { active: false }), { rehire: false });
  await forgetMarks(db);
  await expect(createPerson(db, scope, columnsOf('back'), { rehire: false })).rejects.toMatchObject({
    code: 'already_exists',
  });
  const again = await createPerson(db, scope, columnsOf('back'), { rehire: true });
  expect(again).toMatchObject({ id, version: 2 });
  expect(await markedOf({ id })).toEqual({ id: LANE.change });
  await expect(createPerson(db, scope, columnsOf('back'), { rehire: true })).rejects.toMatchObject({
    code: 'already_exists',
  });
});

test('a group’s first members are marked, groups among them are not', async () => {
  const [ada, bob, inner] = [await person(db, scope), await person(db, scope), await group(db, scope)];
  await forgetMarks(db);
  await createGroup(db, scope, groupOf('crew'), [ada, bob, inner]);
  expect(await marks(db)).toEqual({ [ada]: { lane: LANE.change, rev: 1 }, [bob]: { lane: LANE.change, rev: 1 } });
});

test('adding one to a crowd marks exactly one, adding somebody again marks nobody', async () => {
  const crowd = await Promise.all(Array.from({ length: 20 }, () => person(db, scope)));
  const [ada, crew] = [await person(db, scope), await group(db, scope, crowd)];
  await forgetMarks(db);
  expect(await changeMembers(db, scope, crew, { kind: 'add', memberIds: [ada, ada, crowd[0] ?? ''] })).toBe(1);
  expect(await marks(db)).toEqual({ [ada]: { lane: LANE.change, rev: 1 } });
  await forgetMarks(db);
  expect(await changeMembers(db, scope, crew, { kind: 'add', memberIds: [ada] })).toBe(0);
  expect(await marks(db)).toEqual({});
});

test('removing marks exactly those who were in, in the first lane', async () => {
  const [ada, bob, eve] = [await person(db, scope), await person(db, scope), await person(db, scope)];
  const crew = await group(db, scope, [ada, bob]);
  await forgetMarks(db);
  expect(await changeMembers(db, scope, crew, { kind: 'remove', memberIds: [ada, eve] })).toBe(1);
  expect(await markedOf({ ada, bob, eve })).toEqual({ ada: LANE.loss });
});

test('keeping some marks the others; who was put in by hand stays', async () => {
  const [ada, bob, eve] = [await person(db, scope), await person(db, scope), await person(db, scope)];
  const crew = await group(db, scope, [ada, bob, eve]);
  await db.raw(`update memberships set owner = 'manual' where member_id = ?`, [eve]);
  await forgetMarks(db);
  expect(await changeMembers(db, scope, crew, { kind: 'keep', memberIds: [ada] })).toBe(1);
  expect(await markedOf({ ada, bob, eve })).toEqual({ bob: LANE.loss });
});

test('a rename marks all members, another change of the group nobody', async () => {
  const [ada, bob, eve] = [await person(db, scope), await person(db, scope), await person(db, scope)];
  const crew = await group(db, scope, [ada, bob]);
  const write = (columns: ReturnType<typeof groupOf>) =>
    db.transaction(async (trx) => {
      await findGroupLocked(trx, scope, crew);
      return replaceGroup(trx, scope, crew, null, columns);
    });
  await forgetMarks(db);
  await write({ ...groupOf('group'), externalId: 'x', document: '{"displayName":"group","externalId":"x"}' });
  expect(await marks(db)).toEqual({});
  await write(groupOf('renamed'));
  expect(await markedOf({ ada, bob, eve })).toEqual({ ada: LANE.change, bob: LANE.change });
});

test('deleting a group marks its members in the first lane', async () => {
  const [ada, bob] = [await person(db, scope), await person(db, scope)];
  const crew = await group(db, scope, [ada]);
  await forgetMarks(db);
  expect(await deleteGroup(db, scope, crew, null)).toBe(true);
  expect(await markedOf({ ada, bob })).toEqual({ ada: LANE.loss });
});

test('work that is marked again keeps its most urgent lane', async () => {
  const ada = await person(db, scope);
  await replacePerson(db, scope, ada, null, columnsOf('ada', { active: false }));
  await replacePerson(db, scope, ada, null, columnsOf('ada', { active: true }));
  // two marks: what is due already, and nobody has begun, need not be marked a third time
  expect(await marks(db)).toEqual({ [ada]: { lane: LANE.loss, rev: 2 } });
});

test('work that somebody has begun is marked again, so that they look again', async () => {
  const ada = await person(db, scope);
  await begin(db, ada);
  await replacePerson(db, scope, ada, null, columnsOf('ada', { active: false }));
  expect(await marks(db)).toEqual({ [ada]: { lane: LANE.loss, rev: 2 } });
});

test('a write whose work cannot be marked did not happen', async () => {
  const ada = await person(db, scope);
  const crew = await group(db, scope, [ada]);
  const before = await Promise.all([findPerson(db, scope, ada), findGroup(db, scope, crew, true)]);
  const bob = await person(db, scope);
  await db.raw(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no mark'; end $$`);
  await db.raw('create trigger refuse before insert on work_item for each row execute function refuse()');
  try {
    const writes = [
      createPerson(db, scope, columnsOf('never'), { rehire: false }),
      replacePerson(db, scope, ada, null, columnsOf('changed')),
      deletePerson(db, scope, ada, null),
      createGroup(db, scope, groupOf('never'), [ada]),
      changeMembers(db, scope, crew, { kind: 'add', memberIds: [bob] }),
      changeMembers(db, scope, crew, { kind: 'remove', memberIds: [ada] }),
      deleteGroup(db, scope, crew, null),
    ];
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('no mark') } });
    }
  } finally {
    await db.raw('drop function refuse cascade');
  }
  expect(await Promise.all([findPerson(db, scope, ada), findGroup(db, scope, crew, true)])).toEqual(before);
  const { rows } = await db.raw(
    `select 1 from people where user_name = 'never' union all select 1 from groups where display_name = 'never'`,
  );
  expect(rows).toEqual([]);
});

test('members of a group that is not of this connection are not_found, whoever they are', async () => {
  const other = await aScope(db);
  const foreign = await group(db, other);
  const ada = await person(db, scope);
  for (const kind of ['add', 'remove', 'keep'] as const) {
    const change = changeMembers(db, scope, foreign, { kind, memberIds: [ada] });
    await expect(change).rejects.toMatchObject({ code: 'not_found' });
  }
});
