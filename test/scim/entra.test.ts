import { afterAll, test } from 'vitest';
import { startScim } from '../support/app.ts';
import { fixturesOf, play } from '../support/fixtures.ts';

const scim = await startScim();
afterAll(() => scim.stop());

test.for(fixturesOf('entra'))('Entra ID $name', async (fixture) => {
  await play(fixture, scim.as.entra);
});

test.for(fixturesOf('entra'))('a generic connection understands it too: Entra ID $name', async (fixture) => {
  await play(fixture, scim.as.generic);
});
