import { table } from './print.ts';
import { printable } from './text-width.ts';

export type Step = {
  name: string;
  reads: string;
  source: string | null;
  result: string[];
  unmatched: boolean;
  near: string[];
};
type Account = { email: string | null; attributes: Record<string, string | null>; groups: string[] };
export type Tried = {
  userName: string | null;
  scope: 'in' | 'out' | 'failed';
  problem: string | null;
  account: Account | null;
  steps: Step[];
};
export type MappingPreview = {
  looked: number;
  changed: number;
  counts: Record<string, number>;
  people: {
    userName: string;
    before: string;
    after: string;
    attributes: Record<string, { before: string | null; after: string | null }>;
    granted: string[];
    revoked: string[];
  }[];
};
export type Unmatched = {
  looked: number;
  outOfScope: number;
  failed: number;
  failures: { userName: string; words: string }[];
  count: number;
  values: { attribute: string; value: string; people: number; near: string[] }[];
};

const SCOPES = { in: 'in scope', out: 'out of scope: no account, as if the person had left', failed: 'cannot be told' };

/** What the test box found for one person. */
export function triedLines({ userName, scope, problem, account, steps }: Tried): string[] {
  const lines = [
    `${userName ?? 'somebody without a userName'}: ${problem ? `${SCOPES[scope]}: ${problem}` : SCOPES[scope]}`,
  ];
  if (!account) return lines.map(printable);
  const attributes = Object.entries(account.attributes).map(([name, value]) => [name, value]);
  return [
    ...lines.map(printable),
    ...steps.map((step) => `  ${stepLine(step)}`),
    printable(`e-mail ${account.email ?? 'none'}; groups ${account.groups.join(', ') || 'none'}`),
    ...table(['ATTRIBUTE', 'VALUE'], attributes, 'no attributes'),
  ];
}

/** One rule at work: what it read, what came out. */
export function stepLine({ name, reads, source, result, unmatched, near }: Step): string {
  const from = source === null ? 'nothing' : `"${source}"`;
  const to = result.length ? result.map((one) => `"${one}"`).join(', ') : 'nothing';
  const missed = unmatched ? `; unmatched_value: the table does not name it${meant(near)}` : '';
  return printable(`${name}: ${from} (${reads}) becomes ${to}${missed}`);
}

/** Rules that did something worth telling: another value than the source's, or one that the table does not name. */
export function tellingSteps(steps: readonly Step[]): Step[] {
  return steps.filter(
    ({ source, result, unmatched }) => unmatched || (source ?? undefined) !== result[0] || result.length > 1,
  );
}

/** Who would change under another mapping. */
export function previewLines({ looked, changed, counts, people }: MappingPreview): string[] {
  if (changed === 0) return [`nobody of ${looked} would change`];
  const outcomes = Object.entries(counts).map(([outcome, number]) => `${outcome} ${number}`);
  const rows = people.map((person) => [person.userName, differences(person).join('; ')]);
  const more = changed > people.length ? [`and ${changed - people.length} more`] : [];
  return [
    `${changed} of ${looked} would change: ${outcomes.join(', ')}`,
    ...table(['USERNAME', 'WHAT'], rows, ''),
    ...more,
  ];
}

function differences({ before, after, attributes, granted, revoked }: MappingPreview['people'][number]): string[] {
  return [
    ...(before === after ? [] : [`${before} becomes ${after}`]),
    ...Object.entries(attributes).map(([name, value]) => `${name} ${said(value.before)} becomes ${said(value.after)}`),
    ...granted.map((name) => `into group ${name}`),
    ...revoked.map((name) => `out of group ${name}`),
  ];
}

/** What the tables do not name. */
export function unmatchedLines({ looked, outOfScope, failed, failures, count, values }: Unmatched): string[] {
  const rows = values.map(({ attribute, value, people, near }) => [attribute, value, String(people), near.join(', ')]);
  return [
    `${looked} people: ${outOfScope} out of scope, ${failed} whom the mapping cannot be worked out for`,
    ...failures.map(({ userName, words }) => printable(`  ${userName}: ${words}`)),
    ...table(['OF', 'VALUE', 'PEOPLE', 'MEANT?'], rows, 'every value is in its table'),
    ...(count > values.length ? [`and ${count - values.length} more values`] : []),
  ];
}

function said(value: string | null): string {
  return value ? `"${value}"` : 'nothing';
}

function meant(near: readonly string[]): string {
  return near.length ? `; meant: ${near.join(', ')}?` : '';
}
