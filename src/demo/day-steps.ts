import { type Colleague, DEPARTMENTS, MARK, PROJECT } from './company.ts';
import type { Account, Sandbox } from './play-sandbox.ts';
import { moveTo, type Operation, type ScimClient, userOf } from './play-scim.ts';
import type { Expectation, Step } from './play-watch.ts';

/** What the acts remember of the answers to earlier requests: ids of people (by externalId) and of groups (by name). */
export type Memory = { scim: ScimClient; sandbox: Sandbox; ids: Map<string, string>; groups: Map<string, string> };

/** A group for each department and one for the project; nobody is in them yet. */
export function groupsAreMade({ scim, groups }: Memory): Step[] {
  const names = [...DEPARTMENTS.map(({ name }) => name), PROJECT];
  return names.map((name) => ({
    timed: false,
    follows: [],
    send: async () => {
      const { id } = await scim.createGroup(`${MARK}${name}`, name);
      groups.set(name, id);
    },
  }));
}

/** New people as an identity provider sends them: first the users, then each group with its new members. */
export function joins(memory: Memory, wave: Colleague[], people: Colleague[]): Step[] {
  const arrivals = wave.map((who) => ({
    timed: true,
    follows: [follows(who, (account) => account.status !== 'suspended' && looksLike(account, who))],
    send: async () => {
      const head = people.find(({ department }) => department === who.department);
      const managerId = memory.ids.get(head?.externalId ?? '') ?? null;
      const { id } = await memory.scim.createUser(userOf(who, managerId));
      memory.ids.set(who.externalId, id);
    },
  }));
  const groups = DEPARTMENTS.flatMap(({ name }) => {
    const members = wave.filter(({ department }) => department === name);
    return members.length ? membersOf(memory, 'add', name, members) : [];
  });
  return [...arrivals, ...groups];
}

/** Some people enter or leave one group, in one request. */
export function membersOf(memory: Memory, op: 'add' | 'remove', group: string, members: Colleague[]): Step[] {
  const member = op === 'add';
  const operation = (): Operation => ({
    op,
    path: 'members',
    value: members.map(({ externalId }) => ({ value: memory.ids.get(externalId) })),
  });
  const send = () => memory.scim.patch(`/Groups/${memory.groups.get(group)}`, [operation()]);
  const expected = members.map((who) => follows(who, (account) => account.groups.includes(group) === member));
  return [{ timed: true, send, follows: expected }];
}

/** The invited people take their accounts into use, all but every fourth. */
export function accepts({ sandbox }: Memory, people: Colleague[]): Step[] {
  return people
    .filter(({ number }) => number % 4 !== 0)
    .map((who) => ({
      timed: false,
      follows: [follows(who, (account) => account.status === 'active')],
      send: async () => {
        const account = (await sandbox.look()).get(who.email);
        if (account?.status === 'invited') await sandbox.accept(account.id);
      },
    }));
}

/** Each mover gets the next department, its group and a title there. */
export function moves(memory: Memory, movers: Colleague[]): Step[] {
  return movers.flatMap((who) => {
    const place = DEPARTMENTS.findIndex(({ name }) => name === who.department);
    // there is always a next one: the remainder is an index
    const next = DEPARTMENTS[(place + 1) % DEPARTMENTS.length] as (typeof DEPARTMENTS)[number];
    const moved = { ...who, department: next.name, title: `Senior ${next.title}` };
    const patch: Step = {
      timed: true,
      send: () => memory.scim.patch(userPath(memory, who), moveTo(moved.department, moved.title)),
      follows: [follows(who, (account) => looksLike(account, moved))],
    };
    const groups = [membersOf(memory, 'add', next.name, [who]), membersOf(memory, 'remove', who.department, [who])];
    return [patch, ...groups.flat()];
  });
}

/** A new family name and with it a new address. */
export function renames(memory: Memory, who: Colleague): Step {
  const familyName = `${who.familyName}-Lindqvist`;
  const displayName = who.displayName.replace(who.familyName, familyName);
  const email = who.email.replace('@', '-lindqvist@');
  let accountId: string | undefined;
  return {
    timed: true,
    // the same account under another address, not a second one
    follows: [{ email, fits: (account) => account?.id === accountId && account?.displayName === displayName }],
    send: async () => {
      accountId = (await memory.sandbox.look()).get(who.email)?.id ?? 'no account';
      const change = { userName: email, displayName, name: { familyName, formatted: displayName } };
      await memory.scim.patch(userPath(memory, who), [
        { op: 'replace', value: change },
        { op: 'replace', path: 'emails[type eq "work"].value', value: email },
      ]);
    },
  };
}

/** Somebody leaves, or comes back. */
export function activates(memory: Memory, who: Colleague, active: boolean): Step {
  return {
    timed: true,
    send: () => memory.scim.patch(userPath(memory, who), [{ op: 'replace', value: { active } }]),
    follows: [follows(who, ({ status }) => (status !== 'suspended') === active)],
  };
}

/** The source forgets somebody altogether. */
export function deletes(memory: Memory, who: Colleague): Step {
  return {
    timed: true,
    send: () => memory.scim.remove(userPath(memory, who)),
    follows: [follows(who, ({ status }) => status === 'suspended')],
  };
}

function userPath({ ids }: Memory, { externalId }: Colleague): string {
  return `/Users/${ids.get(externalId)}`;
}

function follows({ email }: Colleague, fits: (account: Account) => boolean): Expectation {
  return { email, fits: (account) => account !== undefined && fits(account) };
}

function looksLike(account: Account, { displayName, title, department }: Colleague): boolean {
  return account.displayName === displayName && account.title === title && account.department === department;
}
