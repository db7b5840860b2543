import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
let connectionId = '';
beforeAll(async () => {
  gangway = await startGangway({ policy: { invite: 'manual', onDelete: 'suspend', guard: { ...GUARD } } });
  connectionId = gangway.connection.id;
});
afterAll(() => gangway?.stop());

const GUARD = { floor: 5, perHourPercent: 10, perDayPercent: 20, twoPeoplePercent: 50, whileHeld: 'wait' as const };
const api = (method: string, path: string, body?: object) =>
  adminOf(gangway, gangway.connection.tenantId)(method, path, body);
const make = async (change: object, actor = 'ada') => {
  const { status, body } = await api('POST', '/plans', { actor, change });
  expect(status).toBe(201);
  return body as { id: string; hash: string; counts: Record<string, number>; reasons: string[] };
};
const decide = (id: string, decision: string, actor = 'ada') => api('POST', `/plans/${id}/${decision}`, { actor });
const policyChange = (policy: object) => ({ kind: 'policy', connectionId, policy });

describe('a plan', { shuffle: false }, () => {
  test('a plan is looked at without effects, then applied unchanged', async () => {
    await gangway.scim('POST', '/Users', scimUser('ann'));
    await settled(gangway.db);
    const { id, counts, reasons } = await make(
      policyChange({ invite: 'automatic', guard: GUARD, onDelete: 'suspend' }),
    );
    expect({ counts: counts['invite'], reasons }).toEqual({ counts: 1, reasons: [] });
    expect(await gangway.accounts()).toEqual([]);
    expect((await decide(id, 'apply')).body).toMatchObject({ state: 'applied', decidedBy: 'ada' });
    await settled(gangway.db);
    expect(await gangway.accounts()).toHaveLength(1);
    expect((await decide(id, 'apply')).body).toMatchObject({ status: 409, code: 'plan_closed' });
  });

  test('the hash is the same as long as the world is, and a plan for another world is refused', async () => {
    await api('POST', `/connections/${connectionId}/pause`);
    await gangway.scim('POST', '/Users', scimUser('ben'));
    const change = policyChange({ invite: 'manual', onDelete: 'suspend', guard: GUARD });
    const first = await make(change);
    expect(first.counts).toEqual({ staged: 1 });
    expect((await make(change)).hash).toBe(first.hash);
    await gangway.scim('POST', '/Users', scimUser('cat'));
    const { body } = await decide(first.id, 'apply');
    expect(body).toMatchObject({ status: 409, code: 'plan_outdated' });
    expect(body['detail']).toContain('then: staged 1; now: staged 2');
    expect((await api('GET', `/plans/${first.id}`)).body).toMatchObject({ state: 'open' });
    const second = await make(change);
    expect((await decide(second.id, 'apply')).status).toBe(200);
    await api('POST', `/connections/${connectionId}/enable`);
    await settled(gangway.db);
    expect(await gangway.accounts()).toHaveLength(1);
  });

  test('a policy that ends more accounts needs a second person, whichever way it is set', async () => {
    const wider = { invite: 'manual', onDelete: 'erase', guard: 'off' };
    const direct = await api('PUT', `/connections/${connectionId}/policy`, wider);
    expect(direct.body).toMatchObject({ status: 409, code: 'needs_second_person' });
    const { id, reasons } = await make(policyChange(wider));
    expect(reasons).toEqual(['onDelete erase ends accounts for good', 'the guard is switched off']);
    expect((await decide(id, 'apply')).body).toMatchObject({ code: 'needs_second_person' });
    expect((await decide(id, 'approve', ' Ada ')).body).toMatchObject({ code: 'needs_second_person' });
    expect((await decide(id, 'approve', 'bob')).body).toMatchObject({ state: 'approved', approvedBy: 'bob' });
    expect((await decide(id, 'apply')).body).toMatchObject({ state: 'applied' });
    const { body } = await api('GET', `/connections/${connectionId}/policy`);
    expect(body['policy']).toMatchObject({ onDelete: 'erase', guard: 'off' });
    const { rows } = await gangway.db.raw(`select actor, action from audit where subject = ? order by id`, [id]);
    expect(rows).toEqual([
      { actor: 'bob', action: 'plan.approve' },
      { actor: 'ada', action: 'plan.apply' },
    ]);
    // what was no step further when it was looked at is one by now
    const wide = await make(policyChange({ ...wider, guard: { ...GUARD, floor: 50 } }));
    expect(wide.reasons).toEqual([]);
    expect((await api('PUT', `/connections/${connectionId}/policy`, { ...wider, guard: GUARD })).status).toBe(200);
    expect((await decide(wide.id, 'apply')).body).toMatchObject({ code: 'plan_outdated' });
  });

  test('so does a tenant’s policy that reaches connections with accounts', async () => {
    const direct = await api('PUT', '/policy', { onAbsence: 'erase' });
    expect(direct.body).toMatchObject({
      code: 'needs_second_person',
      detail: expect.stringContaining('idp: onAbsence'),
    });
    const { id } = await make({ kind: 'tenant-policy', policy: { onAbsence: 'erase' } });
    await decide(id, 'approve', 'bob');
    expect((await decide(id, 'apply')).body).toMatchObject({ state: 'applied' });
  });
});

