import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { attachTarget } from '../../src/directory/connections.ts';
import { createTarget } from '../../src/directory/targets.ts';
import type { Policy } from '../../src/model/policy.ts';
import { eventually, type Gangway, patchOp, scimUser, startGangway } from '../support/gangway.ts';

const PATIENT = { timeout: 30_000 };
const policy: Partial<Policy> = {
  invite: 'automatic',
  onDeactivate: 'suspend-then-erase',
  onDelete: 'suspend-then-erase',
  erasureMode: 'erase',
  protected: ['BOSS@example.com'],
};

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway({ policy });
});
afterAll(() => gangway?.stop());

const accountOf = async (app: Gangway, name: string) =>
  (await app.accounts()).find(({ email }) => email === `${name}@example.com`);
const statusOf = async (app: Gangway, name: string) => (await accountOf(app, name))?.status ?? 'none';
const becomes = (app: Gangway, name: string, status: string) =>
  eventually(`${name} is ${status}`, async () => (await statusOf(app, name)) === status);

async function join(app: Gangway, name: string): Promise<string> {
  const { body } = await app.scim('POST', '/Users', scimUser(name));
  await becomes(app, name, 'invited');
  await rested(app, String(body['id']));
  return String(body['id']);
}

const setActive = (app: Gangway, id: string, active: boolean) =>
  app.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: active }));

/** Waits until nothing is due for a person now; returns when they are looked at again. */
async function rested(app: Gangway, id: string): Promise<Date | null> {
  const row = await eventually(`${id} rests`, async () => {
    const { rows } = await app.db.raw(
      `select state, next_at as at from work_item where subject_id = ? and lease_token is null
          and (state = 'idle' or next_at > now() + interval '1 minute')`,
      [id],
    );
    return rows[0];
  });
  return row.state === 'idle' ? null : row.at;
}

/** As if so many days went by. */
async function pass(app: Gangway, id: string, days: number): Promise<void> {
  await app.db.raw(`update links set suspended_at = suspended_at - make_interval(days => ?) where person_id = ?`, [
    days,
    id,
  ]);
  await app.db.raw(
    `update work_item set next_at = next_at - make_interval(days => ?) where subject_id = ? and state = 'ready'`,
    [days, id],
  );
}

test('S77: a leaver is suspended for the grace, then erased with a receipt', PATIENT, async () => {
  const id = await join(gangway, 'ada');
  const account = await accountOf(gangway, 'ada');
  await setActive(gangway, id, false);
  await becomes(gangway, 'ada', 'suspended');
  const due = await rested(gangway, id);
  expect(Math.abs((due?.getTime() ?? 0) - Date.now() - 30 * 86_400_000)).toBeLessThan(60_000);
  await pass(gangway, id, 29);
  await new Promise((resolve) => setTimeout(resolve, 700)); // longer than the worker sleeps
  expect(await statusOf(gangway, 'ada')).toBe('suspended');
  await pass(gangway, id, 1);
  await becomes(gangway, 'ada', 'none');
  expect(await rested(gangway, id)).toBeNull();
  const { rows } = await gangway.db.raw(`select actor, action, detail from audit where subject = ?`, [id]);
  expect(rows).toEqual([
    {
      actor: 'gangway',
      action: 'account.erase',
      detail: {
        targetId: gangway.targetId,
        connectionId: gangway.connection.id,
        accountId: account?.id,
        actionId: expect.any(String),
      },
    },
  ]);
});

test('S77: who comes back within the grace has the same account again, and no end', PATIENT, async () => {
  const id = await join(gangway, 'bea');
  const before = await accountOf(gangway, 'bea');
  await setActive(gangway, id, false);
  await becomes(gangway, 'bea', 'suspended');
  await rested(gangway, id);
  await pass(gangway, id, 29);
  await setActive(gangway, id, true);
  await becomes(gangway, 'bea', 'invited');
  expect(await rested(gangway, id)).toBeNull();
  expect((await accountOf(gangway, 'bea'))?.id).toBe(before?.id);
  const { rows } = await gangway.db.raw('select suspended_at from links where person_id = ?', [id]);
  expect(rows).toEqual([{ suspended_at: null }]);
});

