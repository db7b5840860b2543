import type { Answer } from './client.ts';
import type { Roster } from './roster.ts';
import { bodyOf, check, type Scenario, WrongAnswer } from './scenario.ts';
import { aPatch } from './users.ts';

/** Members that come and go in one stretch, beside those who stay. */
const VISITORS = 500;

/** Adds one member at a time to a group of `size`; null when there are too few users for that. */
export async function groupAdd(roster: Roster, size: number): Promise<Scenario | null> {
  const visiting = await visitors(roster, size);
  if (!visiting) return null;
  const { groupId, ids } = visiting;
  let turn = 0;
  return {
    workers: 1,
    stretch: ids.length,
    async refill() {
      if (turn) await removeAll(roster, groupId, ids);
      turn = 0;
    },
    request: () => add(roster, groupId, ids[turn++] ?? ''),
    verify: () => wantMembers(roster, groupId, size + turn),
  };
}

/** Removes one member at a time from a group, until `size` are left; null when there are too few users for that. */
export async function groupRemove(roster: Roster, size: number): Promise<Scenario | null> {
  const visiting = await visitors(roster, size);
  if (!visiting) return null;
  const { groupId, ids } = visiting;
  let turn = 0;
  return {
    workers: 1,
    stretch: ids.length,
    async refill() {
      await addAll(roster, groupId, ids);
      turn = 0;
    },
    request: () => remove(roster, groupId, ids[turn++] ?? ''),
    verify: () => wantMembers(roster, groupId, size + ids.length - turn),
  };
}

/** Reads a group with all its members. */
export async function groupWhole({ client, people, createGroup }: Roster, size: number): Promise<Scenario | null> {
  if (people.length < size) return null;
  const { id } = await createGroup(size);
  return {
    workers: 1,
    async request() {
      const answer = await client.call('GET', `/Groups/${id}`);
      const members = bodyOf(answer, 200, 'group')['members'] as { value?: string }[] | undefined;
      check(members?.length === size && members[0]?.value !== undefined, `group: ${size} members wanted`, answer);
    },
  };
}

export type Race = { added: number; lost: number; conflicts: number };

/** Several writers add different members to one group at once; counts who got lost and who was turned away. */
export async function race(roster: Roster, writers: number): Promise<Race> {
  const { id } = await roster.createGroup(0);
  const ids = roster.people.slice(0, VISITORS).map((person) => person.id);
  const added: string[] = [];
  let next = 0;
  let conflicts = 0;
  const write = async () => {
    while (next < ids.length) {
      const member = ids[next++] ?? '';
      const answer = await addition(roster, id, member);
      if (answer.status === 409) conflicts += 1;
      else added.push(mustBeDone(answer, member));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const members = await membersOf(roster, id);
  return { added: added.length, lost: added.filter((member) => !members.has(member)).length, conflicts };
}

async function visitors(roster: Roster, size: number): Promise<{ groupId: string; ids: string[] } | null> {
  const ids = roster.people.slice(size, size + VISITORS).map(({ id }) => id);
  if (ids.length < Math.min(VISITORS, size)) return null;
  const { id: groupId } = await roster.createGroup(size);
  const lack = await wantMembers(roster, groupId, size);
  if (lack) throw new WrongAnswer(lack);
  return { groupId, ids };
}

async function add(roster: Roster, groupId: string, member: string): Promise<void> {
  mustBeDone(await addition(roster, groupId, member), member);
}

function addition({ client }: Roster, groupId: string, member: string): Promise<Answer> {
  const operation = { op: 'add', path: 'members', value: [{ value: member }] };
  return client.call('PATCH', `/Groups/${groupId}`, aPatch(operation));
}

/** Entra's form, a path with brackets. */
async function remove({ client }: Roster, groupId: string, member: string): Promise<void> {
  const operation = { op: 'remove', path: `members[value eq "${member}"]` };
  mustBeDone(await client.call('PATCH', `/Groups/${groupId}`, aPatch(operation)), member);
}

async function addAll({ client }: Roster, groupId: string, ids: string[]): Promise<void> {
  const operation = { op: 'add', path: 'members', value: ids.map((value) => ({ value })) };
  mustBeDone(await client.call('PATCH', `/Groups/${groupId}`, aPatch(operation)), 'all');
}

async function removeAll({ client }: Roster, groupId: string, ids: string[]): Promise<void> {
  const operation = { op: 'remove', path: 'members', value: ids.map((value) => ({ value })) };
  mustBeDone(await client.call('PATCH', `/Groups/${groupId}`, aPatch(operation)), 'all');
}

function mustBeDone(answer: Answer, member: string): string {
  check(answer.status === 204 || answer.status === 200, `change of member ${member}: 200 or 204 wanted`, answer);
  return member;
}

async function membersOf({ client }: Roster, groupId: string): Promise<Set<string>> {
  const body = bodyOf(await client.call('GET', `/Groups/${groupId}`), 200, 'group');
  return new Set(((body['members'] ?? []) as { value: string }[]).map(({ value }) => value));
}

async function wantMembers(roster: Roster, groupId: string, wanted: number): Promise<string | null> {
  const { size } = await membersOf(roster, groupId);
  return size === wanted ? null : `the group shows ${size} members instead of ${wanted}`;
}
