import { afterAll, beforeAll, expect, test } from 'vitest';
import { adminOf } from '../support/admin.ts';
import { type Gangway, scimUser, settled, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway({ policy: { invite: 'automatic', grantedBy: 'user' } });
});
afterAll(() => gangway?.stop());

test('S19: a connection says what works at each target, and why the rest does not', async () => {
  const { body } = await adminOf(gangway)('GET', `/connections/${gangway.connection.id}/capabilities`);
  const [target] = body['targets'] as { abilities: { ability: string; able: boolean; why: string | null }[] }[];
  const able = Object.fromEntries((target?.abilities ?? []).map(({ ability, ...rest }) => [ability, rest]));
  expect(able['groups']).toEqual({ able: true, why: null });
  expect(able['suspend leavers']).toEqual({ able: false, why: expect.stringContaining('a mere user') });
  expect(able['side effects']).toEqual({ able: false, why: expect.stringContaining('none are described') });
});

test('S11: a person’s page says how they stand at each target, and S55: where the account came from', async () => {
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada'));
  await settled(gangway.db);
  const { body: person } = await adminOf(gangway)('GET', `/people/${body['id']}`);
  expect(person['targets']).toEqual([{ targetId: gangway.targetId, syncState: 'synced', label: 'added via idp' }]);
});
