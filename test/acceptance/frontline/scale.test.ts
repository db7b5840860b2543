import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOf } from '../../support/admin.ts';
import { settled } from '../../support/gangway.ts';
import { arrived, type Company, startCompany, startsIn } from '../workplace.ts';

const MANY = 20_000;

describe('S84: a company of twenty thousand', () => {
  let company: Company;
  let leaver: string;
  beforeAll(async () => {
    company = await startCompany({ policy: { preset: 'frontline', reconcile: 'off' }, workplace: true });
    leaver = await company.join('leaver', startsIn(-1));
    await company.group('Everybody', [leaver]);
    await fill(company);
  });
  afterAll(() => company?.stop());

  test('one leaver is one delivery; nobody else is looked at', { timeout: 60_000 }, async () => {
    await settled(company.db);
    const before = { calls: (await arrived(company)).length, work: await workOfOthers() };
    await company.setActive(leaver, false);
    expect(await company.status('leaver')).toBe('suspended');
    expect((await company.actions(leaver)).filter((action) => !action.startsWith('invite'))).toEqual([
      'grant Everybody done',
      'suspend done',
    ]);
    expect({ calls: (await arrived(company)).length - 1, work: await workOfOthers() }).toEqual(before);
    const { rows } = await company.db.raw('select count(*)::int as others from actions where person_id <> ?', [leaver]);
    expect(rows).toEqual([{ others: 0 }]);
  });

  /** How often anybody else was marked for a look. */
  async function workOfOthers(): Promise<number> {
    const { rows } = await company.db.raw(
      'select coalesce(sum(wanted_rev), 0)::int as marks from work_item where subject_id <> ?',
      [leaver],
    );
    return rows[0].marks;
  }
});

test('S85: what a network prefers holds for all its connections, until one of them says otherwise', async () => {
  const company = await startCompany({ policy: {} });
  try {
    const admin = adminOf(company);
    // a connection that sets nothing of its own
    const own = { preset: 'frontline', erasureMode: 'anonymise' };
    const { id } = await company.must('POST', '/connections', { name: 'quiet' });
    const path = `/connections/${id}/policy`;
    const asked = await admin('PUT', '/policy', own);
    expect([asked.status, asked.body['code']]).toEqual([409, 'needs_second_person']); // the other one is at work
    const { id: plan } = await company.must('POST', '/plans', {
      actor: 'Ada',
      change: { kind: 'tenant-policy', policy: own },
    });
    await company.must('POST', `/plans/${plan}/approve`, { actor: 'Grace' });
    await company.must('POST', `/plans/${plan}/apply`, { actor: 'Ada' });
    const { policy, from } = (await company.must('GET', path)) as Record<string, Record<string, unknown>>;
    expect(policy).toMatchObject({ erasureMode: 'anonymise', onDelete: 'suspend-then-erase', graceDays: 30 });
    expect(from).toMatchObject({ erasureMode: 'tenant', onDelete: 'tenant preset' });
    await company.must('PUT', path, { graceDays: 60 });
    expect(await company.must('GET', path)).toMatchObject({
      policy: { graceDays: 60, erasureMode: 'anonymise' },
      from: { graceDays: 'connection' },
    });
  } finally {
    await company.stop();
  }
});

/** People, accounts, links and memberships as they are after everybody was invited and accepted. */
async function fill({ db, connection, targetId }: Company): Promise<void> {
  const key = { tenantId: connection.tenantId, connectionId: connection.id, targetId, many: MANY };
  await db.raw(
    `insert into sandbox.accounts (id, email, email_key, status, accepted_at)
     select 'acc_many' || n, 'many' || n || '@example.com', 'many' || n || '@example.com', 'active', now()
       from generate_series(1, :many) n`,
    key,
  );
  await db.raw(
    `with made as (
       insert into people (tenant_id, connection_id, id, user_name, user_name_key, external_id, email_key, active,
                           document, search, created_at, modified_at)
       select :tenantId, :connectionId, gen_random_uuid(), d.name, d.name, 'ext' || d.n, d.name, true,
              json_build_object('userName', d.name, 'emails', json_build_array(json_build_object('value', d.name))),
              jsonb_build_object('userName', d.name), now(), now()
         from (select n, 'many' || n || '@example.com' as name from generate_series(1, :many) n) d
       returning tenant_id, connection_id, id, user_name),
     linked as (
       insert into links (tenant_id, target_id, person_id, connection_id, remote_id, state, origin, settled_at, created_at)
       select m.tenant_id, :targetId, m.id, m.connection_id, a.id, 'active', 'invited', now(), now()
         from made m join sandbox.accounts a on a.email = m.user_name)
     insert into memberships (tenant_id, connection_id, group_id, member_id, member_type)
     select m.tenant_id, m.connection_id, g.id, m.id, 'User' from made m join groups g on g.tenant_id = m.tenant_id`,
    key,
  );
  await db.raw('analyze people, links, memberships, work_item');
}
