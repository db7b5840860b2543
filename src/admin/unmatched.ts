import { setImmediate as breathe } from 'node:timers/promises';
import type { Knex } from 'knex';
import { peopleOf } from '../deliver/everybody.ts';
import { needsManagers, withManagers } from '../deliver/managers.ts';
import { readMapping } from '../directory/mappings.ts';
import { mapPerson, type Step } from '../plan/mapping.ts';
import { type CompiledMapping, compileMapping } from '../plan/mapping-compile.ts';
import { anyTarget, nearIn } from '../plan/mapping-explain.ts';
import { csvLine } from './csv.ts';
import { targetsOf } from './mapping-trial.ts';

type Value = {
  code: 'unmatched_value';
  attribute: string;
  place: string;
  value: string;
  people: number;
  near: string[];
};
export type Unmatched = {
  /** Active people who were looked at, and those of them who are not in scope or for whom an expression failed. */
  looked: number;
  outOfScope: number;
  failed: number;
  /** What the first failures say. */
  failures: { userName: string; words: string }[];
  /** How many different values there are; the most frequent of them follow. */
  count: number;
  values: Value[];
};

const MOST_SHOWN = 200;
const MOST_FAILURES = 20;
/** Whoever sends another value for everybody must not fill the memory. */
const MOST_COUNTED = 100_000;
const NO_TARGET = '00000000-0000-0000-0000-000000000000';

/** What the tables of a connection's mapping do not name, the most frequent first: read a page at a time, on demand. */
export async function unmatchedValues(db: Knex, tenantId: string, connectionId: string): Promise<Unmatched> {
  const mapping = compileMapping((await readMapping(db, tenantId, connectionId)).mapping);
  const targetId = (await targetsOf(db, tenantId, connectionId))[0] ?? NO_TARGET;
  const at = { tenantId, connectionId, targetId };
  const report: Unmatched = { looked: 0, outOfScope: 0, failed: 0, failures: [], count: 0, values: [] };
  const counted = new Map<string, Omit<Value, 'near'>>();
  for await (const page of peopleOf(db, at)) {
    const active = page.filter(({ status }) => status === 'active');
    for (const person of await withManagers(db, at, needsManagers(mapping, []), active)) {
      const steps: Step[] = [];
      const result = mapPerson(mapping, person, anyTarget(mapping), steps);
      report.looked += 1;
      if (result.kind === 'out') report.outOfScope += 1;
      if (result.kind === 'failed') noteFailure(report, person.userName, result.words);
      for (const step of steps) if (step.unmatched) count(counted, step);
    }
    await breathe();
  }
  report.count = counted.size;
  report.values = await mostFrequent(mapping, [...counted.values()]);
  return report;
}

/** The values as a CSV, for whoever puts them into a table. */
export function unmatchedCsv({ values }: Unmatched): string {
  const lines = values.map(({ attribute, value, people, near }) =>
    csvLine([attribute, value, String(people), near.join(' | ')]),
  );
  return `\ufeff${[csvLine(['attribute', 'value', 'people', 'near']), ...lines].join('')}`;
}

function noteFailure(report: Unmatched, userName: string, words: string): void {
  report.failed += 1;
  if (report.failures.length < MOST_FAILURES) report.failures.push({ userName, words });
}

function count(counted: Map<string, Omit<Value, 'near'>>, { name, place, source }: Step): void {
  const value = source ?? '';
  const key = `${place}\n${value}`;
  const known = counted.get(key);
  if (known) known.people += 1;
  else if (counted.size < MOST_COUNTED) {
    counted.set(key, { code: 'unmatched_value', attribute: name, place, value, people: 1 });
  }
}

async function mostFrequent(mapping: CompiledMapping, values: Omit<Value, 'near'>[]): Promise<Value[]> {
  values.sort((a, b) => b.people - a.people || (a.value < b.value ? -1 : 1));
  const shown: Value[] = [];
  for (const value of values.slice(0, MOST_SHOWN)) {
    shown.push({ ...value, near: nearIn(mapping, value.place, value.value) });
    await breathe(); // a long table is compared with each of them
  }
  return shown;
}
