import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scim, startScim } from '../support/app.ts';
import { isOpen } from './open.ts';
import { judge } from './outcome.ts';
import { type Probe, probeOf } from './probe.ts';
import { REQUIREMENTS } from './requirements.ts';

let scim: Scim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim?.stop());

test('every requirement has an id of its own', () => {
  const ids = REQUIREMENTS.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

describe.for(['rfc', 'generic'] as const)('as a client of the profile %s', (profile) => {
  let probe: Probe;
  beforeAll(() => {
    probe = probeOf(scim, profile);
  });

  test.for(REQUIREMENTS.filter(({ check }) => check))('$id (RFC $rfc $section): $text', async (requirement) => {
    const { result, why } = await judge(requirement, probe);
    if (isOpen(requirement)) {
      if (profile === 'rfc') expect(result, `${requirement.id} holds now: take it out of open.ts`).toBe('fail');
    } else expect(result, why ?? '').not.toBe('fail');
  });
});
