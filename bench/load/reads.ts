import type { Roster } from './roster.ts';
import { bodyOf, check, type Scenario } from './scenario.ts';
import { externalIdOf, userNameOf } from './users.ts';

export const PAGE = 100;
const GROUPS = 20;
const GROUP_SIZE = 5;

export async function get({ client, workers, pick }: Roster): Promise<Scenario> {
  return {
    workers,
    async request(worker) {
      const { id, n } = pick(worker);
      const answer = await client.call('GET', `/Users/${id}`);
      const body = bodyOf(answer, 200, 'get');
      check(body['id'] === id && body['userName'] === userNameOf(n), 'get: that user wanted', answer);
    },
  };
}

export async function lookup(roster: Roster): Promise<Scenario> {
  const { workers, pick } = roster;
  return {
    workers,
    async request(worker) {
      const { id, n } = pick(worker);
      await findUser(roster, `userName eq "${userNameOf(n)}"`, id);
    },
  };
}

export async function lookupExternal(roster: Roster): Promise<Scenario> {
  const { workers, pick } = roster;
  return {
    workers,
    async request(worker) {
      const { id, n } = pick(worker);
      await findUser(roster, `externalId eq "${externalIdOf(n)}"`, id);
    },
  };
}

export async function miss(roster: Roster): Promise<Scenario> {
  let turn = 0;
  return {
    workers: roster.workers,
    request: () => findUser(roster, `userName eq "nobody.${turn++}@corp.example"`, null),
  };
}

/** The one user that matches, or none when `wanted` is null. */
export async function findUser({ client }: Roster, filter: string, wanted: string | null): Promise<void> {
  const answer = await client.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
  const body = bodyOf(answer, 200, 'lookup');
  const found = body.Resources?.map((resource) => resource['id']) ?? [];
  const right = body['totalResults'] === found.length && found.length === (wanted ? 1 : 0);
  check(right && (!wanted || found[0] === wanted), 'lookup: exactly that user wanted', answer);
}

/** As an identity provider looks for a group: by its name, without the members. */
export async function lookupGroup({ client, workers, people, createGroup }: Roster): Promise<Scenario> {
  const groups: { id: string; displayName: string }[] = [];
  for (let n = 0; n < GROUPS; n++) {
    groups.push(await createGroup(GROUP_SIZE, (n * GROUP_SIZE) % (people.length - GROUP_SIZE)));
  }
  let turn = 0;
  return {
    workers,
    async request() {
      const group = groups[turn++ % groups.length];
      const filter = encodeURIComponent(`displayName eq "${group?.displayName}"`);
      const answer = await client.call('GET', `/Groups?excludedAttributes=members&filter=${filter}`);
      const [found, ...more] = bodyOf(answer, 200, 'group lookup').Resources ?? [];
      const right = found?.['id'] === group?.id && more.length === 0 && !found?.['members'];
      check(right, 'group lookup: that group without members wanted', answer);
    },
  };
}

/** One page after the other from the beginning. */
export async function list(roster: Roster): Promise<Scenario> {
  const pages = Math.max(1, Math.floor(roster.people.length / PAGE));
  let turn = 0;
  return { workers: 1, request: () => onePage(roster, 1 + (turn++ % pages) * PAGE) };
}

/** The last full page of the roster. */
export async function deep(roster: Roster): Promise<Scenario> {
  return { workers: 1, request: () => onePage(roster, Math.max(1, roster.people.length - PAGE + 1)) };
}

async function onePage({ client, people }: Roster, startIndex: number): Promise<void> {
  const answer = await client.call('GET', `/Users?startIndex=${startIndex}&count=${PAGE}`);
  const body = bodyOf(answer, 200, 'list');
  const ids = new Set(body.Resources?.map((resource) => resource['userName'] && resource['id']));
  const whole = ids.size === Math.min(PAGE, people.length) && !ids.has(undefined);
  check(whole && Number(body['totalResults']) >= people.length, 'list: a full page and the total wanted', answer);
}
