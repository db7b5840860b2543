import { expect } from 'vitest';
import { DEFAULT_GUARD } from '../../../src/model/policy.ts';
import { adminOf } from '../../support/admin.ts';
import { eventually, type GangwayOptions, patchOp, scimUser, settled, startGangway } from '../../support/gangway.ts';

const LIMIT = 1;
const NAMES = ['hedy', 'ada', 'mary', 'joan'];
const PATIENCE_MS = 30_000;

/**
 * Four people leave a target at once where the guard lets one pass: exactly one loses access there, the others after two
 * people have released them. `statusOf` asks the target itself; `prefix` keeps the addresses apart from other tests'.
 */
export async function guardHoldsLeavers(
  target: NonNullable<GangwayOptions['target']>,
  prefix: string,
  statusOf: (email: string) => Promise<string | undefined>,
): Promise<void> {
  const guard = { ...DEFAULT_GUARD, floor: LIMIT, perHourPercent: 0, perDayPercent: 0 };
  const gangway = await startGangway({ target, policy: { invite: 'automatic', guard } });
  const names = NAMES.map((name) => `${prefix}-${name}`);
  const suspended = async () => {
    const statuses = await Promise.all(names.map((name) => statusOf(`${name}@example.com`)));
    return statuses.filter((status) => status === 'suspended').length;
  };
  try {
    const ids: unknown[] = [];
    for (const name of names) ids.push((await gangway.scim('POST', '/Users', scimUser(name))).body['id']);
    for (const name of names) await eventually(name, () => statusOf(`${name}@example.com`), PATIENCE_MS);
    await settled(gangway.db);
    const leave = patchOp({ op: 'replace', path: 'active', value: false });
    await Promise.all(ids.map((id) => gangway.scim('PATCH', `/Users/${id}`, leave)));
    await settled(gangway.db);
    expect(await suspended()).toBe(LIMIT);
    const api = adminOf(gangway);
    const [hold] = (await api('GET', '/holds')).body['holds'] as { id: string; people: { held: number } }[];
    expect(hold?.people.held).toBe(NAMES.length - LIMIT);
    // everybody of four is more than half: it takes two
    for (const actor of ['ada', 'bo']) {
      expect((await api('POST', `/holds/${hold?.id}/release`, { actor })).status).toBe(200);
    }
    await eventually('everybody is suspended', async () => (await suspended()) === NAMES.length, PATIENCE_MS);
  } finally {
    await gangway.stop();
  }
}
