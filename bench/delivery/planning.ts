import { UNDECIDED } from '../../src/model/decision.ts';
import type { Link } from '../../src/model/link.ts';
import type { Person } from '../../src/model/person.ts';
import { type Policy, RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { NO_SIDE_EFFECTS } from '../../src/model/side-effect.ts';
import { ATTRIBUTE_NAMES, desired } from '../../src/plan/desired.ts';
import { type Observed, plan } from '../../src/plan/plan.ts';
import { medianOf } from '../load/probe.ts';
import { aUser } from '../load/users.ts';

type Case = { person: Person; observed: Observed };

const PEOPLE = 10_000;
const ROUNDS = 7;
const CAN = { read: true, erase: true, anonymise: true, effects: NO_SIDE_EFFECTS };
const SCOPE = { attributes: ATTRIBUTE_NAMES, groups: true };
const POLICY: Policy = { ...RECOMMENDED_POLICY, invite: 'automatic', adoptExisting: 'all' };

/** Microseconds for what should be and what is to be done about it, per person: the median of some rounds. */
export function measurePlanning(now = new Date()): { cpuUs: number; actions: number } {
  const cases = Array.from({ length: PEOPLE }, (_, n) => caseOf(n));
  let actions = 0;
  const round = () => {
    actions = 0;
    const before = process.cpuUsage();
    for (const { person, observed } of cases) {
      const wanted = desired(person, POLICY, SCOPE);
      const circumstances = { now, can: CAN, decisions: UNDECIDED };
      actions += plan(wanted, observed, POLICY, circumstances).actions.length;
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / PEOPLE;
  };
  round(); // the compiler's
  return { cpuUs: medianOf(Array.from({ length: ROUNDS }, round)), actions };
}

/** Joiners, settled people, movers, leavers and people who came back, of all of them something. */
function caseOf(n: number): Case {
  const groups = Array.from({ length: n % 6 }, (_, g) => `Group ${(n + g) % 50}`);
  const status = n % 7 === 3 ? 'deactivated' : n % 11 === 5 ? 'deleted' : 'active';
  const person: Person = { id: String(n), status, resource: aUser(n), groups };
  if (n % 5 === 0) return { person, observed: { link: null, actual: null, found: [], taken: false } };
  const wanted = desired({ ...person, status: 'active' }, POLICY, SCOPE);
  if (wanted.kind !== 'account') throw new Error('everybody here has an address');
  const state: Link['state'] = n % 13 === 0 ? 'suspended' : 'active';
  const moved = n % 3 === 0 ? { title: 'Something else' } : {};
  const actual = {
    ...wanted.account,
    attributes: { ...wanted.account.attributes, ...moved },
    groups: n % 4 === 0 ? [] : groups,
    remoteId: `r${n}`,
    status: state,
  };
  const link: Link = {
    remoteId: actual.remoteId,
    state,
    origin: 'invited',
    applied: {},
    granted: groups,
    suspendedAt: null,
    pendingEffects: [],
  };
  return { person, observed: { link, actual, found: [], taken: false } };
}
