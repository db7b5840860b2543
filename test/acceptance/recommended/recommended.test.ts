import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_GUARD } from '../../../src/model/policy.ts';
import { scimUser, settled } from '../../support/gangway.ts';
import { reconcileNow } from '../../support/runs.ts';
import { byHand, type Company, startCompany } from '../workplace.ts';

const DAY_MS = 86_400_000;

let company: Company;
beforeAll(async () => {
  company = await startCompany({ policy: { preset: 'recommended' } });
});
afterAll(() => company?.stop());

/** A person who was invited by an operator and has accepted. */
async function worker(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const id = await company.join(name, more);
  await company.must('POST', `/people/${id}/invite`, {});
  await settled(company.db);
  await company.accept(name);
  return id;
}

test('S50: whoever is new is known, and has no account until somebody invites them', async () => {
  const id = await company.join('ada');
  expect(await company.status('ada')).toBe('none');
  await company.must('POST', `/people/${id}/invite`, {});
  await settled(company.db);
  expect(await company.status('ada')).toBe('invited');
});

test('S3: an account of the same address is left alone until a human says that it is the same person', async () => {
  await company.sandbox('POST', '/invitations', { email: 'bea@example.com', title: 'Theirs' });
  const before = await company.account('bea');
  const id = await company.join('bea', { title: 'Ours' });
  expect(await company.account('bea')).toEqual(before);
  await company.setActive(id, false);
  expect(await company.account('bea')).toEqual(before);
  await company.setActive(id, true);
  await company.must('POST', `/people/${id}/adopt`, {});
  await settled(company.db);
  expect(await company.account('bea')).toMatchObject({ id: before?.id, title: 'Ours' });
});

test('S8: who is deactivated is suspended, for as long as it takes', async () => {
  const id = await worker('cid');
  await company.setActive(id, false);
  expect(await company.status('cid')).toBe('suspended');
  expect(await company.nextLook(id)).toBeNull();
  await company.setActive(id, true);
  expect(await company.status('cid')).toBe('active');
});

test('S77: whose record is deleted is suspended, and nothing is erased that nobody asked to have erased', async () => {
  const id = await worker('dot');
  const before = await company.account('dot');
  expect((await company.scim('DELETE', `/Users/${id}`)).status).toBe(204);
  await settled(company.db);
  await company.pass(id, 31);
  expect(await company.status('dot')).toBe('suspended');
  await company.join('dot');
  expect(await company.account('dot')).toMatchObject({ id: before?.id, status: 'active' });
});

test('S77: with an end chosen, 30 days pass before it', async () => {
  const choosy = await startCompany({ policy: { preset: 'recommended', erasureMode: 'erase', invite: 'automatic' } });
  try {
    const id = await choosy.join('eve');
    await choosy.accept('eve');
    await choosy.scim('DELETE', `/Users/${id}`);
    await settled(choosy.db);
    const end = await choosy.nextLook(id);
    expect(Math.abs((end?.getTime() ?? 0) - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000);
    await choosy.pass(id, 30);
    expect(await choosy.status('eve')).toBe('none');
  } finally {
    await choosy.stop();
  }
});

test('S16, S78: edits at the app give way to the source, memberships given there stay', async () => {
  await worker('fay', { title: 'Clerk' });
  const account = await company.account('fay');
  await company.sandbox('PATCH', `/users/${account?.id}`, { title: 'Queen' });
  await byHand(company, 'PUT', 'fay', 'Choir');
  await reconcileNow(company);
  expect(await company.account('fay')).toMatchObject({ title: 'Clerk', groups: ['Choir'] });
});

test('S5: a change at the source is delivered at once, and all accounts are compared every four hours', async () => {
  const { policy } = await company.must('GET', `${company.path}/policy`);
  expect(policy).toMatchObject({ reconcile: { everyHours: 4 } });
  const id = await worker('gus');
  await company.say(id, 'title', 'Head');
  expect(await company.account('gus')).toMatchObject({ title: 'Head' });
});

test('the guard is on: of seven who leave within the hour, the sixth waits for a human', async () => {
  const careful = await startCompany({ policy: { preset: 'recommended', invite: 'automatic', guard: DEFAULT_GUARD } });
  try {
    const names = Array.from({ length: 7 }, (_, index) => `leaver${index}`);
    const ids: string[] = [];
    for (const name of names) ids.push(await careful.join(name));
    for (const name of names) await careful.accept(name);
    for (const id of ids) await careful.setActive(id, false);
    const active = (await careful.accounts()).filter(({ status }) => status === 'active');
    expect(active.map(({ email }) => email).toSorted()).toEqual(['leaver5@example.com', 'leaver6@example.com']);
    expect(await careful.must('GET', '/holds')).toMatchObject({ holds: [{ state: 'held' }] });
    const sixth = await careful.must('GET', `/people/${ids[5]}`);
    expect(sixth).toMatchObject({ targets: [{ syncState: 'held' }] });
    // giving access back never waits
    await careful.setActive(ids[0] ?? '', true);
    expect(await careful.status('leaver0')).toBe('active');
  } finally {
    await careful.stop();
  }
});

test('S63–S65: when it ends, who accepted stays, invitations are withdrawn, the staged are forgotten', async () => {
  const ending = await startCompany({ policy: { preset: 'recommended' } });
  try {
    for (const name of ['ann', 'bob']) {
      const id = await ending.join(name);
      await ending.must('POST', `/people/${id}/invite`, {});
      await settled(ending.db);
    }
    await ending.accept('ann');
    await ending.scim('POST', '/Users', scimUser('cleo'));
    await settled(ending.db);
    await ending.must('POST', `${ending.path}/disconnect`);
    await settled(ending.db);
    expect((await ending.accounts()).map(({ email, status }) => [email, status])).toEqual([
      ['ann@example.com', 'active'],
    ]);
    expect((await ending.must('GET', '/people?userName=cleo@example.com'))['people']).toEqual([]);
  } finally {
    await ending.stop();
  }
});
