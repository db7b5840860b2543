import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import type { History, Step } from './convergence/history.ts';
import { outcomeOf } from './convergence/outcome.ts';

/*
 * Histories that once ended wrongly. They were found by convergence.test.ts and made as short as they can be.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

const POLICY = {
  ...RECOMMENDED_POLICY,
  invite: 'automatic',
  adoptExisting: 'all',
  onDelete: 'suspend',
  guard: 'off',
} as const;
type Work = Extract<Step, { do: 'work' }>;
const work = (gates: Work['gates'], mishap: Work['mishap'] = 'none'): Step => {
  return { do: 'work', worker: 0, gates, mishap };
};
/** Claims, reads person, link, former links and target, records the invite: the ninth gate is the call itself. */
const INVITE = 9;
/** The same of an update, which finds a link. */
const UPDATE = 7;
const ALL = 99;
const title = (value: string | null): Step => ({ do: 'write', who: 0, name: 'title', value });

const WRITTEN: {
  name: string;
  policy?: Partial<Policy>;
  people?: number;
  showsTitles?: boolean;
  never?: string;
  steps: Step[];
}[] = [
  {
    name: 'who moves to another address and leaves while the answer to the invite is lost keeps no account',
    steps: [work(INVITE, 'crash after'), { do: 'move', who: 0, email: 3 }, { do: 'deactivate', who: 0 }],
  },
  {
    name: 'who moves twice while answers to the invite are lost ends with one account',
    steps: [
      work(INVITE, 'no answer'),
      work(ALL),
      { do: 'move', who: 0, email: 3 },
      { do: 'time', passes: '20 minutes' },
      work('to a call', 'crash after'),
      { do: 'move', who: 0, email: 2 },
      { do: 'deactivate', who: 0 },
    ],
  },
  {
    name: 'whose former address is somebody else’s by now is invited to the present one',
    people: 1,
    steps: [
      { do: 'post', who: 2 },
      { do: 'work', worker: 1, gates: 'to a call', mishap: 'crash after' },
      { do: 'time', passes: '20 seconds' },
      { do: 'move', email: 3, who: 2 },
      work(8, 'lost answer'),
      { do: 'move', who: 0, email: 3 },
      { do: 'move', who: 2, email: 0 },
      work('to a call'),
      { do: 'time', passes: '20 seconds' },
    ],
  },
  {
    name: 'who left before being invited does not take the account of somebody with the same address',
    policy: { onDeactivate: 'erase' },
    never: 'erase',
    steps: [
      { do: 'deactivate', who: 0 },
      work(ALL),
      { do: 'post', who: 2 },
      work('to a call', 'crash'),
      { do: 'activate', who: 0 },
      { do: 'move', who: 0, email: 2 },
      { do: 'work', worker: 1, gates: 'to a call', mishap: 'crash after' },
      { do: 'deactivate', who: 2 },
    ],
  },
  {
    name: 'nothing stays open of an account that the target itself suspended in the middle of an update',
    steps: [work(ALL), title('one'), work(UPDATE, 'crash after'), { do: 'they suspend', who: 0 }],
  },
  {
    name: 'a title that the invite brought and the source then took away is taken away, though the target shows none',
    showsTitles: false,
    steps: [title('one'), work(INVITE, 'crash after'), title(null)],
  },
  {
    name: 'a title that goes back while the answer to its change is lost goes back, though the target shows none',
    showsTitles: false,
    steps: [title('one'), work(ALL), title('two'), work(UPDATE, 'crash after'), title('one')],
  },
  {
    name: 'a worker that is late to record a refusal does not forget the invite that another has begun again',
    steps: [
      work('to a call', 'refused'),
      { do: 'time', passes: '20 seconds' },
      { do: 'work', worker: 1, gates: 'to a call', mishap: 'none' },
      work(ALL),
      { do: 'delete', who: 0 },
      { do: 'work', worker: 1, gates: ALL, mishap: 'none' },
    ],
  },
  {
    name: 'what the target itself suspended is not given back to who was deleted, ignored, and came back',
    policy: { onDelete: 'ignore' },
    steps: [
      work(ALL),
      { do: 'they suspend', who: 0 },
      { do: 'delete', who: 0 },
      work(4, 'busy'),
      work(ALL),
      { do: 'time', passes: '20 minutes' },
      work(ALL),
      { do: 'post', who: 0 },
    ],
  },
  {
    name: 'a worker that wakes up late does not make the others forget that they have suspended',
    steps: [
      work(INVITE + 6),
      { do: 'deactivate', who: 0 },
      { do: 'time', passes: '20 seconds' },
      { do: 'work', worker: 1, gates: 'to a call', mishap: 'crash after' },
      work(ALL),
      { do: 'time', passes: '20 seconds' },
      { do: 'activate', who: 0 },
    ],
  },
  {
    name: 'a worker that wakes up late with its answer does not make the others forget that they have resumed',
    steps: [
      work(ALL),
      { do: 'deactivate', who: 0 },
      work('to a call'),
      work(1),
      { do: 'time', passes: '20 seconds' },
      { do: 'activate', who: 0 },
      { do: 'work', worker: 1, gates: ALL, mishap: 'none' },
      work(ALL),
      { do: 'they suspend', who: 0 },
    ],
  },
];

test.for(WRITTEN)('$name', async ({ policy, people = 1, showsTitles = true, never, steps }) => {
  const history: History = {
    policy: { ...POLICY, ...policy },
    people,
    enabled: true,
    settled: false,
    showsTitles,
    steps,
  };
  const { faults, mishaps, log } = await outcomeOf(database.db, history);
  expect(mishaps, 'what should go wrong does').toBe(
    steps.filter((step) => step.do === 'work' && step.mishap !== 'none').length,
  );
  expect(faults, log.join('\n')).toEqual([]);
  if (never) expect(log.join('\n')).not.toContain(`"what":"${never}"`);
});
