import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settled } from '../support/gangway.ts';
import { reconcileNow } from '../support/runs.ts';
import { accountOf, becomes, type Company, company, done, madeAtApp, PATIENT, type Source } from './company.ts';

let at: Company;
beforeAll(async () => {
  at = await company('employee-programme');
});
afterAll(() => at?.stop());

type Managed = {
  targets: { connection: { name: string }; attributes: { name: string; manualEdits: string; locked: boolean }[] }[];
};
const managed = async (id: string) =>
  ((await done(at.gangway.admin('GET', `/people/${id}/managed`))).body as Managed).targets;

describe('S30: enabling ends the managing of people by hand at once', () => {
  test(
    'before, the app’s accounts are its own; afterwards every synced field of theirs is locked',
    PATIENT,
    async () => {
      const hr = await at.connect('locking', { enabled: false });
      await madeAtApp(at, 'ada', { title: 'By hand' });
      const id = await hr.hire('ada', { title: 'Clerk' });
      await settled(at.gangway.db);
      expect(await managed(id)).toEqual([]);
      expect(await accountOf(at, 'ada')).toMatchObject({ title: 'By hand' });

      await done(hr.ask('POST', '/enable'));
      await becomes(at, 'ada', ({ title }) => title === 'Clerk');
      const [target] = await managed(id);
      expect(target?.connection).toMatchObject({ name: 'locking' });
      expect(target?.attributes.filter(({ locked }) => !locked)).toEqual([]);
      expect(target?.attributes.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['email', 'title', 'department']),
      );
    },
  );
});

describe('S31: managed data is changed in the HR system only', () => {
  test('what is changed at the app is changed back, what the HR system changes stays', PATIENT, async () => {
    const id = await at.hr.hire('bob', { title: 'Clerk' });
    const account = await becomes(at, 'bob', ({ title }) => title === 'Clerk');
    await done(at.gangway.sandbox('PATCH', `/users/${account.id}`, { title: 'King' }));
    expect((await reconcileNow(at.gangway)).counts).toMatchObject({ differs: 1 });
    await becomes(at, 'bob', ({ title }) => title === 'Clerk');
    await at.hr.say(id, 'title', 'Head');
    await becomes(at, 'bob', ({ title }) => title === 'Head');
    expect((await reconcileNow(at.gangway)).counts).toMatchObject({ differs: 0 });
  });

  test('a membership of the HR system’s cannot be taken by hand: 409 names who owns it', PATIENT, async () => {
    const id = await at.hr.hire('bea');
    await done(at.hr.scim('POST', '/Groups', { displayName: 'Crew', members: [{ value: id }] }));
    await becomes(at, 'bea', ({ groups }) => groups.join() === 'Crew');
    const { status, body } = await at.gangway.admin('DELETE', `/people/${id}/memberships?group=Crew`);
    expect([status, body['code']]).toEqual([409, 'managed_membership']);
    expect(body['detail']).toContain('connection "idp"');
    expect(await accountOf(at, 'bea')).toMatchObject({ groups: ['Crew'] });
  });
});

describe('S37: the keys that a technical user has at hand', () => {
  type Token = { id: string; prefix: string; expiresAt: string | null; lastUsedAt: string | null };
  const works = async ({ scim }: Source, token: string) =>
    (await scim('GET', '/Users?count=1', undefined, { authorization: `Bearer ${token}` })).status === 200;
  const list = async (hr: Source) => (await done(hr.ask('GET', '/tokens'))).body['tokens'] as Token[];

  test(
    'a key is shown once and kept nowhere: the list has its beginning, its end and its last use',
    PATIENT,
    async () => {
      const hr = await at.connect('shown once');
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
      const { body } = await done(hr.ask('POST', '/tokens', { expiresAt }));
      const token = String(body['token']);
      expect(await works(hr, token)).toBe(true);
      const used = async () => (await list(hr)).find(({ id }) => id === body['id']);
      await expect.poll(async () => (await used())?.lastUsedAt).toEqual(expect.any(String));
      expect(await used()).toMatchObject({ prefix: token.slice(26, 38), expiresAt });
      expect(JSON.stringify(await list(hr))).not.toContain(token.slice(26));
      const secret = `%${token.slice(26)}%`;
      for (const table of ['credentials', 'audit']) {
        const { rows } = await at.gangway.db.raw(`select 1 from ${table} t where t::text like ?`, [secret]);
        expect([table, rows]).toEqual([table, []]);
      }
    },
  );

  test(
    'two live ones let it be changed without a gap; a third is refused, an ended one is dead at once',
    PATIENT,
    async () => {
      const hr = await at.connect('rotated');
      const [old] = await list(hr);
      const { body } = await done(hr.ask('POST', '/tokens'));
      const fresh = String(body['token']);
      expect([await works(hr, hr.token), await works(hr, fresh)]).toEqual([true, true]);
      const third = await hr.ask('POST', '/tokens');
      expect([third.status, third.body['code']]).toEqual([409, 'limit_reached']);
      expect(third.body['detail']).toContain(String(old?.id));
      await done(at.gangway.admin('DELETE', `/tokens/${old?.id}`));
      expect([await works(hr, hr.token), await works(hr, fresh)]).toEqual([false, true]);
    },
  );
});
