import fc from 'fast-check';
import { type Policy, RECOMMENDED_POLICY } from '../../../src/model/policy.ts';

/** What goes wrong at the gate where a worker is stopped; see gates.ts. */
export type Mishap =
  | 'none'
  | 'crash'
  | 'crash inside'
  | 'crash after'
  | 'no answer'
  | 'lost answer'
  | 'late'
  | 'twice'
  | 'busy'
  | 'refused';
export type Passes = '20 seconds' | '20 minutes' | '1 day' | '31 days';

/** One thing that happens. `who`, `email` and `group` are numbers of the small worlds below. */
export type Step =
  | { do: 'post' | 'activate' | 'deactivate' | 'delete'; who: number }
  | { do: 'write'; who: number; name: AttributeName; value: string | null }
  | { do: 'move'; who: number; email: number }
  | { do: 'found' | 'dissolve' | 'rename'; group: number }
  | { do: 'join' | 'leave'; who: number; group: number }
  | { do: 'they suspend' | 'they resume' | 'they delete' | 'they accept'; who: number }
  | { do: 'they write'; who: number; value: string | null }
  | { do: 'they add'; email: number }
  | { do: 'they grant'; who: number; group: number }
  | { do: 'enable' | 'pause' | 'release' | 'discard' }
  | { do: 'policy'; policy: Partial<Policy> }
  | { do: 'time'; passes: Passes }
  /**
   * A worker takes an item if it has none, and passes so many gates, or all up to the next call; what goes wrong happens
   * at the last.
   */
  | { do: 'work'; worker: 0 | 1; gates: number | 'to a call'; mishap: Mishap };

export type AttributeName = 'displayName' | 'title';
export type History = {
  policy: Policy;
  people: number;
  enabled: boolean;
  /** Everybody has an account when it begins, if the policy gives them one. */
  settled: boolean;
  /** False: the target does not show titles, so that what we last wrote stands in for them. */
  showsTitles: boolean;
  steps: readonly Step[];
};

const PEOPLE = 3;
const who = fc.constantFrom(0, 0, 0, 1, PEOPLE - 1); // more happens to one than to the others
const email = fc.nat(PEOPLE); // one address more than people, and some meet
const group = fc.nat(1);
const text = fc.constantFrom('one', 'two', null);
const onLeave = fc.constantFrom('suspend', 'suspend-then-erase', 'erase', 'ignore' as const);
const guard = fc.oneof(
  { weight: 3, arbitrary: fc.constant('off' as const) },
  {
    weight: 1,
    arbitrary: fc.constant({
      floor: 1,
      perHourPercent: 0,
      perDayPercent: 0,
      twoPeoplePercent: 50,
      whileHeld: 'wait' as const,
    }),
  },
);
const choices = {
  adoptExisting: fc.constantFrom('all', 'ask'),
  onDeactivate: onLeave,
  onDelete: onLeave,
  graceDays: fc.constantFrom(0, 30),
  erasureMode: fc.constantFrom('erase', 'anonymise', 'keep'),
  suspendScope: fc.constantFrom('active', 'all'),
  guard,
};
const policy = fc.record({
  ...Object.fromEntries(Object.entries(RECOMMENDED_POLICY).map(([field, value]) => [field, fc.constant(value)])),
  reconcile: fc.constant('off'),
  ...choices,
  invite: fc.constantFrom('automatic', 'automatic', 'automatic', 'manual'),
  onAbsence: fc.constant('suspend'),
  protected: fc.constant([]),
  onDisconnect: fc.constant({ accepted: 'keep', pending: 'keep', neverInvited: 'keep' }),
}) as unknown as fc.Arbitrary<Policy>;
const change = fc.record(choices, { requiredKeys: [] }) as fc.Arbitrary<Partial<Policy>>;

