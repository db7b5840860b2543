import { afterAll, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { fixturesOf, play } from '../support/fixtures.ts';

const scim = await startScim();
afterAll(() => scim.stop());

test.for(fixturesOf('okta'))('Okta $name', async (fixture) => {
  await play(fixture, scim.as.okta);
});

test.for(fixturesOf('okta'))('a generic connection understands it too: Okta $name', async (fixture) => {
  await play(fixture, scim.as.generic);
});
