import { describe, expect, test } from 'vitest';
import type { ActualAccount } from '../../src/model/account.ts';
import type { Link } from '../../src/model/link.ts';
import type { ManualEdits } from '../../src/model/policy.ts';
import { afterManualEdits, modeOf, sourceToRemember } from '../../src/plan/manual-edits.ts';

const account = (title: string | null | undefined, email = 'ada@example.org'): ActualAccount => ({
  remoteId: 'r1',
  status: 'active',
  email,
  attributes: title === undefined ? {} : { title },
  groups: [],
});
const told = (title: string | null | false): Link['applied'] => ({
  told: { email: 'ada@example.org', attributes: { title }, groups: [] },
});
const said = (title: string | null): Link['applied'] => ({ source: { title, email: 'ada@example.org' } });

type Row = {
  name: string;
  modes: ManualEdits;
  source: string | null;
  shown: string | null | undefined;
  applied: Link['applied'];
  writes: boolean;
  asks?: boolean;
};
const rows: Row[] = [
  { name: 'S16: override repairs', modes: 'override', source: 'A', shown: 'B', applied: said('A'), writes: true },
  { name: 'S30: lock repairs as well', modes: 'lock', source: 'A', shown: 'B', applied: said('A'), writes: true },
  {
    name: 'S16: preserve leaves an edit',
    modes: 'preserve',
    source: 'A',
    shown: 'B',
    applied: said('A'),
    writes: false,
  },
  {
    name: 'S16: ask leaves it and says so',
    modes: 'ask',
    source: 'A',
    shown: 'B',
    applied: said('A'),
    writes: false,
    asks: true,
  },
  {
    name: 'what was cleared stays clear',
    modes: 'preserve',
    source: 'A',
    shown: '',
    applied: said('A'),
    writes: false,
  },
  {
    name: 'S16: the source wins once it says something else',
    modes: 'preserve',
    source: 'C',
    shown: 'B',
    applied: said('A'),
    writes: true,
  },
  { name: 'ask does not ask about it then', modes: 'ask', source: 'C', shown: 'B', applied: said('A'), writes: true },
  {
    name: 'a write that was not confirmed is written again',
    modes: 'preserve',
    source: 'A',
    shown: 'B',
    applied: { ...said('A'), ...told(false) },
    writes: true,
  },
  {
    name: 'without a memory of the source what we wrote stands for it',
    modes: 'preserve',
    source: 'A',
    shown: 'B',
    applied: told('A'),
    writes: false,
  },
  {
    name: 'and shows that the source has changed',
    modes: 'preserve',
    source: 'C',
    shown: 'B',
    applied: told('A'),
    writes: true,
  },
  { name: 'an adopted value is kept', modes: 'preserve', source: 'A', shown: 'B', applied: {}, writes: false },
  { name: 'an adopted gap is filled', modes: 'preserve', source: 'A', shown: null, applied: {}, writes: true },
  { name: 'an adopted value is overridden', modes: 'override', source: 'A', shown: 'B', applied: {}, writes: true },
  {
    name: 'what the target does not show is written',
    modes: 'preserve',
    source: 'A',
    shown: undefined,
    applied: said('A'),
    writes: true,
  },
  {
    name: 'each attribute has its own mode',
    modes: { title: 'preserve', default: 'override' },
    source: 'A',
    shown: 'B',
    applied: said('A'),
    writes: false,
  },
  {
    name: 'the default is for the others',
    modes: { phone: 'preserve', default: 'override' },
    source: 'A',
    shown: 'B',
    applied: said('A'),
    writes: true,
  },
];

describe('an attribute', () => {
  test.for(rows)('$name', ({ modes, source, shown, applied, writes, asks = false }) => {
    const wanted = { email: 'ada@example.org', attributes: { title: source } };
    const left = afterManualEdits(wanted, account(shown), applied, modes);
    expect(left).toEqual({
      email: 'ada@example.org',
      attributes: writes ? { title: source } : {},
      edited: asks ? ['title'] : [],
    });
  });
});

describe('the e-mail address', () => {
  const applied = said('A');
  test.for([
    { name: 'override takes the source’s', modes: 'override', email: 'ada@example.org', edited: [] },
    { name: 'preserve keeps the target’s', modes: 'preserve', email: 'own@example.org', edited: [] },
    { name: 'ask keeps it and says so', modes: 'ask', email: 'own@example.org', edited: ['email'] },
    { name: 'its own mode counts', modes: { email: 'lock', default: 'ask' }, email: 'ada@example.org', edited: [] },
  ] as const)('$name', ({ modes, email, edited }) => {
    const wanted = { email: 'ada@example.org', attributes: {} };
    expect(afterManualEdits(wanted, account('A', 'own@example.org'), applied, modes)).toEqual({
      email,
      attributes: {},
      edited,
    });
  });

  test('a new one from the source wins, and other letter case is no edit', () => {
    const moved = { email: 'new@example.org', attributes: {} };
    expect(afterManualEdits(moved, account('A', 'own@example.org'), applied, 'preserve').email).toBe('new@example.org');
    const same = { email: 'ada@example.org', attributes: {} };
    expect(afterManualEdits(same, account('A', 'ADA@example.org'), applied, 'ask').edited).toEqual([]);
  });
});

test('only what others may edit is remembered', () => {
  const desired = { email: 'ADA@example.org', attributes: { title: 'A', phone: null }, groups: [] };
  expect(sourceToRemember(desired, 'override')).toBeNull();
  expect(sourceToRemember(desired, { title: 'lock', default: 'override' })).toBeNull();
  expect(sourceToRemember(desired, 'ask')).toEqual({ title: 'A', phone: null, email: 'ada@example.org' });
  expect(sourceToRemember(desired, { phone: 'preserve', default: 'lock' })).toEqual({ phone: null });
});

test('a mode that is named nowhere is override, and names of the prototype are no modes', () => {
  expect([modeOf('title', {}), modeOf('constructor', { default: 'ask' })]).toEqual(['override', 'ask']);
});
