import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { Call, Capabilities, Connector } from '../../src/connectors/connector.ts';
import { isFault } from '../../src/errors.ts';
import type { Attributes, DesiredAccount } from '../../src/model/account.ts';
import { HOSTILE_EMAILS, HOSTILE_IDS, HOSTILE_TEXTS } from './hostile.ts';

export type FaultMode = 'none' | 'unavailable' | 'reset' | 'hang' | 'garbage' | 'busy' | 'lost_answer';

/** What the suite needs of a target that it runs against. */
export type Subject = {
  readonly connector: Connector;
  /** The same target with a time limit of well below a second, for a target that hangs. */
  readonly impatient: Connector;
  /** Domain of the made-up addresses; some targets take only real ones. */
  readonly domain: string;
  /** True when the target knows a repeated invite by its key; others must answer `account_exists` to it. */
  readonly knowsKeys: boolean;
  /** Makes the target misbehave; `lost_answer` holds for one write, the others until `none`. */
  breakIt?(mode: FaultMode): Promise<void>;
  stop(): Promise<void>;
};

const EVERY_ATTRIBUTE: Attributes = {
  userName: 'ada.l',
  givenName: 'Ada',
  familyName: 'Lovelace-Žižek',
  displayName: 'Ada Lovelace 🎩',
  title: 'Countess',
  department: 'Engines & Looms',
  employeeNumber: '00042',
  manager: 'Charles',
  phone: '+44 20 7946 0000',
  language: 'en-GB',
};

