import type { Client } from './client.ts';
import { bodyOf, check } from './scenario.ts';
import { aGroup, aUser } from './users.ts';

export type Person = { id: string; n: number };

/** A server with the users that the scenarios read and change. */
export type Roster = {
  client: Client;
  workers: number;
  people: readonly Person[];
  /** The next of the users that belong to this worker, so that no two change one at a time. */
  pick(worker: number): Person;
  /** The number of a user that does not exist yet. */
  fresh(count?: number): number;
  create(n: number): Promise<string>;
  /** A group of the users from `first` on. */
  createGroup(size: number, first?: number): Promise<{ id: string; displayName: string }>;
};

/** A prime far from any size in use: neighbours in time are not neighbours in the table. */
const STEP = 7919;

/** Creates users 0 to `size` - 1 by the same requests that an identity provider would send. */
export async function seedRoster(client: Client, size: number, workers: number): Promise<Roster> {
  const ids = new Array<string>(size);
  let next = 0;
  const seed = async () => {
    while (next < size) {
      const n = next++;
      ids[n] = await createUser(client, n);
    }
  };
  await Promise.all(Array.from({ length: workers }, seed));
  return rosterOf(
    client,
    ids.map((id, n) => ({ id, n })),
    workers,
  );
}

/** The roster of a server that has these users already. */
export function rosterOf(client: Client, people: readonly Person[], workers: number): Roster {
  let next = people.length;
  let groups = 0;
  let turn = 0;
  return {
    client,
    workers,
    people,
    pick(worker) {
      const own = Math.floor((people.length - 1 - worker) / workers) + 1;
      turn += 1;
      const person = people[worker + workers * ((turn * STEP) % own)];
      if (!person) throw new Error('fewer users than workers');
      return person;
    },
    fresh(count = 1) {
      next += count;
      return next - count;
    },
    create: (n) => createUser(client, n),
    async createGroup(size, first = 0) {
      const displayName = `Group ${groups++} of ${size}`;
      const members = people.slice(first, first + size).map(({ id }) => id);
      const body = bodyOf(await client.call('POST', '/Groups', aGroup(displayName, members)), 201, 'create group');
      return { id: String(body['id']), displayName };
    },
  };
}

async function createUser(client: Client, n: number): Promise<string> {
  const user = aUser(n);
  const answer = await client.call('POST', '/Users', user);
  const body = bodyOf(answer, 201, 'create');
  check(typeof body['id'] === 'string' && body['userName'] === user.userName, 'create: that user wanted', answer);
  return String(body['id']);
}