test('another mapping is a plan, too: who gets what instead', async () => {
  const mapping = { attributes: { displayName: { expression: '"Dr. " + displayName' } } };
  const { id, counts } = await make({ kind: 'mapping', connectionId, mapping });
  expect(Object.keys(counts)).toEqual(['attributes']);
  expect((await decide(id, 'apply')).body).toMatchObject({ state: 'applied' });
  expect((await api('GET', `/connections/${connectionId}/mapping`)).body).toMatchObject({ mapping });
});

test('a plan is discarded once, and another tenant’s is not found', async () => {
  const { id } = await make({ kind: 'disconnect', connectionId });
  expect((await decide(id, 'discard')).body).toMatchObject({ state: 'discarded' });
  expect((await decide(id, 'discard')).body).toMatchObject({ code: 'plan_closed' });
  const other = await api('POST', '/tenants', { name: 'other' });
  const { status } = await adminOf(gangway, String(other.body['tenantId']))('GET', `/plans/${id}`);
  expect(status).toBe(404);
});

test('plans are listed page by page, and the open ones by themselves', async () => {
  const [first, second] = [await make(policyChange({})), await make(policyChange({}))];
  await decide(first.id, 'discard');
  const idsOf = async (query: string) => {
    const { body } = await api('GET', `/plans?${query}`);
    return { ids: (body['plans'] as { id: string }[]).map(({ id }) => id), next: body['next'] };
  };
  expect(await idsOf('limit=1')).toEqual({ ids: [second.id], next: second.id });
  expect(await idsOf(`limit=1&before=${second.id}`)).toEqual({ ids: [first.id], next: first.id });
  const { ids } = await idsOf('open=true');
  expect(ids).toContain(second.id);
  expect(ids).not.toContain(first.id);
  expect((await api('GET', '/plans?limit=1000')).status).toBe(422);
});

test.for([
  { name: 'no kind', change: {}, pointer: '#/kind' },
  { name: 'a wrong policy', change: { kind: 'policy', connectionId: 'x', policy: {} }, pointer: '#/connectionId' },
])('a change with $name says where', async ({ change, pointer }) => {
  const { status, body } = await api('POST', '/plans', { actor: 'ada', change });
  expect(status).toBe(422);
  expect(body['errors']).toMatchObject([{ pointer }]);
});

test('undo needs to know what', async () => {
  const { body } = await api('POST', '/plans', { actor: 'ada', change: { kind: 'undo' } });
  expect(body).toMatchObject({ status: 422, detail: expect.stringContaining('say what to undo') });
});
