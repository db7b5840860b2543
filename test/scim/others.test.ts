import { afterAll, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { fixturesOf, play } from '../support/fixtures.ts';

const scim = await startScim();
afterAll(() => scim.stop());

test.for(fixturesOf('generic'))('$name', async (fixture) => {
  await play(fixture, scim.as.generic);
});
