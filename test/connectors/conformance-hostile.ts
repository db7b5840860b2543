import { expect, test } from 'vitest';
import { freeAttributes, type Harness, refusedOnly } from './harness.ts';
import { HOSTILE_EMAILS, HOSTILE_IDS, HOSTILE_TEXTS } from './hostile.ts';

/** Whatever a value holds, it stays inside its field. */
export function describeHostileValues({ connector, find, invited, newCall, newEmail, search }: Harness): void {
  test.for(HOSTILE_IDS)('the id %j reaches no other account', async (id) => {
    const bystander = await invited();
    const before = await find(bystander.remoteId);
    const hostile = id.replace('VICTIM', bystander.remoteId);
    const target = connector();
    const found = await find(hostile).catch(refusedOnly);
    expect(found ?? null).toBeNull();
    await target.suspend(hostile, newCall()).catch(refusedOnly);
    await target.erase(hostile, newCall()).catch(refusedOnly);
    const change = { email: newEmail(), attributes: {} };
    await expect(target.update(hostile, change, newCall())).rejects.toMatchObject({ code: 'target_refused' });
    if (target.capabilities.groups) {
      await target.grant(hostile, 'Everybody', newCall()).catch(refusedOnly);
      await target.revoke(hostile, 'Everybody', newCall()).catch(refusedOnly);
    }
    expect(await find(bystander.remoteId)).toEqual(before);
  });

  test.for(HOSTILE_EMAILS)('search for %j finds nobody', async (email) => {
    const bystander = await invited();
    const found = await search(email.replace('VICTIM', bystander.email)).catch(refusedOnly);
    expect(found ?? []).toEqual([]);
  });

  test.for(HOSTILE_TEXTS)('the text %j stays a text', async (text) => {
    const { remoteId, email } = await invited();
    const [attribute] = freeAttributes(await find(remoteId));
    if (!attribute) throw new Error('the target must be able to read an attribute');
    const before = (await find(remoteId))?.attributes[attribute];
    const update = connector().update(remoteId, { email, attributes: { [attribute]: text } }, newCall());
    const stored = await update.then(() => text, refusedOnly);
    expect((await find(remoteId))?.attributes[attribute]).toBe(stored ?? before);
  });
}
