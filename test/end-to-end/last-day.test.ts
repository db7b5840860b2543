import { afterAll, beforeAll, expect, test } from 'vitest';
import { declare } from '../support/extensions.ts';
import { eventually, type Gangway, patchOp, scimUser, settled, startGangway } from '../support/gangway.ts';

const URN = 'urn:example:params:scim:Contract:1.0:User';
const DAY_MS = 86_400_000;

let gangway: Gangway;
beforeAll(async () => {
  const lastDay = { onDate: 'endDate', offsetDays: 0, localTime: '00:00', timeZone: 'UTC' };
  gangway = await startGangway({ policy: { invite: 'automatic', lastDay } });
  const attributes = [{ name: 'endDate', type: 'string' }];
  await declare(gangway.db, gangway.connection.tenantId, { urn: URN, name: 'Contract', attributes });
});
afterAll(() => gangway?.stop());

const dayIn = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const ends = (id: string, endDate: string) =>
  gangway.scim('PATCH', `/Users/${id}`, patchOp({ op: 'replace', path: `${URN}:endDate`, value: endDate }));
const statusOf = async (name: string) =>
  (await gangway.accounts()).find(({ email }) => email === `${name}@example.com`)?.status ?? 'none';
const becomes = (name: string, status: string) =>
  eventually(`${name} is ${status}`, async () => (await statusOf(name)) === status);

test('who still counts as active at the source is suspended at the end of the last day, and comes back if it moves', async () => {
  const { body } = await gangway.scim('POST', '/Users', scimUser('ada', { [URN]: { endDate: dayIn(3) } }));
  const id = String(body['id']);
  await becomes('ada', 'invited');
  await settled(gangway.db);
  const { rows } = await gangway.db.raw('select state, next_at as at from work_item where subject_id = ?', [id]);
  expect(rows).toEqual([{ state: 'ready', at: new Date(`${dayIn(3)}T00:00:00Z`) }]);
  await ends(id, dayIn(0));
  await becomes('ada', 'suspended');
  await settled(gangway.db);
  await ends(id, dayIn(5));
  await becomes('ada', 'invited');
});

test('who was only staged is not invited after the last day', async () => {
  await gangway.scim('POST', '/Users', scimUser('bea', { [URN]: { endDate: dayIn(-1) } }));
  await settled(gangway.db);
  expect(await statusOf('bea')).toBe('none');
});
