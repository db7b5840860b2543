import { INVITE_CHANNELS } from '../../model/invite.ts';
import type { Policy } from '../../model/policy.ts';
import type { PolicyDocument } from '../../model/policy-layers.ts';
import { type Filled, given, linesIn, numberIn, textIn } from './fields.ts';

/** How one value is asked for; those with a name of their own have more than one part. */
export type Control =
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'number'; least: number; most: number }
  | { kind: 'names' }
  | { kind: 'channels'; values: readonly string[] }
  | { kind: 'day'; values: readonly string[] }
  | { kind: 'reminders' | 'edits' | 'rhythm' | 'guard' | 'parting' };

const LEAVE = ['suspend', 'suspend-then-erase', 'erase', 'ignore'] as const;
export const EDITS = ['override', 'preserve', 'lock', 'ask'] as const;
export const GUARD_NUMBERS = ['floor', 'perHourPercent', 'perDayPercent', 'twoPeoplePercent'] as const;
export const DAY_PARTS = ['onDate', 'offsetDays', 'localTime', 'timeZone'] as const;
export const PARTING = {
  accepted: ['keep', 'suspend'],
  pending: ['keep', 'revoke'],
  neverInvited: ['erase', 'keep'],
} as const;

/** Every field of a policy, in the order in which people ask about them. */
export const GROUPS: Readonly<Record<string, readonly (keyof Policy)[]>> = {
  joiners: ['invite', 'inviteChannel', 'inviteReminders', 'match', 'adoptExisting'],
  leavers: ['onDeactivate', 'onDelete', 'onAbsence', 'graceDays', 'erasureMode', 'suspendScope', 'lastDay'],
  safety: ['guard', 'protected', 'grantedBy'],
  edits: ['manualEdits', 'manualMemberships', 'reconcile'],
  end: ['onDisconnect'],
};

export const CONTROLS: Readonly<Record<keyof Policy, Control>> = {
  invite: { kind: 'day', values: ['automatic', 'manual'] },
  inviteChannel: { kind: 'channels', values: INVITE_CHANNELS },
  inviteReminders: { kind: 'reminders' },
  match: { kind: 'choice', values: ['work', 'primary', 'any'] },
  adoptExisting: { kind: 'choice', values: ['ask', 'all'] },
  onDeactivate: { kind: 'choice', values: LEAVE },
  onDelete: { kind: 'choice', values: LEAVE },
  onAbsence: { kind: 'choice', values: LEAVE },
  graceDays: { kind: 'number', least: 0, most: 365 },
  erasureMode: { kind: 'choice', values: ['keep', 'anonymise', 'erase'] },
  suspendScope: { kind: 'choice', values: ['all', 'active'] },
  lastDay: { kind: 'day', values: ['off'] },
  guard: { kind: 'guard' },
  protected: { kind: 'names' },
  grantedBy: { kind: 'choice', values: ['admin', 'user'] },
  manualEdits: { kind: 'edits' },
  manualMemberships: { kind: 'choice', values: ['preserve', 'remove'] },
  reconcile: { kind: 'rhythm' },
  onDisconnect: { kind: 'parting' },
};

/** A form as a policy document: what says "as inherited" is left out. What does not fit goes on, so that the API says so. */
export function policyFrom(filled: Filled): Record<string, unknown> {
  const values = Object.entries(CONTROLS).map(([field, control]) => [field, valueFrom(filled, field, control)]);
  return given({ preset: textIn(filled, 'preset'), ...Object.fromEntries(values) });
}

