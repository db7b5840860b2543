import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { PolicyDocument } from '../../../src/model/policy-layers.ts';
import { patchOp, scimUser, settled } from '../../support/gangway.ts';
import { type Company, startCompany, startsIn } from '../workplace.ts';

const DAY_MS = 86_400_000;

/** The sandbox once more, as an app that can also forget whose an account was. */
async function followForgetfulApp(company: Company): Promise<void> {
  const description = parse(readFileSync('examples/targets/sandbox.yaml', 'utf8'));
  description.operations.anonymise = {
    request: 'PATCH /users/{{ id }}',
    body: { email: '{{ id }}@anonymous.invalid', display_name: 'Somebody who left', first_name: null, last_name: null },
  };
  description.onSuspend = [];
  const { id } = await company.must('POST', '/targets', {
    name: 'forgetful',
    kind: 'rest',
    settings: { description, url: `${company.running.origin}/sandbox` },
    secrets: { key: company.running.vault.derive('sandbox') },
  });
  await company.must('DELETE', `${company.path}/targets/${company.targetId}`);
  await company.must('PUT', `${company.path}/targets/${id}`);
}

const start = (policy: PolicyDocument) =>
  startCompany({
    policy: { preset: 'frontline', ...policy },
    workplace: true,
    prepare: followForgetfulApp,
  });

describe('a network that deletes', () => {
  let company: Company;
  beforeAll(async () => {
    company = await start({});
  });
  afterAll(() => company?.stop());

  const worker = async (name: string) => {
    const id = await company.join(name, startsIn(-1));
    await company.accept(name);
    return id;
  };

  test('S68: who leaves the company loses access with the request that says so', async () => {
    const id = await worker('ada');
    await company.setActive(id, false);
    expect(await company.status('ada')).toBe('suspended');
  });

  test('S76, S77: gone from the source, the account is kept suspended for 30 days, then deleted', async () => {
    const id = await worker('bea');
    expect((await company.scim('DELETE', `/Users/${id}`)).status).toBe(204);
    await settled(company.db);
    expect(await company.status('bea')).toBe('suspended');
    const end = await company.nextLook(id);
    expect(Math.abs((end?.getTime() ?? 0) - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000);
    await company.pass(id, 29);
    expect(await company.status('bea')).toBe('suspended');
    await company.pass(id, 1);
    expect(await company.status('bea')).toBe('none');
    expect(await company.actions(id)).toEqual(['invite done', 'suspend done', 'erase done']);
  });

  test('S77: within the 30 days the account can be recovered by hand, with all that it had', async () => {
    const id = await worker('cid');
    const before = await company.account('cid');
    await company.setActive(id, false);
    await company.must('POST', `/people/${id}/recover`, { actor: 'Grace Hopper' });
    await company.becomes('cid', 'is back', ({ status }) => status === 'active');
    expect(await company.account('cid')).toEqual({ ...before, updatedAt: expect.any(String) });
    await settled(company.db);
    expect(await company.nextLook(id)).toBeNull();
  });

  test('S77: within the 30 days somebody who is hired again has the same account again', async () => {
    const id = await worker('dot');
    const before = await company.account('dot');
    await company.scim('DELETE', `/Users/${id}`);
    await settled(company.db);
    await company.pass(id, 29);
    await company.join('dot', startsIn(-1));
    expect(await company.account('dot')).toEqual({ ...before, updatedAt: expect.any(String) });
  });
});

test('S76: a network that prefers it so keeps the account without the person, 30 days later', async () => {
  const company = await start({ erasureMode: 'anonymise' });
  try {
    const id = await company.join('eve', startsIn(-1));
    const { id: accountId } = await company.accept('eve');
    await company.setActive(id, false);
    expect(await company.status('eve')).toBe('suspended');
    await company.pass(id, 30);
    const [after, ...others] = await company.accounts();
    expect(others).toEqual([]);
    expect(after).toMatchObject({ id: accountId, status: 'suspended', displayName: 'Somebody who left' });
    expect(after?.email).not.toContain('eve');
  } finally {
    await company.stop();
  }
});

test('S68: a leaver passes a whole wave of new hires', async () => {
  // one delivery at a time, so that the order is plain to see
  const company = await startCompany({
    policy: { preset: 'frontline', inviteChannel: ['target'] },
    workplace: true,
    environment: { WORKER_CONCURRENCY: '1' },
  });
  try {
    const id = await company.join('fay', startsIn(-1));
    const before = await company.accept('fay');
    await company.setFault({ mode: 'slow', latencyMs: 100 });
    const wave = Array.from({ length: 30 }, (_, index) => scimUser(`hire${index}`, startsIn(-1)));
    await Promise.all(wave.map((user) => company.scim('POST', '/Users', user)));
    const leave = patchOp({ op: 'replace', path: 'active', value: false });
    expect((await company.scim('PATCH', `/Users/${id}`, leave)).status).toBeLessThan(300);
    await company.becomes('fay', 'is out', ({ status }) => status === 'suspended');
    await company.setFault({ mode: 'none' });
    const { rows: lanes } = await company.db.raw(
      `select min(lane) filter (where subject_id = :id) as leaver, min(lane) filter (where subject_id <> :id) as hires
         from work_item`,
      { id },
    );
    expect(lanes[0].leaver).toBeLessThan(lanes[0].hires);
    const { rows } = await company.db.raw(
      `select count(*)::int as before from actions
        where kind = 'invite' and id < (select id from actions where kind = 'suspend')`,
    );
    expect(rows[0].before).toBeLessThan(wave.length);
    expect((await company.account('fay'))?.id).toBe(before.id);
  } finally {
    await company.stop();
  }
});
