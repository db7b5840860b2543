import { findUser } from './reads.ts';
import type { Person, Roster } from './roster.ts';
import { bodyOf, check, type Scenario } from './scenario.ts';
import { aBulk, aPatch, aUser, userNameOf } from './users.ts';

/** What was written last to a user, by attribute. */
type Written = Map<string, [attribute: string, value: unknown]>;
const READ_BACK = 50;

export async function create(roster: Roster): Promise<Scenario> {
  const written: Written = new Map();
  return {
    workers: roster.workers,
    async request() {
      const n = roster.fresh();
      remember(written, await roster.create(n), ['userName', userNameOf(n)]);
    },
    verify: () => readBack(roster, written),
  };
}

export async function replace(roster: Roster): Promise<Scenario> {
  const written: Written = new Map();
  let turn = 0;
  return {
    workers: roster.workers,
    async request(worker) {
      const person = roster.pick(worker);
      remember(written, person.id, await replaceOne(roster, person, `Replaced ${turn++}`));
    },
    verify: () => readBack(roster, written),
  };
}

/** Inactive, active and a new title in turn, as identity providers change people most. */
export async function patch(roster: Roster): Promise<Scenario> {
  const written: Written = new Map();
  let turn = 0;
  return {
    workers: roster.workers,
    async request(worker) {
      const person = roster.pick(worker);
      remember(written, person.id, await patchOne(roster, person, turn++));
    },
    verify: () => readBack(roster, written),
  };
}

/** 70 % look-up, 15 % PATCH, 10 % PUT, 5 % POST: an identity provider's ordinary day. */
export async function mixed(roster: Roster): Promise<Scenario> {
  const written: Written = new Map();
  let turn = 0;
  return {
    workers: roster.workers,
    async request(worker) {
      const person = roster.pick(worker);
      const share = (turn++ * 37) % 100;
      if (share < 70) await findUser(roster, `userName eq "${userNameOf(person.n)}"`, person.id);
      else if (share < 85) remember(written, person.id, await patchOne(roster, person, turn));
      else if (share < 95) remember(written, person.id, await replaceOne(roster, person, `Mixed ${turn}`));
      else await roster.create(roster.fresh());
    },
    verify: () => readBack(roster, written),
  };
}

/** Null when ServiceProviderConfig says that the server has no bulk. */
export async function bulk({ client, fresh }: Roster, size: number): Promise<Scenario | null> {
  const config = bodyOf(await client.call('GET', '/ServiceProviderConfig'), 200, 'ServiceProviderConfig');
  if (!(config['bulk'] as { supported?: boolean } | undefined)?.supported) return null;
  return {
    workers: 1,
    async request() {
      const answer = await client.call('POST', '/Bulk', aBulk(fresh(size), size));
      const done = (bodyOf(answer, 200, 'bulk')['Operations'] ?? []) as { status?: unknown; location?: unknown }[];
      const right = done.length === size && done.every(({ status, location }) => status === '201' && location);
      check(right, 'bulk: 201 and a location for each wanted', answer);
    },
  };
}

async function replaceOne({ client }: Roster, { id, n }: Person, title: string): Promise<[string, unknown]> {
  const answer = await client.call('PUT', `/Users/${id}`, { id, ...aUser(n, title) });
  const body = bodyOf(answer, 200, 'replace');
  check(body['id'] === id && body['title'] === title, 'replace: the new title wanted', answer);
  return ['title', title];
}

async function patchOne({ client }: Roster, { id }: Person, turn: number): Promise<[string, unknown]> {
  const [attribute, value] = turn % 3 === 2 ? ['title', `Title ${turn}`] : ['active', turn % 3 === 1];
  const operation =
    attribute === 'title' ? { op: 'replace', path: attribute, value } : { op: 'replace', value: { active: value } };
  const answer = await client.call('PATCH', `/Users/${id}`, aPatch(operation));
  if (answer.status === 204) return [attribute, value];
  check(bodyOf(answer, 200, 'patch')[attribute] === value, 'patch: the new value wanted', answer);
  return [attribute, value];
}

function remember(written: Written, id: string, change: [string, unknown]): void {
  written.delete(id); // goes to the end: the last ones are read back
  written.set(id, change);
}

async function readBack({ client }: Roster, written: Written): Promise<string | null> {
  for (const [id, [attribute, value]] of [...written].slice(-READ_BACK)) {
    const body = bodyOf(await client.call('GET', `/Users/${id}`), 200, 'read back');
    if (body[attribute] !== value) return `${attribute} of user ${id} was not stored`;
  }
  return null;
}
