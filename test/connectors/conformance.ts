import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { describeFaults } from './conformance-faults.ts';
import { describeHostileValues } from './conformance-hostile.ts';
import { createHarness, freeAttributes, type Subject } from './harness.ts';

export type { FaultMode, Subject } from './harness.ts';

/** The suite that every connector passes. An ability that the target lacks is skipped, and named on the console. */
export function describeConnector(name: string, setUp: () => Promise<Subject>): void {
  describe(`${name} conforms:`, () => {
    const harness = createHarness(name, setUp);
    const { begins, connector, find, invited, needs, newCall, newEmail, search, signal, somebody, subject, twice } =
      harness;

    test('check resolves', () => connector().check(signal()));

    test('an invited account is found by id and by e-mail, with all it was invited with', async () => {
      const { remoteId, email, attributes } = await invited();
      const found = await find(remoteId);
      expect(found).toMatchObject({ remoteId, email, status: begins(), groups: [] });
      for (const [attribute, value] of Object.entries(found?.attributes ?? {})) {
        expect({ [attribute]: value }).toEqual({ [attribute]: attributes[attribute] ?? null });
      }
      expect(await search(email)).toEqual([found]);
    });

    test('every attribute that can be written and read comes back as it was sent', async () => {
      const { remoteId, attributes } = await invited();
      const found = await find(remoteId);
      expect(Object.keys(found?.attributes ?? {}).length).toBeGreaterThan(0);
      expect(attributes).toMatchObject(found?.attributes ?? {});
    });

    test('search does not look at letter case', async () => {
      const { remoteId, email } = await invited();
      expect((await search(email.toUpperCase())).map((found) => found.remoteId)).toEqual([remoteId]);
    });

    test('search for an unknown e-mail is empty', async () => {
      expect(await search(newEmail())).toEqual([]);
    });

    test('find of an erased or never known id is null', async (ctx) => {
      const { remoteId } = await invited();
      const never = remoteId.replace(/.$/, (last) => (last === '2' ? '3' : '2'));
      expect(await find(never)).toBeNull();
      needs(ctx, 'erase');
      await connector().erase(remoteId, newCall());
      expect(await find(remoteId)).toBeNull();
    });

    test('an invite repeated under its key makes no second account', async () => {
      const account = somebody();
      const call = newCall();
      const first = await connector().invite(account, call);
      const second = await connector()
        .invite(account, call)
        .catch((error: unknown) => error);
      if (subject().knowsKeys) expect(second).toEqual(first);
      else expect(second).toMatchObject({ code: 'account_exists' });
      expect((await search(account.email)).map((found) => found.remoteId)).toEqual([first.remoteId]);
    });

    test('an invite of a taken e-mail throws account_exists, in any letter case', async () => {
      const { email } = await invited();
      for (const same of [email, email.toUpperCase()]) {
        const invite = connector().invite({ ...somebody(), email: same }, newCall());
        await expect(invite).rejects.toMatchObject({ code: 'account_exists' });
      }
      expect(await search(email)).toHaveLength(1);
    });

    test('an update sets, unsets, and leaves alone what it does not name', async () => {
      const { remoteId, email } = await invited();
      const before = await find(remoteId);
      const [set, unset] = freeAttributes(before);
      if (!set || !unset) throw new Error('the target must be able to read two attributes');
      await twice((call) => connector().update(remoteId, { email, attributes: { [set]: 'Neu' } }, call));
      await twice((call) => connector().update(remoteId, { email, attributes: { [unset]: null } }, call));
      expect(await find(remoteId)).toEqual({
        ...before,
        attributes: { ...before?.attributes, [set]: 'Neu', [unset]: null },
      });
    });

    test('a changed e-mail is found, and the old one no longer', async () => {
      const { remoteId, email } = await invited();
      const changed = newEmail();
      await twice((call) => connector().update(remoteId, { email: changed, attributes: {} }, call));
      expect((await search(changed)).map((found) => found.remoteId)).toEqual([remoteId]);
      expect(await search(email)).toEqual([]);
    });

    test('suspend and resume, each twice', async (ctx) => {
      needs(ctx, 'suspend');
      const { remoteId } = await invited();
      await twice((call) => connector().suspend(remoteId, call));
      expect((await find(remoteId))?.status).toBe('suspended');
      await twice((call) => connector().resume(remoteId, call));
      expect((await find(remoteId))?.status).toMatch(/^(invited|active)$/);
    });

    test('suspend and erase of an erased account are done; resume and update are refused', async (ctx) => {
      needs(ctx, 'erase');
      const { remoteId, email } = await invited();
      await twice((call) => connector().erase(remoteId, call));
      expect(await search(email)).toEqual([]);
      const refused = { code: 'target_refused' };
      const update = connector().update(remoteId, { email, attributes: {} }, newCall());
      await expect(update).rejects.toMatchObject(refused);
      needs(ctx, 'suspend');
      await twice((call) => connector().suspend(remoteId, call));
      await expect(connector().resume(remoteId, newCall())).rejects.toMatchObject(refused);
    });

    test('grant and revoke, each twice, read back', async (ctx) => {
      needs(ctx, 'groups');
      const { remoteId } = await invited();
      const [one, other] = [`One ${randomUUID()}`, `Other ${randomUUID()}`];
      for (const group of [one, other]) {
        await twice((call) => connector().grant(remoteId, group, call));
      }
      expect((await find(remoteId))?.groups.toSorted()).toEqual([one, other]);
      await twice((call) => connector().revoke(remoteId, one, call));
      expect((await find(remoteId))?.groups).toEqual([other]);
      await twice((call) => connector().revoke(remoteId, `Nobody ever ${randomUUID()}`, call));
      expect((await find(remoteId))?.groups).toEqual([other]);
    });

    test('a group name with signs in it is one group', async (ctx) => {
      needs(ctx, 'groups');
      const { remoteId } = await invited();
      const group = `Ops/../x?y=1&z#w%2e "q" 'ü' ${randomUUID()}`;
      await twice((call) => connector().grant(remoteId, group, call));
      expect((await find(remoteId))?.groups).toEqual([group]);
      await twice((call) => connector().revoke(remoteId, group, call));
      expect((await find(remoteId))?.groups).toEqual([]);
    });

    test('list goes over everyone exactly once', async (ctx) => {
      needs(ctx, 'list');
      const made = [await invited(), await invited(), await invited(), await invited(), await invited()];
      const seen: string[] = [];
      let pages = 0;
      for (let cursor: string | null = null; cursor !== null || pages === 0; pages += 1) {
        const page: Awaited<ReturnType<Connector['list']>> = await connector().list(cursor, signal());
        seen.push(...page.accounts.map((account) => account.remoteId));
        cursor = page.next;
      }
      expect(pages).toBeGreaterThan(1);
      expect(new Set(seen).size).toBe(seen.length);
      for (const { remoteId } of made) expect(seen).toContain(remoteId);
    });

    describeHostileValues(harness);
    describeFaults(harness);
  });
}