const mishap: fc.Arbitrary<Mishap> = fc.constantFrom(
  'none',
  'none',
  'none',
  'crash',
  'crash',
  'crash inside',
  'crash after',
  'crash after',
  'no answer',
  'lost answer',
  'lost answer',
  'late',
  'twice',
  'busy',
  'refused',
);
const work = fc.record({
  do: fc.constant('work' as const),
  worker: fc.constantFrom(0 as const, 0 as const, 1 as const),
  gates: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 14 }) },
    { weight: 2, arbitrary: fc.constant('to a call' as const) },
    { weight: 1, arbitrary: fc.constant(99) },
  ),
  mishap,
});
const one = <K extends string>(...names: K[]) => fc.constantFrom(...names);
const step = fc.oneof(
  { weight: 20, arbitrary: work },
  {
    weight: 5,
    arbitrary: fc.record({ do: one('post', 'activate', 'activate', 'deactivate', 'deactivate', 'delete'), who }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: one('write'), who, name: one('displayName', 'title', 'title'), value: text }),
  },
  { weight: 2, arbitrary: fc.record({ do: one('move'), who, email }) },
  { weight: 1, arbitrary: fc.record({ do: one('found', 'dissolve', 'rename'), group }) },
  { weight: 3, arbitrary: fc.record({ do: one('join', 'join', 'leave'), who, group }) },
  { weight: 2, arbitrary: fc.record({ do: one('they suspend', 'they resume', 'they delete', 'they accept'), who }) },
  { weight: 1, arbitrary: fc.record({ do: one('they write'), who, value: text }) },
  { weight: 1, arbitrary: fc.record({ do: one('they add'), email }) },
  { weight: 1, arbitrary: fc.record({ do: one('they grant'), who, group }) },
  { weight: 1, arbitrary: fc.record({ do: one('enable', 'enable', 'pause', 'release', 'discard') }) },
  { weight: 1, arbitrary: fc.record({ do: one('policy'), policy: change }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: one('time'), passes: one('20 seconds', '20 minutes', '1 day', '31 days') }),
  },
);

/** A change, a call that goes wrong because of it, and a second change before anybody has looked. */
const caught = fc
  .record({
    who,
    changes: fc.constantFrom<[Change, Change]>(
      [{ do: 'deactivate' }, { do: 'activate' }],
      [{ do: 'delete' }, { do: 'post' }],
      [{ do: 'post' }, { do: 'deactivate' }],
      [{ do: 'post' }, { do: 'move', email: PEOPLE }],
      [
        { do: 'join', group: 0 },
        { do: 'leave', group: 0 },
      ],
      [{ do: 'activate' }, { do: 'deactivate' }],
      [
        { do: 'write', name: 'title', value: 'two' },
        { do: 'write', name: 'title', value: null },
      ],
    ),
    mishap: fc.constantFrom<Mishap>('crash after', 'lost answer', 'late', 'crash', 'twice', 'none'),
    passes: fc.constantFrom<Passes>('20 seconds', '20 minutes'),
  })
  .map(({ who, changes: [first, second], mishap, passes }): Step[] => {
    const work: Step = { do: 'work', worker: 1, gates: 'to a call', mishap };
    return [{ ...first, who } as Step, work, { do: 'time', passes }, { ...second, who } as Step];
  });
type Change = Step extends infer One ? (One extends { who: number } ? Omit<One, 'who'> : never) : never;

const steps = fc
  .array(fc.oneof({ weight: 9, arbitrary: step.map((one) => [one as Step]) }, { weight: 1, arbitrary: caught }), {
    minLength: 4,
    maxLength: 14,
    size: 'max',
  })
  .map((parts) => parts.flat());

/** Any history, of about a dozen steps. */
export const history: fc.Arbitrary<History> = fc.record({
  policy,
  people: fc.integer({ min: 1, max: PEOPLE }),
  enabled: fc.constantFrom(true, true, true, true, false),
  settled: fc.boolean(),
  showsTitles: fc.boolean(),
  steps,
});

/** A history as it is read in a report: one line a step. */
export function tell({ steps, ...start }: History): string {
  return [start, ...steps].map((line) => JSON.stringify(line)).join('\n');
}
