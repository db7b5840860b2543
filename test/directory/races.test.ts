import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { deleteGroup, findGroup, findGroupLocked, replaceGroup } from '../../src/directory/groups.ts';
import { changeMembers } from '../../src/directory/members.ts';
import { createPerson, deletePerson, findPerson, replacePerson } from '../../src/directory/people.ts';
import { testDatabase } from '../support/database.ts';
import { aScope, begin, columnsOf, group, groupOf, marks, person } from '../support/directory.ts';

const { db, url, drop } = await testDatabase();
const crowded = openPool({ url, max: 16 });
afterAll(async () => {
  await crowded.destroy();
  await drop();
});
const scope = await aScope(db);
const membersOf = async (id: string): Promise<string[]> => {
  const { related } = (await findGroup(db, scope, id, true)) ?? {};
  return (JSON.parse(related ?? '[]') as { value: string }[]).map(({ value }) => value);
};

test('eight writers who add different members to one group lose none, and none fails', async () => {
  const people = await Promise.all(Array.from({ length: 80 }, () => person(crowded, scope)));
  const crew = await group(db, scope);
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (const id of people.filter((_, index) => index % 8 === writer)) {
      await changeMembers(crowded, scope, crew, { kind: 'add', memberIds: [id] });
    }
  });
  await Promise.all(writers);
  expect(await membersOf(crew)).toEqual(people.toSorted());
  expect(await findGroup(db, scope, crew, false)).toMatchObject({ version: 81 });
});

test('changes of many groups and people in opposite orders end without a deadlock', async () => {
  const people = await Promise.all(Array.from({ length: 12 }, () => person(crowded, scope)));
  const crews = await Promise.all(Array.from({ length: 4 }, () => group(crowded, scope)));
  const writers = Array.from({ length: 12 }, async (_, writer) => {
    for (let round = 0; round < 10; round++) {
      const order = (writer + round) % 2 ? people : people.toReversed();
      const crew = crews[(writer + round) % crews.length] ?? '';
      const kind = (['add', 'remove', 'keep', 'add'] as const)[(writer * 3 + round) % 4] ?? 'add';
      const some = order.filter((_, index) => (index + round + writer) % 3);
      await changeMembers(crowded, scope, crew, { kind, memberIds: some });
      const one = order[round] ?? '';
      await replacePerson(crowded, scope, one, null, columnsOf(one, { active: (writer + round) % 2 === 0 }));
    }
  });
  await Promise.all(writers);
});

test('people who are deleted while groups change end in no group, without a deadlock', async () => {
  const people = await Promise.all(Array.from({ length: 30 }, () => person(crowded, scope)));
  const crews = await Promise.all(Array.from({ length: 3 }, () => group(crowded, scope, people)));
  const add = (crew: string, memberIds: string[]) =>
    changeMembers(crowded, scope, crew, { kind: 'add', memberIds }).catch((error: { code: string }) => {
      expect(error.code).toBe('member_not_found');
    });
  await Promise.all([
    ...people.map((id) => deletePerson(crowded, scope, id, null)),
    ...crews.flatMap((crew) => people.map((id) => add(crew, [id]))),
  ]);
  for (const crew of crews) expect(await membersOf(crew)).toEqual([]);
});

test('who joins while a deletion of their group waits is marked by the deletion', async () => {
  const [ada, crew] = [await person(db, scope), await group(db, scope)];
  const { deletion } = await db.transaction(async (trx) => {
    await changeMembers(trx, scope, crew, { kind: 'add', memberIds: [ada] });
    const started = deleteGroup(crowded, scope, crew, null);
    await sleep(100); // it waits for us now
    return { deletion: started };
  });
  expect(await deletion).toBe(true);
  expect((await marks(db))[ada]?.rev).toBe(3); // made, joined, lost
  expect(await db.raw('select 1 from memberships where group_id = ?', [crew])).toMatchObject({ rows: [] });
});

test('who joins while a rename of their group waits is marked by the rename', async () => {
  const [ada, crew] = [await person(db, scope), await group(db, scope)];
  const { rename } = await db.transaction(async (trx) => {
    await changeMembers(trx, scope, crew, { kind: 'add', memberIds: [ada] });
    await begin(trx, ada);
    const started = crowded.transaction(async (other) => {
      await findGroupLocked(other, scope, crew);
      return replaceGroup(other, scope, crew, null, groupOf('renamed'));
    });
    await sleep(100);
    return { rename: started };
  });
  await rename;
  expect((await marks(db))[ada]?.rev).toBe(3); // made, joined, renamed
});

test('equal writes over any version at once are all written or the same, none a conflict', async () => {
  const { id } = await createPerson(db, scope, columnsOf('twin'), { rehire: false });
  for (let round = 0; round < 5; round++) {
    const columns = columnsOf('twin', { displayName: `round ${round}` });
    const writes = await Promise.all(Array.from({ length: 8 }, () => replacePerson(crowded, scope, id, null, columns)));
    for (const written of writes) expect(['written', 'same']).toContain(written?.outcome);
  }
  expect(await findPerson(db, scope, id)).toMatchObject({ version: 6 });
});

test('ten new people of one name at once are one', async () => {
  const creations = Array.from({ length: 10 }, () =>
    createPerson(crowded, scope, columnsOf('Only One'), { rehire: true }),
  );
  const results = await Promise.allSettled(creations);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already_exists' });
  }
});
