import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, patchOp, scimUser } from '../support/gangway.ts';
import { accountOf, type Company, company, done, writes } from './company.ts';

const MEMBERS = 1_300;
const PATIENT = { timeout: 120_000 };

let at: Company;
beforeAll(async () => {
  at = await company('recommended', { policy: { invite: 'automatic' } });
});
afterAll(() => at?.stop());

type Group = { members: { value: string }[]; meta: { version: string } };
const idle = () =>
  eventually(
    'all work is done',
    async () => {
      const { rows } = await at.gangway.db.raw(
        `select 1 from work_item where state = 'ready' and next_at < now() limit 1`,
      );
      return rows.length === 0;
    },
    90_000,
  );

/** People who are known and have no accounts: what is measured is the group, not the app. */
async function crowd(): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < MEMBERS; start += 650) {
    const Operations = Array.from({ length: 650 }, (_, index) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${index}`,
      data: scimUser(`crowd${start + index}`, { active: false }),
    }));
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
    const { body } = await done(at.hr.scim('POST', '/Bulk', { schemas, Operations }));
    for (const { location } of body['Operations'] as { location: string }[]) ids.push(location.split('/').at(-1) ?? '');
  }
  return ids;
}

describe('complaint 10: adding one member to a large group', { shuffle: false }, () => {
  let group: string;
  let members: string[];
  const read = async () => (await done(at.hr.scim('GET', `/Groups/${group}`))).body as Group;
  const marked = async () => {
    const { rows } = await at.gangway.db.raw(`select subject_id, wanted_rev from work_item where kind = 'push'`);
    return new Map<string, string>(rows.map((row: Record<string, string>) => [row['subject_id'], row['wanted_rev']]));
  };

  test('a group of 1,300 is stored and shown whole', PATIENT, async () => {
    members = await crowd();
    const body = { displayName: 'Everybody', members: members.map((value) => ({ value })) };
    group = String((await done(at.hr.scim('POST', '/Groups', body))).body['id']);
    expect((await read()).members).toHaveLength(MEMBERS);
    await idle();
  });

  test('one more: one membership is written, one person is looked at, the app gets one grant', PATIENT, async () => {
    const zoe = await at.hr.hire('zoe');
    await eventually('zoe is invited', () => accountOf(at, 'zoe'));
    await idle();
    const before = await marked();
    const sent = await writes(at);
    const add = patchOp({ op: 'add', path: 'members', value: [{ value: zoe }] });
    expect((await at.hr.scim('PATCH', `/Groups/${group}`, add)).status).toBe(204);
    await eventually('zoe is in', async () => (await accountOf(at, 'zoe'))?.groups.includes('Everybody'));
    await idle();
    const after = await marked();
    expect([...after].filter(([id, rev]) => before.get(id) !== rev).map(([id]) => id)).toEqual([zoe]);
    const { rows } = await at.gangway.db.raw(
      `select count(*)::int as n from memberships m where m.xmin = (select o.xmin from memberships o where o.member_id = ?)`,
      [zoe],
    );
    expect(rows).toEqual([{ n: 1 }]);
    expect(await writes(at)).toBe(sent + 2); // the group is made at the app, and she is put into it
    expect((await read()).members).toHaveLength(MEMBERS + 1);
  });

  test('one less: nobody else is lost', PATIENT, async () => {
    const [first, ...others] = members;
    const remove = patchOp({ op: 'remove', path: `members[value eq "${first}"]` });
    expect((await at.hr.scim('PATCH', `/Groups/${group}`, remove)).status).toBe(204);
    const left = (await read()).members.map(({ value }) => value);
    expect(left).toHaveLength(MEMBERS);
    expect(new Set(left).isSupersetOf(new Set(others))).toBe(true);
  });
});
