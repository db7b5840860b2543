import { randomUUID } from 'node:crypto';
import type { Answer, Body } from '../support/app.ts';
import { namesIn, type Probe } from './probe.ts';

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** Four people that filters, sorting and paging are tried on, and the mark that only they have. */
export type Crew = {
  readonly mark: string;
  readonly people: readonly Body[];
  /** Who of them meets a filter: their names in alphabetical order, or the status when it is none of 200. */
  meeting(filter: string): Promise<string[] | number>;
  /** The list of them with further parameters. */
  list(parameters: string): Promise<Answer>;
};

const crews = new WeakMap<Probe, Promise<Crew>>();

/** The probe's crew: made at the first call. */
export function crewOf(probe: Probe): Promise<Crew> {
  const known = crews.get(probe) ?? makeCrew(probe);
  crews.set(probe, known);
  return known;
}

async function makeCrew(probe: Probe): Promise<Crew> {
  const mark = randomUUID().slice(0, 8);
  const people: Body[] = [];
  for (const person of roll(mark)) people.push(await probe.user({ schemas: [USER, ENTERPRISE], ...person }));
  const list: Crew['list'] = (parameters) => probe.find('Users', `userName ew "-${mark}"`, parameters);
  return {
    mark,
    people,
    list,
    meeting: async (filter) => {
      const answer = await probe.find('Users', `userName ew "-${mark}" and (${filter})`);
      return answer.status === 200 ? namesIn(answer).toSorted() : answer.status;
    },
  };
}

/** ann has everything, dora next to nothing. */
function roll(mark: string): Record<string, unknown>[] {
  return [
    {
      userName: `ann-${mark}`,
      externalId: `Ann-${mark}`,
      title: 'Boss',
      active: true,
      name: { givenName: 'Ann', familyName: 'Zimmer' },
      emails: [
        { value: 'z@example.com', type: 'home' },
        { value: 'b@example.org', type: 'work', primary: true },
      ],
      [ENTERPRISE]: { department: 'Tours' },
    },
    {
      userName: `Bob-${mark}`,
      title: 'analyst "x"',
      active: true,
      name: { familyName: 'adams' },
      emails: [{ value: 'c@example.com', type: 'work' }],
    },
    {
      userName: `cid-${mark}`,
      title: 'Clerk',
      active: false,
      name: { familyName: 'Miller' },
      emails: [{ value: 'a@example.com', type: 'work' }],
    },
    { userName: `dora-${mark}`, active: true },
  ];
}