/** The suite that every connector passes. An ability that the target lacks is skipped, and named on the console. */
export function describeConnector(name: string, setUp: () => Promise<Subject>): void {
  describe(`${name} conforms:`, () => {
    let subject: Subject;
    const skipped = new Map<string, number>();
    const signal = () => AbortSignal.timeout(15_000);
    const newCall = (): Call => ({ idempotencyKey: randomUUID(), signal: signal() });
    const newEmail = () => `p-${randomUUID().slice(0, 13)}@${subject.domain}`;
    const find = (id: string) => subject.connector.find(id, signal());
    const search = (email: string) => subject.connector.search(email, signal());

    const somebody = (): DesiredAccount => {
      const { attributes } = subject.connector.capabilities;
      const known = Object.entries({ ...EVERY_ATTRIBUTE, externalId: randomUUID() });
      const kept = Object.fromEntries(known.filter(([attribute]) => attributes.includes(attribute)));
      return { email: newEmail(), attributes: kept, groups: [] };
    };
    const invited = async () => {
      const account = somebody();
      const { remoteId } = await subject.connector.invite(account, newCall());
      return { ...account, remoteId };
    };
    const skip = (ctx: TestContext, ability: string) => {
      skipped.set(ability, (skipped.get(ability) ?? 0) + 1);
      ctx.skip(`${name} has no ${ability}`);
    };
    const needs = (ctx: TestContext, ability: keyof Omit<Capabilities, 'attributes'>) => {
      if (!subject.connector.capabilities[ability]) skip(ctx, ability);
    };
    const breakIt = async (ctx: TestContext, mode: FaultMode) => {
      if (subject.breakIt) await subject.breakIt(mode);
      else skip(ctx, 'switch for faults');
    };
    /** Runs it twice under one key, as after a crash between the answer and its record. */
    const twice = async (write: (call: Call) => Promise<unknown>) => {
      const call = newCall();
      await write(call);
      await write(call);
    };

    beforeAll(async () => {
      subject = await setUp();
    });
    afterEach(async () => {
      await subject?.breakIt?.('none');
    });
    afterAll(async () => {
      const lacking = [...skipped].map(([ability, tests]) => `${ability} (${tests})`).join(', ');
      if (lacking) process.stderr.write(`${name}: tests skipped for lack of ${lacking}\n`);
      await subject?.stop();
    });

    test('check resolves', () => subject.connector.check(signal()));

    test('an invited account is found by id and by e-mail, with all it was invited with', async () => {
      const { remoteId, email, attributes } = await invited();
      const found = await find(remoteId);
      expect(found).toMatchObject({ remoteId, email, status: 'invited', groups: [] });
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
      await subject.connector.erase(remoteId, newCall());
      expect(await find(remoteId)).toBeNull();
    });

    test('an invite repeated under its key makes no second account', async () => {
      const account = somebody();
      const call = newCall();
      const first = await subject.connector.invite(account, call);
      const second = await subject.connector.invite(account, call).catch((error: unknown) => error);
      if (subject.knowsKeys) expect(second).toEqual(first);
      else expect(second).toMatchObject({ code: 'account_exists' });
      expect((await search(account.email)).map((found) => found.remoteId)).toEqual([first.remoteId]);
    });

    test('an invite of a taken e-mail throws account_exists, in any letter case', async () => {
      const { email } = await invited();
      for (const same of [email, email.toUpperCase()]) {
        const invite = subject.connector.invite({ ...somebody(), email: same }, newCall());
        await expect(invite).rejects.toMatchObject({ code: 'account_exists' });
      }
      expect(await search(email)).toHaveLength(1);
    });

    test('an update sets, unsets, and leaves alone what it does not name', async () => {
      const { remoteId, email } = await invited();
      const before = await find(remoteId);
      const [set, unset] = Object.keys(before?.attributes ?? {}).filter((attribute) => attribute !== 'externalId');
      if (!set || !unset) throw new Error('the target must be able to read two attributes');
      await twice((call) => subject.connector.update(remoteId, { email, attributes: { [set]: 'Neu' } }, call));
      await twice((call) => subject.connector.update(remoteId, { email, attributes: { [unset]: null } }, call));
      expect(await find(remoteId)).toEqual({
        ...before,
        attributes: { ...before?.attributes, [set]: 'Neu', [unset]: null },
      });
    });

    test('a changed e-mail is found, and the old one no longer', async () => {
      const { remoteId, email } = await invited();
      const changed = newEmail();
      await twice((call) => subject.connector.update(remoteId, { email: changed, attributes: {} }, call));
      expect((await search(changed)).map((found) => found.remoteId)).toEqual([remoteId]);
      expect(await search(email)).toEqual([]);
    });

    test('suspend and resume, each twice', async (ctx) => {
      needs(ctx, 'suspend');
      const { remoteId } = await invited();
      await twice((call) => subject.connector.suspend(remoteId, call));
      expect((await find(remoteId))?.status).toBe('suspended');
      await twice((call) => subject.connector.resume(remoteId, call));
      expect((await find(remoteId))?.status).toMatch(/^(invited|active)$/);
    });

    test('suspend and erase of an erased account are done; resume and update are refused', async (ctx) => {
      needs(ctx, 'erase');
      const { remoteId, email } = await invited();
      await twice((call) => subject.connector.erase(remoteId, call));
      expect(await search(email)).toEqual([]);
      const refused = { code: 'target_refused' };
      const update = subject.connector.update(remoteId, { email, attributes: {} }, newCall());
      await expect(update).rejects.toMatchObject(refused);
      needs(ctx, 'suspend');
      await twice((call) => subject.connector.suspend(remoteId, call));
      await expect(subject.connector.resume(remoteId, newCall())).rejects.toMatchObject(refused);
    });

    test('grant and revoke, each twice, read back', async (ctx) => {
      needs(ctx, 'groups');
      const { remoteId } = await invited();
      const [one, other] = [`One ${randomUUID()}`, `Other ${randomUUID()}`];
      for (const group of [one, other]) {
        await twice((call) => subject.connector.grant(remoteId, group, call));
      }
      expect((await find(remoteId))?.groups.toSorted()).toEqual([one, other]);
      await twice((call) => subject.connector.revoke(remoteId, one, call));
      expect((await find(remoteId))?.groups).toEqual([other]);
      await twice((call) => subject.connector.revoke(remoteId, `Nobody ever ${randomUUID()}`, call));
      expect((await find(remoteId))?.groups).toEqual([other]);
    });

    test('a group name with signs in it is one group', async (ctx) => {
      needs(ctx, 'groups');
      const { remoteId } = await invited();
      const group = `Ops/../x?y=1&z#w%2e "q" 'ü' ${randomUUID()}`;
      await twice((call) => subject.connector.grant(remoteId, group, call));
      expect((await find(remoteId))?.groups).toEqual([group]);
      await twice((call) => subject.connector.revoke(remoteId, group, call));
      expect((await find(remoteId))?.groups).toEqual([]);
    });

    test('list goes over everyone exactly once', async (ctx) => {
      needs(ctx, 'list');
      const made = [await invited(), await invited(), await invited(), await invited(), await invited()];
      const seen: string[] = [];
      let pages = 0;
      for (let cursor: string | null = null; cursor !== null || pages === 0; pages += 1) {
        const page: Awaited<ReturnType<Connector['list']>> = await subject.connector.list(cursor, signal());
        seen.push(...page.accounts.map((account) => account.remoteId));
        cursor = page.next;
      }
      expect(pages).toBeGreaterThan(1);
      expect(new Set(seen).size).toBe(seen.length);
      for (const { remoteId } of made) expect(seen).toContain(remoteId);
    });

    test.for(HOSTILE_IDS)('the id %j reaches no other account', async (id) => {
      const bystander = await invited();
      const before = await find(bystander.remoteId);
      const hostile = id.replace('VICTIM', bystander.remoteId);
      const { connector } = subject;
      const found = await find(hostile).catch(refusedOnly);
      expect(found ?? null).toBeNull();
      await connector.suspend(hostile, newCall()).catch(refusedOnly);
      await connector.erase(hostile, newCall()).catch(refusedOnly);
      const change = { email: newEmail(), attributes: {} };
      await expect(connector.update(hostile, change, newCall())).rejects.toMatchObject({ code: 'target_refused' });
      if (connector.capabilities.groups) {
        await connector.grant(hostile, 'Everybody', newCall()).catch(refusedOnly);
        await connector.revoke(hostile, 'Everybody', newCall()).catch(refusedOnly);
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
      const [attribute] = Object.keys((await find(remoteId))?.attributes ?? {});
      if (!attribute) throw new Error('the target must be able to read an attribute');
      await subject.connector.update(remoteId, { email, attributes: { [attribute]: text } }, newCall());
      expect((await find(remoteId))?.attributes[attribute]).toBe(text);
    });

    test.for(['unavailable', 'reset', 'garbage', 'hang'] as const)(
      '%s is target_down, never absent',
      async (mode, ctx) => {
        const { remoteId, email } = await invited();
        const connector = mode === 'hang' ? subject.impatient : subject.connector;
        await breakIt(ctx, mode);
        const down = { code: 'target_down' };
        await expect(connector.check(signal())).rejects.toMatchObject(down);
        await expect(connector.find(remoteId, signal())).rejects.toMatchObject(down);
        await expect(connector.search(email, signal())).rejects.toMatchObject(down);
        await expect(connector.invite(somebody(), newCall())).rejects.toMatchObject(down);
        await expect(connector.update(remoteId, { email, attributes: {} }, newCall())).rejects.toMatchObject(down);
        const { capabilities } = connector;
        if (capabilities.list) await expect(connector.list(null, signal())).rejects.toMatchObject(down);
        if (capabilities.suspend) await expect(connector.suspend(remoteId, newCall())).rejects.toMatchObject(down);
        if (capabilities.erase) await expect(connector.erase(remoteId, newCall())).rejects.toMatchObject(down);
        if (capabilities.groups) await expect(connector.revoke(remoteId, 'Any', newCall())).rejects.toMatchObject(down);
        await breakIt(ctx, 'none');
        expect(await find(remoteId)).toMatchObject({ remoteId, email, status: 'invited' });
      },
    );

    test('429 is target_busy and says how long to wait', async (ctx) => {
      const { remoteId, email } = await invited();
      await breakIt(ctx, 'busy');
      const busy = { code: 'target_busy', retryAfter: expect.any(Number) };
      await expect(subject.connector.find(remoteId, signal())).rejects.toMatchObject(busy);
      await expect(subject.connector.search(email, signal())).rejects.toMatchObject(busy);
      await expect(subject.connector.erase(remoteId, newCall())).rejects.toMatchObject(busy);
    });

    test('an invite whose answer was lost makes one account when it is repeated', async (ctx) => {
      const account = somebody();
      const call = newCall();
      await breakIt(ctx, 'lost_answer');
      await expect(subject.connector.invite(account, call)).rejects.toMatchObject({ code: 'target_down' });
      await breakIt(ctx, 'none');
      const repeated = await subject.connector.invite(account, call).catch((error: unknown) => error);
      const found = await search(account.email);
      expect(found).toHaveLength(1);
      if (subject.knowsKeys) expect(repeated).toEqual({ remoteId: found[0]?.remoteId });
      else expect(repeated).toMatchObject({ code: 'account_exists' });
    });

    test('an aborted signal rejects at once', async (ctx) => {
      const { remoteId } = await invited();
      const reason = new Error('not any more');
      await expect(subject.connector.find(remoteId, AbortSignal.abort(reason))).rejects.toBe(reason);
      await breakIt(ctx, 'hang');
      const controller = new AbortController();
      const finding = subject.connector.find(remoteId, controller.signal);
      const started = performance.now();
      setTimeout(() => controller.abort(reason), 50);
      await expect(finding).rejects.toBe(reason);
      expect(performance.now() - started).toBeLessThan(1000);
    });
  });
}

/** A target may refuse a strange value; whatever else goes wrong is a fault of the connector. */
function refusedOnly(error: unknown): undefined {
  if (isFault(error, 'target_refused')) return undefined;
  throw error;
}
