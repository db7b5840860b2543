import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scimConnector } from '../../src/connectors/scim/scim.ts';
import { comesDue, setFeed } from '../support/feeds.ts';
import { type Gangway, startGangway } from '../support/gangway.ts';
import { type BetterAuth, startBetterAuth } from './support/better-auth.ts';

const aCall = () => ({ idempotencyKey: randomUUID(), signal: AbortSignal.timeout(15_000) });

describe('S43, S70: a feed reads the SCIM server of Better Auth', { shuffle: false }, () => {
  let gangway: Gangway;
  let server: BetterAuth;
  const people = new Map<string, string>();
  beforeAll(async () => {
    server = await startBetterAuth();
    gangway = await startGangway();
  }, 300_000);
  afterAll(async () => {
    await gangway?.stop();
    await server?.stop();
  });
  const there = () =>
    scimConnector({ settings: { url: server.url, memberships: 'scan' }, secrets: { token: server.token } });
  const emails = async () =>
    (await gangway.accounts())
      .filter(({ status }) => status !== 'suspended')
      .map(({ email }) => email)
      .toSorted();

  test('S43, S70: everybody on several pages is taken, with the groups that they are in', async () => {
    for (const name of ['ada', 'grace', 'hedy', 'joan', 'mary']) {
      const account = {
        email: `${name}@example.com`,
        attributes: { givenName: name, familyName: 'Tester', externalId: name },
      };
      const { remoteId } = await there().invite({ ...account, groups: [] }, aCall());
      people.set(name, remoteId);
    }
    await there().grant(people.get('grace') ?? '', 'Navy', aCall());
    const settings = { url: server.url, pageSize: 2 };
    await setFeed(gangway, { kind: 'scim', settings, secrets: { token: server.token } });
    const last = await comesDue(gangway);
    expect(last).toMatchObject({ result: 'done', failures: 0 });
    expect(await emails()).toEqual(['ada', 'grace', 'hedy', 'joan', 'mary'].map((name) => `${name}@example.com`));
    const grace = (await gangway.accounts()).find(({ email }) => email === 'grace@example.com');
    expect(grace?.groups).toEqual(['Navy']);
  });

  test('S34: who is no longer there, or no longer active, loses access', async () => {
    await there().erase(people.get('hedy') ?? '', aCall());
    await there().suspend(people.get('joan') ?? '', aCall());
    expect(await comesDue(gangway)).toMatchObject({ result: 'done' });
    expect(await emails()).toEqual(['ada', 'grace', 'mary'].map((name) => `${name}@example.com`));
  });

  test('S43: a token that it does not take is a failed run, and nobody has left', async () => {
    await setFeed(gangway, {
      kind: 'scim',
      settings: { url: server.url },
      secrets: { token: 'not-a-token-of-this-server' },
    });
    expect(await comesDue(gangway)).toMatchObject({ result: 'failed', words: expect.stringMatching(/401|403/) });
    expect(await emails()).toHaveLength(3);
  });
});