test('S77: a deleted person’s account ends after the grace, too', PATIENT, async () => {
  const id = await join(gangway, 'cid');
  await gangway.scim('DELETE', `/Users/${id}`);
  await becomes(gangway, 'cid', 'suspended');
  await rested(gangway, id);
  await pass(gangway, id, 30);
  await becomes(gangway, 'cid', 'none');
});

test('a protected person keeps the account, deactivated or deleted', PATIENT, async () => {
  const id = await join(gangway, 'boss');
  await setActive(gangway, id, false);
  await rested(gangway, id);
  expect(await statusOf(gangway, 'boss')).toBe('invited');
  await gangway.scim('DELETE', `/Users/${id}`);
  await rested(gangway, id);
  expect(await statusOf(gangway, 'boss')).toBe('invited');
});

test('S76: an app that cannot anonymise keeps the account suspended', PATIENT, async () => {
  const app = await startGangway({ policy: { ...policy, erasureMode: 'anonymise', graceDays: 0 } });
  try {
    const id = await join(app, 'dot');
    await setActive(app, id, false);
    await becomes(app, 'dot', 'suspended');
    expect(await rested(app, id)).toBeNull();
    expect(await statusOf(app, 'dot')).toBe('suspended');
  } finally {
    await app.stop();
  }
});

test(
  'S17, S77: with scope active an invitation is withdrawn; without grace the suspended is erased',
  PATIENT,
  async () => {
    const app = await startGangway({ policy: { ...policy, suspendScope: 'active', graceDays: 0 } });
    try {
      const invited = await join(app, 'eve');
      await setActive(app, invited, false);
      await becomes(app, 'eve', 'none');
      const { rows } = await app.db.raw(`select kind from actions where person_id = ? order by id`, [invited]);
      expect(rows).toEqual([{ kind: 'invite' }, { kind: 'erase' }]);

      const accepted = await join(app, 'fay');
      const account = await accountOf(app, 'fay');
      await fetch(`${app.running.origin}/sandbox/accounts/${account?.id}/accept`, {
        method: 'POST',
        redirect: 'manual',
      });
      await setActive(app, accepted, false);
      await becomes(app, 'fay', 'none');
      const done = await app.db.raw(`select kind from actions where person_id = ? order by id`, [accepted]);
      expect(done.rows).toEqual([{ kind: 'invite' }, { kind: 'suspend' }, { kind: 'erase' }]);
    } finally {
      await app.stop();
    }
  },
);

test('S76: an app that can anonymise keeps the account without its owner', PATIENT, async () => {
  const app = await startGangway({ policy: { ...policy, erasureMode: 'anonymise', graceDays: 0 } });
  try {
    const { tenantId, id: connectionId } = app.connection;
    const description = parse(readFileSync(new URL('../../examples/targets/sandbox.yaml', import.meta.url), 'utf8'));
    description.operations.anonymise = {
      request: 'PATCH /users/{{ id }}',
      body: { email: '{{ id }}@anonymous.invalid', display_name: 'Somebody who left', title: null },
    };
    const target = await createTarget(app.db, tenantId, {
      name: 'forgetful',
      kind: 'rest',
      settings: { description, url: `${app.running.origin}/sandbox` },
      secrets: app.running.vault.seal({ key: app.running.vault.derive('sandbox') }),
    });
    await app.db.raw('delete from connection_targets where connection_id = ?', [connectionId]);
    await attachTarget(app.db, app.connection, target.id);
    const id = await join(app, 'gus');
    const before = await accountOf(app, 'gus');
    await setActive(app, id, false);
    await becomes(app, 'gus', 'none');
    await rested(app, id);
    const [after] = await app.accounts();
    expect(after).toMatchObject({ id: before?.id, status: 'suspended', displayName: 'Somebody who left' });
    const { rows } = await app.db.raw(`select action from audit where subject = ?`, [id]);
    expect(rows).toEqual([{ action: 'account.anonymise' }]);
    await setActive(app, id, true);
    await becomes(app, 'gus', 'invited');
    expect((await accountOf(app, 'gus'))?.id).not.toBe(before?.id);
  } finally {
    await app.stop();
  }
});
