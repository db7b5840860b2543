import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { createClient } from '../../bench/load/client.ts';
import { measure } from '../../bench/load/measure.ts';
import { groupAdd, groupRemove, groupWhole, race } from '../../bench/load/members.ts';
import { deep, get, list, lookup, lookupExternal, lookupGroup, miss } from '../../bench/load/reads.ts';
import { type Roster, rosterOf, seedRoster } from '../../bench/load/roster.ts';
import type { Scenario } from '../../bench/load/scenario.ts';
import { bulk, create, mixed, patch, replace } from '../../bench/load/writes.ts';
import { type Server, startFloor, startGangway } from '../../bench/servers.ts';
import { sql } from '../support/server.ts';
import { type Lie, startLiar } from './liar.ts';

const USERS = 50;
const SIZE = 20;
const WORKERS = 4;
/** A user whom no scenario creates. */
const SOMEBODY = 999_999;

type Open = (roster: Roster) => Promise<Scenario | null>;
const SCENARIOS: Record<string, Open> = {
  get,
  lookup,
  lookupExternal,
  lookupGroup,
  miss,
  list,
  deep,
  groupWhole: (roster) => groupWhole(roster, SIZE),
  replace,
  patch,
  groupAdd: (roster) => groupAdd(roster, SIZE),
  groupRemove: (roster) => groupRemove(roster, SIZE),
  mixed,
  create,
  bulk: (roster) => bulk(roster, SIZE),
};

const name = `bench_${randomUUID().replaceAll('-', '')}`;
const dataDir = mkdtempSync(join(tmpdir(), 'gangway-bench-test-'));
const stands: { server: Server; roster: Roster }[] = [];

beforeAll(async () => {
  const url = inject('serverUrl');
  const servers = await Promise.all([startFloor(url, `${name}_floor`), startGangway(url, `${name}_gw`, { dataDir })]);
  for (const server of servers) {
    stands.push({ server, roster: await seedRoster(createClient(server.base, server.token), USERS, WORKERS) });
  }
});

afterAll(async () => {
  for (const { server, roster } of stands) {
    roster.client.close();
    await server.stop();
    await sql(inject('serverUrl'), `drop database if exists ${new URL(server.url).pathname.slice(1)} with (force)`);
  }
  rmSync(dataDir, { recursive: true, force: true });
});

// the scenarios leave users and groups behind, as in a real run
describe('the benchmark', { shuffle: false }, () => {
  test.for(Object.keys(SCENARIOS))('floor and Gangway answer %s rightly', async (scenario) => {
    for (const { server, roster } of stands) {
      const opened = await SCENARIOS[scenario]?.(roster);
      if (!opened) continue; // Gangway may have no bulk
      const figure = await measure(opened, { seconds: 0.1, warmupSeconds: 0.02, pids: [server.pid] });
      expect(figure, server.kind).toMatchObject({ wrong: 0, firstWrong: null });
      expect(figure.requests).toBeGreaterThan(0);
    }
  });

  test('floor and Gangway keep the same of a user', async () => {
    const users = await Promise.all(
      stands.map(async ({ roster }) => {
        const id = await roster.create(SOMEBODY);
        const { id: _, meta, ...user } = JSON.parse((await roster.client.call('GET', `/Users/${id}`)).text);
        expect(meta).toMatchObject({ resourceType: 'User', version: 'W/"1"' });
        return user;
      }),
    );
    expect(users[1]).toEqual(users[0]);
  });

  test('several writers lose nobody', async () => {
    for (const { server, roster } of stands) {
      expect(await race(roster, WORKERS), server.kind).toEqual({ added: USERS, lost: 0, conflicts: 0 });
    }
  });

  describe('a server that lies is caught', () => {
    const somebody = {
      status: 200,
      text: '{"id":"somebody","userName":"else","totalResults":1,"Resources":[{"id":"x"}]}',
    };
    const done = { status: 204, text: '' };
    const LIES: { does: string; scenario: string; lie: Lie }[] = [
      { does: 'gives another user', scenario: 'get', lie: (method) => (method === 'GET' ? somebody : null) },
      { does: 'finds another user', scenario: 'lookup', lie: (_, path) => (path.includes('filter') ? somebody : null) },
      {
        does: 'finds somebody always',
        scenario: 'miss',
        lie: (_, path) => (path.includes('filter') ? somebody : null),
      },
      { does: 'gives a short page', scenario: 'list', lie: (_, path) => (path.includes('count') ? somebody : null) },
      { does: 'fails', scenario: 'get', lie: () => ({ status: 500, text: '{}' }) },
      { does: 'stores no patch', scenario: 'patch', lie: (method) => (method === 'PATCH' ? done : null) },
      { does: 'adds no member', scenario: 'groupAdd', lie: (method) => (method === 'PATCH' ? done : null) },
      {
        does: 'removes no member',
        scenario: 'groupRemove',
        // a stretch that adds nobody and removes nobody would end as it should
        lie: (method, _, body) => (method === 'PATCH' && body.includes('"remove"') ? done : null),
      },
    ];

    test.for(LIES)('one that $does', async ({ scenario, lie }) => {
      const [floor] = stands;
      if (!floor) throw new Error('the floor did not start');
      const liar = await startLiar(floor.server.base, lie);
      onTestFinished(() => liar.stop());
      const roster = rosterOf(createClient(liar.base, 'none'), floor.roster.people, WORKERS);
      const opened = await SCENARIOS[scenario]?.(roster);
      if (!opened) throw new Error(`no scenario ${scenario}`);
      const figure = await measure(opened, { seconds: 0.5, warmupSeconds: 0, pids: [floor.server.pid] });
      roster.client.close();
      expect(figure.wrong).toBeGreaterThan(0);
    });
  });
});
