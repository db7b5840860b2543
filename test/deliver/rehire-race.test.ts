import type { Knex } from 'knex';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { observe } from '../../src/deliver/observe.ts';
import type { Person } from '../../src/model/person.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterAll(() => gangway?.stop());

const accountOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`);

test('who is deleted and posted anew while the suspension is under way ends with the same account, given back', async () => {
  for (const [round, pauseMs] of [0, 20, 60, 150].entries()) {
    const name = `race${round}`;
    const { body } = await gangway.scim('POST', '/Users', scimUser(name));
    const before = await eventually('invited', () => accountOf(name));
    await settled(gangway.db);
    await gangway.setFault({ mode: 'slow', latencyMs: 100 });
    await gangway.scim('DELETE', `/Users/${body['id']}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await gangway.scim('POST', '/Users', scimUser(name));
    await gangway.setFault({ mode: 'none' });
    await settled(gangway.db);
    expect(await accountOf(name)).toMatchObject({ id: before.id, status: 'invited' });
  }
}, 40_000);

test('who comes back after a suspension whose answer was lost is given the account back', async () => {
  const { body } = await gangway.scim('POST', '/Users', scimUser('lost'));
  await eventually('invited', () => accountOf('lost'));
  await settled(gangway.db);
  const active = (value: boolean) =>
    gangway.scim('PATCH', `/Users/${body['id']}`, patchOp({ op: 'replace', path: 'active', value }));
  await gangway.setFault({ mode: 'lost_answer', hits: 'writes', remaining: 1 });
  await active(false);
  await eventually('suspended', async () => (await accountOf('lost'))?.status === 'suspended');
  await active(true);
  await settled(gangway.db);
  expect(await accountOf('lost')).toMatchObject({ status: 'invited' });
});

test('who is deleted and posted anew while the invite is under way ends with one account', async () => {
  for (const [round, pauseMs] of [0, 40, 80, 130, 200, 300].entries()) {
    const name = `early${round}`;
    await gangway.setFault({ mode: 'slow', latencyMs: 60 });
    const { body } = await gangway.scim('POST', '/Users', scimUser(name));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await gangway.scim('DELETE', `/Users/${body['id']}`);
    await gangway.scim('POST', '/Users', scimUser(name));
    await gangway.setFault({ mode: 'none' });
    await settled(gangway.db);
    const accounts = (await gangway.accounts()).filter(({ email }) => email === `${name}@example.com`);
    expect(accounts).toMatchObject([{ status: 'invited' }]);
  }
}, 60_000);

test('an invite that is answered while we look does not leave its account looking like nobody’s', async () => {
  const { body: first } = await gangway.scim('POST', '/Users', scimUser('between'));
  const account = await eventually('invited', () => accountOf('between'));
  await settled(gangway.db);
  const [tenantId, firstId, remoteId] = [gangway.connection.tenantId, String(first['id']), String(account.id)];
  const { rows } = await gangway.db.raw('select target_id as "targetId" from links where person_id = ?', [firstId]);
  const linkIs = (state: string, id: string | null) =>
    gangway.db.raw('update links set state = ?, remote_id = ? where person_id = ?', [state, id, firstId]);
  const key = { tenantId, targetId: rows[0].targetId, personId: '01a20000-0000-7000-8000-0000000000b2' };
  const resource = scimUser('between') as Person['resource'];
  const person: Person = { id: key.personId, status: 'active', resource, groups: [] };
  const found = { remoteId, email: 'between@example.com', status: 'invited', attributes: {}, groups: [] };
  const connector = { capabilities: { read: true }, search: async () => [found] } as unknown as Connector;
  // whatever is asked first, the answer to the invite comes right after it
  const pool = gangway.db.client;
  const answered = {
    config: pool.config,
    acquireConnection: () => pool.acquireConnection(),
    releaseConnection: async (lent: unknown) => {
      await pool.releaseConnection(lent);
      await linkIs('invited', remoteId);
    },
  };
  await linkIs('inviting', null);
  const db = { client: answered } as unknown as Knex;
  const observed = await observe(db, connector, key, null, person, new AbortController().signal);
  expect(observed).toMatchObject({ found: [], taken: true });
});

test('an account that a deleted person got between two looks is inherited, not waited for', async () => {
  // the former person's link appears after this person's first look: the moment is made by hand
  const { body: former } = await gangway.scim('POST', '/Users', scimUser('window'));
  await eventually('invited', () => accountOf('window'));
  await settled(gangway.db);
  const { rows } = await gangway.db.raw('select * from links where person_id = ?', [String(former['id'])]);
  await gangway.scim('DELETE', `/Users/${former['id']}`);
  await eventually('suspended', async () => (await accountOf('window'))?.status === 'suspended');
  await settled(gangway.db);
  await gangway.db.raw(`update links set match_keys = '{}' where person_id = ?`, [String(former['id'])]);
  const { body } = await gangway.scim('POST', '/Users', scimUser('window'));
  await eventually('a first look', async () => {
    const work = await gangway.db.raw('select attempts from work_item where subject_id = ?', [String(body['id'])]);
    return work.rows[0]?.attempts > 0;
  });
  await gangway.db.raw('update links set match_keys = ? where person_id = ?', [
    rows[0].match_keys,
    String(former['id']),
  ]);
  await settled(gangway.db);
  expect(await accountOf('window')).toMatchObject({ id: rows[0].remote_id, status: 'invited' });
});

test('an account that somebody else is being invited to at this moment is nobody’s to judge yet', async () => {
  const { body: first } = await gangway.scim('POST', '/Users', scimUser('shared'));
  const before = await eventually('invited', () => accountOf('shared'));
  await settled(gangway.db);
  // as it is between the target's making of the account and our record of the answer
  const firstId = String(first['id']);
  await gangway.db.raw(`update links set remote_id = null, state = 'inviting' where person_id = ?`, [firstId]);
  const { body: second } = await gangway.scim('POST', '/Users', { ...scimUser('shared'), userName: 'shared-two' });
  const secondId = String(second['id']);
  await eventually('a look that ends with "later"', async () => {
    const { rows } = await gangway.db.raw('select last_error from work_item where subject_id = ?', [secondId]);
    return /being invited/.test(rows[0]?.last_error);
  });
  await gangway.scim('PATCH', `/Users/${firstId}`, patchOp({ op: 'replace', path: 'title', value: 'First' }));
  await settled(gangway.db);
  const { rows } = await gangway.db.raw('select person_id, remote_id from links where remote_id = ?', [before?.id]);
  expect(rows).toEqual([{ person_id: firstId, remote_id: before?.id }]);
});
