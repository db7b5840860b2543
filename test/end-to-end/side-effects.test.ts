import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { attachTarget } from '../../src/directory/connections.ts';
import { createTarget } from '../../src/directory/targets.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

const PATIENT = { timeout: 30_000 };
const EFFECTS = ['end sessions', 'freeze cards', 'unfreeze cards'];

let gangway: Gangway;
beforeAll(async () => {
  const target = { kind: 'sandbox', settings: { effects: EFFECTS.slice(0, 2) }, secrets: {} };
  gangway = await startGangway({ target, policy: { invite: 'automatic', suspendScope: 'active' } });
});
afterAll(() => gangway?.stop());

const setActive = (app: Gangway, id: string, active: boolean) =>
  app.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: 'active', value: active }));

/** Joins, accepts the invitation and is signed in then. */
async function works(app: Gangway, name: string): Promise<{ id: string; remoteId: string }> {
  const { body } = await app.scim('POST', '/Users', scimUser(name));
  const account = await eventually(`${name} is invited`, async () =>
    (await app.accounts()).find(({ email }) => email === `${name}@example.com`),
  );
  await settled(app.db);
  await fetch(`${app.running.origin}/sandbox/accounts/${account.id}/accept`, { method: 'POST', redirect: 'manual' });
  return { id: String(body['id']), remoteId: account.id };
}

async function at(app: Gangway, remoteId: string) {
  const { body } = await app.sandbox('GET', `/users/${remoteId}`);
  return { status: body['status'], cards: body['cards'], sessions: body['sessions'] };
}

const actionsOf = async (app: Gangway, id: string): Promise<string[]> => {
  const { rows } = await app.db.raw(
    `select kind, state, detail->>'name' as name from actions where person_id = ? and kind <> 'invite' order by id`,
    [id],
  );
  return rows.map(({ kind, state, name }: Record<string, string>) => `${name ?? kind} ${state}`);
};

test(
  'S9: payment cards are frozen and sessions end with the account, each as an action of its own',
  PATIENT,
  async () => {
    const { id, remoteId } = await works(gangway, 'ada');
    expect(await at(gangway, remoteId)).toEqual({ status: 'active', cards: 'usable', sessions: 1 });
    await setActive(gangway, id, false);
    await settled(gangway.db);
    expect(await at(gangway, remoteId)).toEqual({ status: 'suspended', cards: 'frozen', sessions: 0 });
    expect(await actionsOf(gangway, id)).toEqual(['suspend done', 'end sessions done', 'freeze cards done']);
  },
);

test('S9: giving the account back unfreezes nothing that the target does not list', PATIENT, async () => {
  const { id, remoteId } = await works(gangway, 'bea');
  await setActive(gangway, id, false);
  await settled(gangway.db);
  await setActive(gangway, id, true);
  await settled(gangway.db);
  expect(await at(gangway, remoteId)).toEqual({ status: 'active', cards: 'frozen', sessions: 0 });
});

test('S17: who was only invited has neither sessions nor cards to lose', PATIENT, async () => {
  const { body } = await gangway.scim('POST', '/Users', scimUser('cid'));
  await settled(gangway.db);
  await setActive(gangway, String(body['id']), false);
  await settled(gangway.db);
  expect(await actionsOf(gangway, String(body['id']))).toEqual(['erase done']);
});

describe('an app whose cards cannot be frozen', { shuffle: false }, () => {
  let app: Gangway;
  beforeAll(async () => {
    app = await startGangway({ enabled: false });
    const description = parse(readFileSync('examples/targets/sandbox.yaml', 'utf8'));
    description.onSuspend.reverse();
    description.onSuspend[0].request = 'POST /users/{{ id }}/cards/shred';
    const { connection, running } = app;
    await app.db.raw('delete from connection_targets');
    const target = await createTarget(app.db, connection.tenantId, {
      name: 'cards',
      kind: 'rest',
      settings: { url: `${running.origin}/sandbox`, description },
      secrets: running.vault.seal({ key: running.vault.derive('sandbox') }),
    });
    await attachTarget(app.db, connection, target.id);
    await app.db.raw(`update connections set state = 'enabled'`);
  });
  afterAll(() => app?.stop());

  test(
    'S8: the account is suspended and its sessions end all the same; the rest waits for a human',
    PATIENT,
    async () => {
      const { id, remoteId } = await works(app, 'dot');
      await setActive(app, id, false);
      await eventually('the refusal is known', async () => (await actionsOf(app, id)).includes('freeze cards refused'));
      await settled(app.db);
      expect(await at(app, remoteId)).toEqual({ status: 'suspended', cards: 'usable', sessions: 0 });
      expect(await actionsOf(app, id)).toEqual(['suspend done', 'freeze cards refused', 'end sessions done']);
      const { rows } = await app.db.raw('select state, pending_effects from links where person_id = ?', [id]);
      expect(rows).toEqual([{ state: 'suspending', pending_effects: ['freeze cards'] }]);
    },
  );
});
