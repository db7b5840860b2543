import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scim, startScim } from '../support/app.ts';
import { isBinding, judge, type Outcome } from './outcome.ts';
import { probeOf } from './probe.ts';
import { type Judged, markdown, REPORTED } from './report.ts';
import { REQUIREMENTS } from './requirements.ts';

const PAGE = join(import.meta.dirname, '../../docs/conformance.md');

let scim: Scim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim?.stop());

/** Not a test of the suite: `npm run conformance` runs it, which fails where the rfc profile misses a MUST. */
test('docs/conformance.md is written, and the rfc profile meets every MUST', { timeout: 120_000 }, async () => {
  const judged = await judgeAll();
  writeFileSync(PAGE, markdown(judged));
  const missed = judged.flatMap(({ requirement, outcomes }) =>
    outcomes
      .filter(({ profile, result }) => profile === 'rfc' && result === 'fail' && isBinding(requirement))
      .map(({ why }) => `${requirement.id}: ${why}`),
  );
  expect(missed).toEqual([]);
});

async function judgeAll(): Promise<Judged[]> {
  const probes = REPORTED.map((profile) => probeOf(scim, profile));
  const judged: Judged[] = [];
  for (const requirement of REQUIREMENTS) {
    const outcomes: Outcome[] = [];
    for (const probe of probes) outcomes.push(await judge(requirement, probe));
    judged.push({ requirement, outcomes });
  }
  return judged;
}
