import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONNECTOR_KINDS } from '../../src/connectors/index.ts';
import { TARGET_KINDS } from '../../src/connectors/kinds.ts';
import type { TargetKind } from '../../src/model/target-kind.ts';
import { eventually, type Gangway, scimUser, startGangway } from '../support/gangway.ts';

let gangway: Gangway;
beforeAll(async () => {
  gangway = await startGangway();
});
afterAll(() => gangway?.stop());

const DAY_MS = 86_400_000;
const VALUES: Readonly<Record<string, string>> = {
  url: 'https://app.example.com/scim',
  token: 'a-token',
  secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};

describe('kinds of targets', () => {
  const settingsOf = (kind: string) =>
    Object.fromEntries(TARGET_KINDS.find((one) => one.kind === kind)?.settings.map((one) => [one.name, one]) ?? []);

  test('are all described, with what counts where nothing is said', () => {
    expect(TARGET_KINDS.map(({ kind }) => kind).toSorted()).toEqual(CONNECTOR_KINDS.toSorted());
    expect(settingsOf('scim')).toMatchObject({
      url: { required: true, default: null },
      userFilter: { required: false, default: 'auto', choices: ['auto', 'userName', 'scan'] },
      groups: { default: true, shape: 'flag' },
      perSecond: { required: false, default: null },
      timeoutSeconds: { default: 10 },
    });
    expect(settingsOf('webhook')).toMatchObject({ url: { required: true }, acceptedSeconds: { default: 30 } });
    expect(settingsOf('rest')).toMatchObject({ description: { required: true, shape: 'file' } });
  });

  test('need what they say they need, and no more', async () => {
    const { body } = await gangway.admin('GET', '/target-kinds');
    const kinds = (body['kinds'] as TargetKind[]).filter(({ free }) => !free);
    expect(kinds.length).toBe(3);
    for (const { kind, settings, secrets } of kinds) {
      const given = (all: readonly { name: string; required: boolean }[]) =>
        Object.fromEntries(all.filter((one) => one.required).map(({ name }) => [name, VALUES[name]]));
      const target = { name: `least ${kind}`, kind, settings: given(settings), secrets: given(secrets) };
      expect((await gangway.admin('POST', '/targets', target)).status).toBe(201);
      for (const lacking of Object.keys(target.settings)) {
        const { [lacking]: _, ...rest } = target.settings;
        const refused = await gangway.admin('POST', '/targets', { ...target, name: 'less', settings: rest });
        expect([kind, lacking, refused.status]).toEqual([kind, lacking, 422]);
      }
    }
  });
});

test('a target says since when it does not answer', async () => {
  const path = `/targets/${gangway.targetId}`;
  expect((await gangway.admin('GET', path)).body['downSince']).toBeNull();
  await gangway.setFault({ mode: 'unavailable' });
  await gangway.scim('POST', '/Users', scimUser('ada'));
  const since = await eventually('it is down', async () => (await gangway.admin('GET', path)).body['downSince']);
  const { targets } = (await gangway.admin('GET', '/targets')).body as { targets: { id: string; downSince: string }[] };
  expect(targets.find(({ id }) => id === gangway.targetId)?.downSince).toBe(since);
  await gangway.setFault({ mode: 'none' });
});

test('tokens of all connections that end soon are one list, the first to end first', async () => {
  const made = async (name: string, days: number) => {
    const { body } = await gangway.admin('POST', '/connections', { name });
    const expiresAt = new Date(Date.now() + days * DAY_MS).toISOString();
    return (await gangway.admin('POST', `/connections/${body['id']}/tokens`, { expiresAt })).body;
  };
  const [late, soon, next] = [await made('late', 90), await made('soon', 20), await made('next', 3)];
  const list = async (query: string) =>
    (await gangway.admin('GET', `/tokens${query}`)).body['tokens'] as { id: string; connection: { name: string } }[];
  expect((await list('')).map(({ connection }) => connection.name)).toEqual(['next', 'soon']);
  expect((await list('?days=365')).map(({ id }) => id)).toEqual([next['id'], soon['id'], late['id']]);
  expect(JSON.stringify(await list(''))).not.toContain(String(soon['token']));
  await gangway.admin('DELETE', `/tokens/${next['id']}`);
  expect((await list('')).map(({ id }) => id)).toEqual([soon['id']]);
  expect((await gangway.admin('GET', '/tokens?days=0')).status).toBe(422);
});

test('only who signs in has a language of their own', async () => {
  expect((await gangway.admin('GET', '/me')).body['language']).toBeNull();
  const refused = await gangway.admin('PUT', '/me', { language: 'de' });
  expect([refused.status, refused.body['code']]).toEqual([403, 'not_permitted']);
  expect((await gangway.admin('PUT', '/me', { language: 'fr' })).status).toBe(422);
});
