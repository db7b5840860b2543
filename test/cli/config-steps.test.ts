import { expect, test } from 'vitest';
import type { ConfigDocument } from '../../src/configuration/document.ts';
import { differing, overlay } from '../../src/configuration/overlay.ts';
import { stepsFor } from '../../src/configuration/steps.ts';

test.for([
  { name: 'the field is in the file alone', here: {}, file: { a: 1 }, becomes: { a: 1 }, changes: ['p.a'] },
  { name: 'it is in both', here: { a: 1 }, file: { a: 2 }, becomes: { a: 2 }, changes: ['p.a'] },
  { name: 'it is alike in both', here: { a: [1] }, file: { a: [1] }, becomes: { a: [1] }, changes: [] },
  { name: 'it is here alone', here: { a: 1 }, file: {}, becomes: { a: 1 }, changes: [] },
  { name: 'the file says null', here: { a: 1, b: 2 }, file: { a: null }, becomes: { b: 2 }, changes: ['p.a'] },
  { name: 'null and not there', here: {}, file: { a: null }, becomes: {}, changes: [] },
  {
    name: 'within a nested field',
    here: { n: { x: 1, y: 1 } },
    file: { n: { x: 2 } },
    becomes: { n: { x: 2, y: 1 } },
    changes: ['p.n.x'],
  },
])('a file is laid over what is here: $name', ({ here, file, becomes, changes }) => {
  expect(overlay(here, file, ['n'])).toEqual(becomes);
  expect(
    differing('p', here, file, ['n'])
      .filter((one) => one.changes)
      .map(({ path }) => path),
  ).toEqual(changes);
  expect(differing('p', becomes, file, ['n']).filter((one) => one.changes)).toEqual([]);
});

const app = { kind: 'sandbox', environment: 'live', settings: { url: 'http://live' }, secrets: ['token'] } as const;
const hr = { profile: 'generic', targets: ['app'], policy: { invite: 'manual' }, mapping: {}, rosterProfile: {} };
const here = { environment: 'live', policy: {}, extensions: {}, targets: { app }, connections: { hr } } as const;
const file = (more: Partial<ConfigDocument>): ConfigDocument => ({ environment: 'live', ...more });
const trial = { ...app, environment: 'test', settings: { url: 'http://test' } } as const;

test.for<{ name: string; file: ConfigDocument; secrets?: string[]; kinds: string[]; stays?: number; first?: number }>([
  { name: 'an empty file does nothing', file: file({}), kinds: [] },
  { name: 'what is here alone stays', file: file({ connections: {}, targets: {} }), kinds: [] },
  {
    name: 'a policy that differs',
    file: file({ connections: { hr: { policy: { invite: 'automatic' } } } }),
    kinds: ['policy'],
  },
  { name: 'a policy that says less', file: file({ connections: { hr: { policy: {} } } }), kinds: [], stays: 1 },
  { name: 'the tenant’s policy', file: file({ policy: { graceDays: 3 } }), kinds: ['tenant-policy'] },
  {
    name: 'settings of a target',
    file: file({ targets: { app: { ...app, settings: { url: 'http://new' } } } }),
    kinds: ['target'],
  },
  {
    name: 'a new target with its secret',
    file: file({ targets: { two: app } }),
    secrets: ['two.token'],
    kinds: ['new-target'],
  },
  { name: 'a new target without its secret', file: file({ targets: { two: app } }), kinds: ['new-target'], first: 1 },
  {
    name: 'a new connection',
    file: file({ connections: { two: { ...hr, mapping: { scope: 'true' } } } }),
    kinds: ['new-connection', 'policy', 'mapping'],
  },
  {
    name: 'a connection that nothing here can follow',
    file: file({ connections: { two: { targets: ['nowhere'] } } }),
    kinds: ['new-connection'],
    first: 1,
  },
  {
    name: 'a new target is made before whoever follows it',
    file: file({ targets: { two: { ...app, secrets: [] } }, connections: { hr: { targets: ['two'] } } }),
    kinds: ['new-target', 'attach'],
    stays: 1,
  },
  {
    name: 'S40: a test target lends a live one no address',
    file: { environment: 'test', targets: { app: trial } },
    kinds: [],
  },
  {
    name: 'S40: a test target is not made here',
    file: { environment: 'test', targets: { two: trial } },
    kinds: [],
    first: 1,
  },
  {
    name: 'S40: the policy of a test system is taken over',
    file: {
      environment: 'test',
      targets: { app: trial },
      connections: { hr: { ...hr, policy: { invite: 'automatic' } } },
    },
    kinds: ['policy'],
  },
])('what an import does: $name', ({ file: wanted, secrets = [], kinds, stays = 0, first = 0 }) => {
  const steps = stepsFor(here, wanted, secrets);
  expect(steps.steps.map(({ kind }) => kind)).toEqual(kinds);
  expect([steps.stays.length, steps.first.length]).toEqual([stays, first]);
});
