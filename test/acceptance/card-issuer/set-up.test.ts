import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, settled } from '../../support/gangway.ts';
import { accountOf, becomes, type Company, company, done, madeAtApp, PATIENT, writes } from '../company.ts';

/* What the article of the preset `card-issuer` says of connecting first and enabling then. */

let at: Company;
beforeAll(async () => {
  at = await company('card-issuer');
});
afterAll(() => at?.stop());

test('S2: a new connection is connected and not enabled; enabling is a step of its own', PATIENT, async () => {
  const fresh = await at.connect('two steps', { enabled: false });
  type List = { connections: { id: string; state: string }[] };
  const state = async () =>
    ((await at.gangway.admin('GET', '/connections')).body as List).connections.find(({ id }) => id === fresh.id)?.state;
  expect(await state()).toBe('connected');
  expect((await done(fresh.ask('POST', '/enable'))).body['state']).toBe('enabled');
  expect(await state()).toBe('enabled');
});

test('S15: connected but not enabled, nobody can be invited and nothing is synced', PATIENT, async () => {
  const fresh = await at.connect('not yet', { enabled: false });
  await madeAtApp(at, 'ann', { title: 'Own' });
  const before = await writes(at);
  const id = await fresh.hire('ann', { title: 'Clerk' });
  const { status, body } = await at.gangway.admin('POST', `/people/${id}/invite`);
  expect([status, body['code']]).toEqual([409, 'connection_not_enabled']);
  const { body: batch } = await at.gangway.admin('POST', '/invites/batch', { people: [id] });
  expect(batch['results']).toMatchObject([{ result: 'refused', code: 'connection_not_enabled' }]);
  expect((await fresh.ask('POST', '/reconcile')).status).toBe(409);
  await settled(at.gangway.db);
  expect(await writes(at)).toBe(before);
  expect(await accountOf(at, 'ann')).toMatchObject({ title: 'Own' });
  // what came in was kept
  await done(fresh.ask('POST', '/enable'));
  await becomes(at, 'ann', ({ title }) => title === 'Clerk');
});

describe('S14: finishing the set-up shows the first plan and carries out what it has shown', { shuffle: false }, () => {
  type Planned = { id: string; counts: Record<string, number> };
  const actor = 'Ada Lovelace';

  test('linked is who is there already; the others wait to be invited', PATIENT, async () => {
    const fresh = await at.connect('planned', { enabled: false });
    await madeAtApp(at, 'ben');
    await fresh.hire('ben', { title: 'Clerk' });
    await fresh.hire('bix');
    const before = await writes(at);
    const change = { kind: 'enable', connectionId: fresh.id };
    const plan = (await done(at.gangway.admin('POST', '/plans', { actor, change }))).body as Planned;
    expect(plan.counts).toEqual({ adopt: 1, staged: 1 });
    expect(await writes(at)).toBe(before);
    await done(at.gangway.admin('POST', `/plans/${plan.id}/apply`, { actor }));
    await becomes(at, 'ben', ({ title }) => title === 'Clerk');
    expect(await accountOf(at, 'bix')).toBeUndefined();
  });

  test('when the world has moved since, nothing is enabled and a new look is asked for', PATIENT, async () => {
    const fresh = await at.connect('moved', { enabled: false });
    await fresh.hire('cal');
    const change = { kind: 'enable', connectionId: fresh.id };
    const plan = (await done(at.gangway.admin('POST', '/plans', { actor, change }))).body as Planned;
    await fresh.hire('cil');
    const { status, body } = await at.gangway.admin('POST', `/plans/${plan.id}/apply`, { actor });
    expect([status, body['code']]).toEqual([409, 'plan_outdated']);
    expect((await fresh.ask('POST', '/reconcile')).body['code']).toBe('connection_not_enabled');
  });
});

test('S50: with this preset nobody is invited without being picked', PATIENT, async () => {
  const id = await at.hr.hire('dia');
  await settled(at.gangway.db);
  expect(await accountOf(at, 'dia')).toBeUndefined();
  const { body } = await at.gangway.admin('GET', '/people?state=staged');
  expect(body['people']).toContainEqual(expect.objectContaining({ id }));
  await done(at.gangway.admin('POST', `/people/${id}/invite`));
  await eventually('dia is invited', async () => (await accountOf(at, 'dia'))?.status === 'invited');
});