function valueFrom(filled: Filled, field: string, control: Control): unknown {
  const chosen = textIn(filled, field);
  const part = (name: string) => `${field}.${name}`;
  switch (control.kind) {
    case 'choice':
      return chosen;
    case 'number':
      return numberIn(filled, field);
    case 'names':
      return linesIn(filled, field).length > 0 ? linesIn(filled, field) : undefined;
    case 'channels':
      return channelsFrom(filled, part);
    case 'day':
      return chosen === 'onDate' ? partsFrom(filled, part, DAY_PARTS) : chosen;
    case 'reminders':
      return chosen && given({ afterDays: daysFrom(filled, part('afterDays')), ...expiry(filled, part) });
    case 'edits':
      return chosen === 'each' ? editsFrom(filled, part) : chosen;
    case 'rhythm':
      return chosen === 'own' ? given({ everyHours: numberIn(filled, part('everyHours')) }) : chosen;
    case 'guard':
      return chosen === 'own' ? partsFrom(filled, part, [...GUARD_NUMBERS, 'whileHeld']) : chosen;
    case 'parting':
      return chosen && partsFrom(filled, part, Object.keys(PARTING));
    default:
      return control satisfies never;
  }
}

type Part = (name: string) => string;

const NUMBERS: readonly string[] = [...GUARD_NUMBERS, 'offsetDays'];

function partsFrom(filled: Filled, part: Part, names: readonly string[]) {
  const values = names.map((name) => [name, (NUMBERS.includes(name) ? numberIn : textIn)(filled, part(name))]);
  return given(Object.fromEntries(values));
}

function channelsFrom(filled: Filled, part: Part): string[] | undefined {
  const wanted = INVITE_CHANNELS.map((_, index) => textIn(filled, part(String(index)))).filter((one) => one);
  return wanted.length > 0 ? [...new Set(wanted as string[])] : undefined;
}

function daysFrom(filled: Filled, name: string) {
  const days = (filled[name] ?? '').split(/[\s,;]+/).filter((day) => day !== '');
  return days.map((day) => (Number.isFinite(Number(day)) ? Number(day) : day));
}

function expiry(filled: Filled, part: Part) {
  return { expireDays: numberIn(filled, part('expireDays')) };
}

function editsFrom(filled: Filled, part: Part): Record<string, string> {
  const own = linesIn(filled, part('each')).map((line): [string, string] => {
    const [name = '', mode = ''] = line.split(/[:=]/);
    return [name.trim(), mode.trim()];
  });
  return { ...Object.fromEntries(own), default: textIn(filled, part('default')) ?? 'override' };
}

/** A document as its form: what it leaves out is "as inherited", and the parts show what is inherited. */
export function policyFilled(set: PolicyDocument, inherited: Policy): Filled {
  const filled: Record<string, string> = { preset: set.preset ?? '' };
  for (const field of Object.keys(CONTROLS) as (keyof Policy)[]) fill(filled, field, set[field], inherited[field]);
  return filled;
}

function fill(filled: Record<string, string>, field: keyof Policy, own: unknown, inherited: unknown): void {
  const { kind } = CONTROLS[field];
  const parts = (value: unknown) => {
    for (const [name, one] of Object.entries(value as object)) filled[`${field}.${name}`] = written(one);
  };
  if (kind === 'day') parts({ localTime: field === 'invite' ? '08:00' : '18:00', timeZone: 'UTC', offsetDays: 0 });
  if (kind === 'names') filled[field] = ((own ?? []) as string[]).join('\n');
  else if (kind === 'channels') parts(own ?? []);
  else if (kind === 'edits') fillEdits(filled, own, inherited);
  else {
    if (isParts(inherited)) parts(inherited);
    if (isParts(own)) parts(own);
    filled[field] = isParts(own) ? (kind === 'day' ? 'onDate' : 'own') : written(own ?? '');
  }
}

function fillEdits(filled: Record<string, string>, own: unknown, inherited: unknown): void {
  const each = isParts(own) ? own : isParts(inherited) ? inherited : {};
  const { default: rest = 'override', ...named } = each as Record<string, string>;
  filled['manualEdits'] = isParts(own) ? 'each' : written(own ?? '');
  filled['manualEdits.each'] = Object.entries(named)
    .map(([name, mode]) => `${name}: ${mode}`)
    .join('\n');
  filled['manualEdits.default'] = rest;
}

function isParts(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
