import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool } from '../../src/database/pool.ts';
import { createPerson, deletePerson, replacePerson } from '../../src/directory/people.ts';
import { createPeople } from '../../src/directory/people-batch.ts';
import { headOf, readEvents } from '../../src/events/list.ts';
import { keepEvents } from '../../src/events/tidy.ts';
import type { GangwayEvent } from '../../src/model/event.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { aScope, columnsOf } from '../support/directory.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

/** A scope whose events somebody has asked for: only those are told. */
async function heard<Scope extends { tenantId: string }>(scope: Scope): Promise<Scope> {
  await headOf(database.db, scope.tenantId);
  return scope;
}

async function allEvents(tenantId: string, after = 0): Promise<GangwayEvent[]> {
  const all: GangwayEvent[] = [];
  for (let from = after; ; ) {
    const page = await readEvents(database.db, tenantId, { after: from, kinds: null, limit: 100 });
    all.push(...page.events);
    from = page.next;
    if (page.next === page.head && page.events.length === 0) return all;
  }
}

test('each write of a person is told once, in its order, with the names of what was written', async () => {
  const { db } = database;
  const scope = await heard(await aScope(db));
  const attributes = ['userName', 'active'];
  const { id } = await createPerson(db, scope, columnsOf('ada', { attributes }), { rehire: true });
  await replacePerson(db, scope, id, null, columnsOf('ada', { attributes })); // nothing to change
  await replacePerson(
    db,
    scope,
    id,
    null,
    columnsOf('ada', { document: '{"title":"x"}', attributes: ['title'] }),
    'patch',
  );
  await replacePerson(db, scope, id, null, columnsOf('ada', { document: '{"title":"y"}', active: false }));
  await createPerson(db, scope, columnsOf('ADA', { document: '{"title":"z"}' }), { rehire: true });
  await createPeople(db, scope, [columnsOf('bo'), columnsOf('bo')], { rehire: true });
  await deletePerson(db, scope, id, null);
  const events = await allEvents(scope.tenantId);
  expect(events.map(({ kind, written }) => [kind, written])).toEqual([
    ['person.create', 'person.create'],
    ['person.patch', 'person.patch'],
    ['person.deactivate', 'person.put'],
    ['person.activate', 'person.put'],
    ['person.create', 'person.create'],
    ['person.delete', 'person.delete'],
  ]);
  expect(events.filter(({ personId }) => personId === id)).toHaveLength(5);
  expect(events.map(({ detail }) => detail.attributes ?? null)).toEqual([attributes, ['title'], [], [], [], null]);
  expect(events.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a write that is taken back tells nobody anything', async () => {
  const { db } = database;
  const scope = await heard(await aScope(db));
  const lost = db.transaction(async (trx) => {
    await createPerson(trx, scope, columnsOf('never'), { rehire: false });
    throw new Error('taken back');
  });
  await expect(lost).rejects.toThrow('taken back');
  expect(await allEvents(scope.tenantId)).toEqual([]);
});

test('what is committed late comes late: nobody who has read on finds an event before their place', async () => {
  const { db } = database;
  const scope = await heard(await aScope(db));
  const slow = await db.transaction();
  await createPerson(slow, scope, columnsOf('slow'), { rehire: false }); // written first, committed last
  const fast = await createPerson(db, scope, columnsOf('fast'), { rehire: false });
  const first = await readEvents(db, scope.tenantId, { after: 0, kinds: null, limit: 10 });
  expect(first.events.map(({ personId }) => personId)).toEqual([fast.id]);
  await slow.commit();
  const second = await readEvents(db, scope.tenantId, { after: first.next, kinds: null, limit: 10 });
  expect(second.events.map(({ kind }) => kind)).toEqual(['person.create']);
});

test('of two transactions that change one person, the one that was later there is later in the feed', async () => {
  const { db } = database;
  const scope = await heard(await aScope(db));
  const { id } = await createPerson(db, scope, columnsOf('both'), { rehire: false });
  const older = await db.transaction();
  await createPerson(older, scope, columnsOf('older'), { rehire: false }); // it has its id and its time already
  await replacePerson(db, scope, id, null, columnsOf('both', { active: false }));
  await replacePerson(older, scope, id, null, columnsOf('both', { active: true, document: '{"title":"back"}' }));
  await older.commit();
  const ofBoth = (await allEvents(scope.tenantId)).filter(({ personId }) => personId === id);
  expect(ofBoth.map(({ kind }) => kind)).toEqual(['person.create', 'person.deactivate', 'person.activate']);
});

test('many writers and many readers at once: every event once, in one order for all, the same person’s in theirs', async () => {
  const { url } = database;
  const db = openPool({ url, max: 24 });
  const scope = await heard(await aScope(db));
  const people = await Promise.all(
    Array.from(
      { length: 8 },
      async (_, n) => (await createPerson(db, scope, columnsOf(`p${n}`), { rehire: false })).id,
    ),
  );
  let writing = true;
  const readers = Array.from({ length: 4 }, async () => {
    const seen: GangwayEvent[] = [];
    for (let after = 0, rest = 2; rest > 0; ) {
      const page = await readEvents(db, scope.tenantId, { after, kinds: null, limit: 7 });
      seen.push(...page.events);
      if (!writing && page.next === page.head && page.events.length === 0) rest -= 1;
      after = page.next;
    }
    return seen;
  });
  await Promise.all(
    people.flatMap((id, n) =>
      [0, 1, 2].map(async (writer) => {
        for (let round = 0; round < 15; round += 1) {
          const document = `{"title":"${writer} ${round}"}`;
          await replacePerson(db, scope, id, null, columnsOf(`p${n}`, { document, active: round % 2 === 0 }));
        }
      }),
    ),
  );
  writing = false;
  const [first = [], ...others] = await Promise.all(readers);
  for (const other of others) expect(other.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  const { rows } = await db.raw('select id, version from people where tenant_id = ?', [scope.tenantId]);
  const written = rows.reduce((sum: number, { version }: { version: number }) => sum + version, 0);
  expect(first).toHaveLength(written);
  expect(first.map(({ position }) => position)).toEqual(first.map((_, index) => index + 1));
  for (const id of people) {
    const times = first.filter(({ personId }) => personId === id).map(({ at }) => at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // the last word on whether somebody is active is what they are
    const last = first.findLast(({ personId, kind }) => personId === id && /activate/.test(kind));
    const { rows: now } = await db.raw('select active from people where id = ?', [id]);
    if (last) expect(last.kind).toBe(now[0].active ? 'person.activate' : 'person.deactivate');
  }
  await db.destroy();
}, 60_000);

test('events are deleted after thirty days, some at a time; who comes later is told, and learns no other place', async () => {
  const { db } = database;
  const scope = await heard(await aScope(db));
  for (const name of ['a', 'b', 'c']) await createPerson(db, scope, columnsOf(name), { rehire: false });
  await headOf(db, scope.tenantId);
  await db.raw(`update events set at = at - interval '31 days' where tenant_id = ? and position <= 2`, [
    scope.tenantId,
  ]);
  await keepEvents(db, scope.tenantId, new Date());
  expect(await headOf(db, scope.tenantId)).toEqual({ position: 3, floor: 2 });
  const from = (after: number) => readEvents(db, scope.tenantId, { after, kinds: null, limit: 10 });
  expect((await from(2)).events.map(({ position }) => position)).toEqual([3]);
  await expect(from(1)).rejects.toMatchObject({ code: 'events_gone', message: expect.stringContaining('30 days') });
  await expect(from(9)).rejects.toMatchObject({ code: 'events_gone', message: expect.stringContaining('backup') });
});

test('what nobody reads is numbered by the watch, and another tenant’s stays another’s', async () => {
  const { db } = database;
  const [ours, theirs] = [await heard(await aScope(db)), await heard(await aScope(db))];
  const batch = Array.from({ length: 1_200 }, (_, n) => columnsOf(`many ${n}`));
  await createPeople(db, ours, batch, { rehire: false });
  await createPerson(db, theirs, columnsOf('theirs'), { rehire: false });
  await keepEvents(db, ours.tenantId, new Date());
  const waiting = await db.raw('select tenant_id from new_events where tenant_id in (?, ?)', [
    ours.tenantId,
    theirs.tenantId,
  ]);
  expect(waiting.rows).toEqual([{ tenant_id: theirs.tenantId }]);
  expect(await allEvents(ours.tenantId)).toHaveLength(1_200);
  expect(await allEvents(theirs.tenantId)).toHaveLength(1);
});

test('what happens before anybody asks is not told, and costs nothing', async () => {
  const { db } = database;
  const scope = await aScope(db);
  await createPerson(db, scope, columnsOf('early'), { rehire: false });
  expect((await db.raw('select 1 from new_events where tenant_id = ?', [scope.tenantId])).rows).toEqual([]);
  expect(await allEvents(scope.tenantId)).toEqual([]);
});
