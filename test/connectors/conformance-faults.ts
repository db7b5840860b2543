import { expect, test } from 'vitest';
import type { Call } from '../../src/connectors/connector.ts';
import { freeAttributes, type Harness } from './harness.ts';

/** An outage never looks like "not found", and what was repeated after it is there once. */
export function describeFaults({
  begins,
  breakIt,
  connector,
  find,
  invited,
  newCall,
  search,
  signal,
  somebody,
  subject,
}: Harness): void {
  test.for(['unavailable', 'reset', 'garbage', 'hang'] as const)(
    '%s is target_down, never absent',
    async (mode, ctx) => {
      const { remoteId, email } = await invited();
      const target = mode === 'hang' ? subject().impatient : connector();
      await breakIt(ctx, mode);
      const down = { code: 'target_down' };
      await expect(target.check(signal())).rejects.toMatchObject(down);
      if (target.capabilities.read) {
        await expect(target.find(remoteId, signal())).rejects.toMatchObject(down);
        await expect(target.search(email, signal())).rejects.toMatchObject(down);
      }
      await expect(target.invite(somebody(), newCall())).rejects.toMatchObject(down);
      await expect(target.update(remoteId, { email, attributes: {} }, newCall())).rejects.toMatchObject(down);
      const { capabilities } = target;
      if (capabilities.list) await expect(target.list(null, signal())).rejects.toMatchObject(down);
      if (capabilities.suspend) await expect(target.suspend(remoteId, newCall())).rejects.toMatchObject(down);
      if (capabilities.erase) await expect(target.erase(remoteId, newCall())).rejects.toMatchObject(down);
      if (capabilities.groups) await expect(target.revoke(remoteId, 'Any', newCall())).rejects.toMatchObject(down);
      await breakIt(ctx, 'none');
      expect(await find(remoteId)).toMatchObject({ remoteId, email, status: begins() });
    },
  );

  test('429 is target_busy and says how long to wait', async (ctx) => {
    const { remoteId, email } = await invited();
    await breakIt(ctx, 'busy');
    const busy = { code: 'target_busy', retryAfter: expect.any(Number) };
    if (connector().capabilities.read) {
      await expect(connector().find(remoteId, signal())).rejects.toMatchObject(busy);
      await expect(connector().search(email, signal())).rejects.toMatchObject(busy);
    }
    await expect(connector().erase(remoteId, newCall())).rejects.toMatchObject(busy);
  });

  test('an invite whose answer was lost makes one account when it is repeated', async (ctx) => {
    const account = somebody();
    const call = newCall();
    await breakIt(ctx, 'lost_answer');
    await expect(connector().invite(account, call)).rejects.toMatchObject({ code: 'target_down' });
    await breakIt(ctx, 'none');
    const repeated = await connector()
      .invite(account, call)
      .catch((error: unknown) => error);
    const found = await search(account.email);
    expect(found).toHaveLength(1);
    if (subject().knowsKeys) expect(repeated).toEqual({ remoteId: found[0]?.remoteId });
    else expect(repeated).toMatchObject({ code: 'account_exists' });
  });

  test('a write whose answer was lost is right after it is repeated', async (ctx) => {
    const { remoteId, email } = await invited();
    const { capabilities, ...target } = connector();
    const [attribute = ''] = freeAttributes(await find(remoteId));
    const writes = [(call: Call) => target.update(remoteId, { email, attributes: { [attribute]: 'Neu' } }, call)];
    if (capabilities.groups) writes.push((call) => target.grant(remoteId, 'Everybody', call));
    if (capabilities.suspend) writes.push((call) => target.suspend(remoteId, call));
    for (const write of writes) {
      const call = newCall();
      await breakIt(ctx, 'lost_answer');
      await expect(write(call)).rejects.toMatchObject({ code: 'target_down' });
      await breakIt(ctx, 'none');
      await write(call);
    }
    expect(await find(remoteId)).toMatchObject({
      status: capabilities.suspend ? 'suspended' : begins(),
      groups: capabilities.groups ? ['Everybody'] : [],
      attributes: { [attribute]: 'Neu' },
    });
  });

  test('an aborted signal rejects at once', async (ctx) => {
    const { remoteId } = await invited();
    const reason = new Error('not any more');
    const ask = (signal: AbortSignal) =>
      connector().capabilities.read ? connector().find(remoteId, signal) : connector().check(signal);
    await expect(ask(AbortSignal.abort(reason))).rejects.toBe(reason);
    await breakIt(ctx, 'hang');
    const controller = new AbortController();
    const finding = ask(controller.signal);
    const started = performance.now();
    setTimeout(() => controller.abort(reason), 50);
    await expect(finding).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(1000);
  });
}
