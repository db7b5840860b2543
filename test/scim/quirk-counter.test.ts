import { afterAll, expect, test } from 'vitest';
import { listQuirks } from '../../src/directory/quirks.ts';
import type { Log } from '../../src/log.ts';
import { createQuirkCounter } from '../../src/scim/quirk-counter.ts';
import { startScim } from '../support/app.ts';

const scim = await startScim();
afterAll(() => scim.stop());

/** A log that remembers what it was told. */
function listener(): { log: Log; heard: unknown[] } {
  const heard: unknown[] = [];
  const hear = (...words: unknown[]) => heard.push(words);
  return { log: { info: hear, warn: hear } as unknown as Log, heard };
}

const counts = async ({ tenantId, id }: { tenantId: string; id: string }) =>
  (await listQuirks(scim.db, tenantId, id)).map(({ quirk, count }) => [quirk, count]);

test('instances add up, and only the first one ever to see a quirk logs it, without a word of a person', async () => {
  const { connection } = scim.as.okta;
  const [one, other] = [listener(), listener()];
  const [first, second] = [createQuirkCounter(scim.db, one.log), createQuirkCounter(scim.db, other.log)];
  for (const counter of [first, first, second]) counter.forRequest(connection)('urn_dot');
  await first.flush();
  await second.stop();
  first.forRequest(connection)('urn_dot');
  await first.stop();
  expect(await counts(connection)).toEqual([['urn_dot', 4]]);
  const seen = { tenantId: connection.tenantId, connectionId: connection.id, quirk: 'urn_dot' };
  expect([one.heard, other.heard]).toEqual([[[seen, expect.any(String)]], []]);
});

test('first and last time are remembered', async () => {
  const { connection } = scim.as.entra;
  const counter = createQuirkCounter(scim.db, listener().log);
  for (const _ of [1, 2]) {
    counter.forRequest(connection)('dotted_key');
    await counter.flush();
  }
  const [row] = await listQuirks(scim.db, connection.tenantId, connection.id);
  expect(row?.lastSeen.getTime()).toBeGreaterThan(row?.firstSeen.getTime() ?? Infinity);
  await counter.stop();
});

test('what a failing database did not take is kept for the next time', async () => {
  const { connection } = scim.as.generic;
  const { log, heard } = listener();
  let broken = true;
  const db = new Proxy(scim.db, {
    get: (target, name) => {
      if (broken && name === 'client') throw new Error('away');
      return Reflect.get(target, name);
    },
  });
  const counter = createQuirkCounter(db, log);
  counter.forRequest(connection)('bare_value');
  await counter.flush();
  expect([await counts(connection), heard.length]).toEqual([[], 1]);
  broken = false;
  counter.forRequest(connection)('bare_value');
  await counter.stop();
  expect(await counts(connection)).toEqual([['bare_value', 2]]);
});

test('nothing noted, nothing written', async () => {
  const unusable = new Proxy(scim.db, {
    get: () => {
      throw new Error('asked');
    },
  });
  const { log, heard } = listener();
  const counter = createQuirkCounter(unusable, log);
  counter.forRequest(scim.as.generic.connection);
  await counter.stop();
  expect(heard).toEqual([]);
});
