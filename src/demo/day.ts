import { type Colleague, PROJECT } from './company.ts';
import {
  accepts,
  activates,
  deletes,
  groupsAreMade,
  joins,
  type Memory,
  membersOf,
  moves,
  renames,
} from './day-steps.ts';
import type { Sandbox } from './play-sandbox.ts';
import type { ScimClient } from './play-scim.ts';
import type { Act, Expectation, Step } from './play-watch.ts';

const WAVES = 5;

/** The acts of one day, in order. Each sends its requests only when it is carried out. */
export function dayOf(people: Colleague[], scim: ScimClient, sandbox: Sandbox): Act[] {
  const memory: Memory = { scim, sandbox, ids: new Map(), groups: new Map() };
  const { deleted, renamed, leavers, movers, project } = castOf(people);
  const [rehired] = leavers;
  const [finished] = project;
  return [
    { at: '08:00', words: 'The departments and a project get their groups', steps: groupsAreMade(memory) },
    ...wavesOf(people).map((wave, index) => ({
      at: `0${8 + Math.floor((index + 2) / 4)}:${String(((index + 2) % 4) * 15).padStart(2, '0')}`,
      words: `${namesOf(wave)} ${wave.length === 1 ? 'joins' : 'join'}`,
      steps: joins(memory, wave, people),
    })),
    { at: '10:00', words: 'Most open their mail and accept the invitation', steps: accepts(memory, people) },
    { at: '11:00', words: `${namesOf(movers)} move to another department`, steps: moves(memory, movers) },
    {
      at: '12:00',
      words: `${namesOf(project)} start on ${PROJECT}`,
      steps: membersOf(memory, 'add', PROJECT, project),
    },
    { at: '13:00', words: `${namesOf([renamed])} marries: a new name and e-mail`, steps: [renames(memory, renamed)] },
    { at: '14:00', words: `${namesOf(leavers)} leave`, steps: leavers.map((who) => activates(memory, who, false)) },
    { at: '15:30', words: `${namesOf([rehired])} is taken back`, steps: [activates(memory, rehired, true)] },
    {
      at: '16:30',
      words: `${namesOf([finished])} is done with ${PROJECT}`,
      steps: membersOf(memory, 'remove', PROJECT, [finished]),
    },
    { at: '17:30', words: `${namesOf([deleted])} is deleted from the directory`, steps: [deletes(memory, deleted)] },
  ];
}

/** Whoever an earlier day left is deleted, so that this day takes the same people back. Null when nobody is there. */
export async function nightBefore(scim: ScimClient): Promise<Act | null> {
  const [people, groups] = await Promise.all([scim.played('Users'), scim.played('Groups')]);
  if (people.length + groups.length === 0) return null;
  const gone = (email: string): Expectation => ({
    email,
    fits: (account) => !account || account.status === 'suspended',
  });
  const steps: Step[] = people.map(({ id, emails }) => ({
    timed: true,
    send: () => scim.remove(`/Users/${id}`),
    follows: (emails ?? []).slice(0, 1).map(({ value }) => gone(value)),
  }));
  for (const { id } of groups) steps.push({ timed: false, send: () => scim.remove(`/Groups/${id}`), follows: [] });
  return { at: '06:00', words: `The ${people.length} people of an earlier day are let go`, steps };
}

type Several = [Colleague, ...Colleague[]];

/** Who plays what; the heads of the departments are left in peace as long as there are others. */
function castOf(people: Colleague[]) {
  const share = (least: number, part: number) => Math.max(least, Math.round(people.length * part));
  const leaving = share(2, 0.12);
  const [deleted, renamed, ...rest] = people.toReversed();
  const leavers = rest.slice(0, leaving);
  const movers = rest.slice(leaving, leaving + share(1, 0.16));
  const project = people.filter((person) => person.number % 3 === 1 && !leavers.includes(person));
  // five people are enough for all parts, and playDay takes no fewer
  return { deleted, renamed, leavers, movers, project } as {
    deleted: Colleague;
    renamed: Colleague;
    leavers: Several;
    movers: Several;
    project: Several;
  };
}

function wavesOf(people: Colleague[]): Colleague[][] {
  const size = Math.ceil(people.length / WAVES);
  const waves = Array.from({ length: WAVES }, (_, index) => people.slice(index * size, (index + 1) * size));
  return waves.filter((wave) => wave.length > 0);
}

function namesOf(people: Colleague[]): string {
  const names = people.map(({ displayName }) => displayName);
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
  return names.length === 3 ? `${names[0]}, ${names[1]} and ${names[2]}` : names.join(' and ');
}
