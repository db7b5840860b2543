import { expect, test } from 'vitest';
import { setupOf } from '../../src/plan/setup.ts';

const none = { target: false, source: false, people: false, state: 'connected' } as const;
const all = { target: true, source: true, people: true } as const;

test.for([
  { name: 'first a target', facts: none, open: 'target', done: [] },
  { name: 'then a way in', facts: { ...none, target: true }, open: 'source', done: ['target'] },
  { name: 'then people', facts: { ...none, target: true, source: true }, open: 'people', done: ['target', 'source'] },
  {
    name: 'then enabling',
    facts: { ...all, state: 'connected' },
    open: 'enable',
    done: ['target', 'source', 'people'],
  },
  {
    name: 'people are a sign of a source',
    facts: { ...all, source: false, state: 'paused' },
    open: 'enable',
    done: ['target', 'source', 'people'],
  },
  {
    name: 'what is enabled is done',
    facts: { ...none, state: 'enabled' },
    open: null,
    done: ['target', 'source', 'people', 'enable'],
  },
  { name: 'what is disconnected needs nothing', facts: { ...none, state: 'disconnected' }, open: null, done: [] },
] as const)('S13: $name', ({ facts, open, done }) => {
  expect(setupOf(facts)).toEqual({ open, done });
});
