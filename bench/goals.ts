import * as members from './load/members.ts';
import * as reads from './load/reads.ts';
import type { Roster } from './load/roster.ts';
import type { Scenario } from './load/scenario.ts';
import * as writes from './load/writes.ts';

export type Goal = {
  name: string;
  /** Most that Gangway may cost, as a multiple of the floor. */
  goal: number;
  stretch: number;
  /** Null when the server cannot do this, or has too few users for it. */
  open(roster: Roster): Promise<Scenario | null>;
};

const SMALL_GROUP = 100;
const LARGE_GROUP = 10_000;
const WHOLE_GROUP = 1_000;
const BULK = 1_000;

/** In the order in which they run: what only reads comes first, so that it meets the directory as it was seeded. */
export const GOALS: readonly Goal[] = [
  { name: 'get', goal: 2, stretch: 1.5, open: reads.get },
  { name: 'lookup', goal: 2, stretch: 1.5, open: reads.lookup },
  { name: 'lookup-external', goal: 2, stretch: 1.5, open: reads.lookupExternal },
  { name: 'lookup-group', goal: 2, stretch: 1.5, open: reads.lookupGroup },
  { name: 'miss', goal: 2, stretch: 1.5, open: reads.miss },
  { name: 'list', goal: 1.3, stretch: 1.15, open: reads.list },
  { name: 'deep', goal: 1.3, stretch: 1.15, open: reads.deep },
  { name: 'group-whole', goal: 1.5, stretch: 1.2, open: (roster) => members.groupWhole(roster, WHOLE_GROUP) },
  { name: 'replace', goal: 1.7, stretch: 1.4, open: writes.replace },
  { name: 'patch', goal: 1.7, stretch: 1.4, open: writes.patch },
  { name: 'group-add/100', goal: 1.8, stretch: 1.4, open: (roster) => members.groupAdd(roster, SMALL_GROUP) },
  { name: 'group-remove/100', goal: 1.8, stretch: 1.4, open: (roster) => members.groupRemove(roster, SMALL_GROUP) },
  { name: 'group-add/10000', goal: 1.8, stretch: 1.4, open: (roster) => members.groupAdd(roster, LARGE_GROUP) },
  { name: 'group-remove/10000', goal: 1.8, stretch: 1.4, open: (roster) => members.groupRemove(roster, LARGE_GROUP) },
  { name: 'mixed', goal: 1.8, stretch: 1.5, open: writes.mixed },
  { name: 'create', goal: 1.7, stretch: 1.4, open: writes.create },
  { name: 'bulk/1000', goal: 1.5, stretch: 1.2, open: (roster) => writes.bulk(roster, BULK) },
];

/** Most that a request may cost more in a large directory, or for a large group, than in a small one. */
export const GROWTH_GOAL = 1.3;
/** Pairs of scenarios that must cost the same within that. */
export const EQUAL: readonly [small: string, large: string][] = [
  ['group-add/100', 'group-add/10000'],
  ['group-remove/100', 'group-remove/10000'],
];

/** The scenarios called by name or by the part before the slash; all when none is named. Throws for an unknown name. */
export function goalsNamed(names: readonly string[]): Goal[] {
  const unknown = names.filter((name) => !GOALS.some((goal) => isCalled(goal, name)));
  if (unknown.length) {
    throw new Error(`no scenario ${unknown.join(', ')}; there are ${GOALS.map(({ name }) => name).join(', ')}`);
  }
  return GOALS.filter((goal) => names.length === 0 || names.some((name) => isCalled(goal, name)));
}

function isCalled({ name }: Goal, text: string): boolean {
  return name === text || name.startsWith(`${text}/`);
}
