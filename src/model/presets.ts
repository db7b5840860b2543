import type { Policy } from './policy.ts';

/*
 * Named sets of values; what a set leaves out is as recommended. All but the last say what an existing product's
 * description says, so that whoever moves from such a product finds the same behaviour.
 */
export const PRESETS = {
  /** Card issuer: terminated people lose access, people whose record is deleted do not; invitations are withdrawn. */
  'card-issuer': {
    invite: 'manual',
    adoptExisting: 'all',
    onDeactivate: 'suspend',
    onDelete: 'ignore',
    onAbsence: 'ignore',
    suspendScope: 'active',
  },
  /** The same, but a deleted record takes the access away as well. */
  'card-issuer-strict-removal': {
    invite: 'manual',
    match: 'any',
    adoptExisting: 'all',
    onDeactivate: 'suspend',
    onDelete: 'suspend',
    onAbsence: 'suspend',
    suspendScope: 'active',
  },
  /** Employee programme: the roster is the truth; who is not in it is erased in the same cycle. */
  'employee-programme': {
    invite: 'automatic',
    adoptExisting: 'all',
    onDeactivate: 'erase',
    onDelete: 'erase',
    onAbsence: 'erase',
    graceDays: 0,
    erasureMode: 'erase',
    manualEdits: 'lock',
    manualMemberships: 'remove',
  },
  /** Spend management: joiners wait for an invitation by hand; leavers lose access at once and keep their data. */
  'spend-management': {
    invite: 'manual',
    match: 'primary',
    adoptExisting: 'all',
    onDeactivate: 'suspend',
    onDelete: 'suspend',
    onAbsence: 'suspend',
  },
  /** Frontline communication: invited on the first day; leavers are suspended for 30 days, then erased. */
  frontline: {
    invite: { onDate: 'startDate', offsetDays: 0, localTime: '08:00', timeZone: 'UTC' },
    inviteChannel: ['email', 'sms', 'print'],
    adoptExisting: 'all',
    onDeactivate: 'suspend-then-erase',
    onDelete: 'suspend-then-erase',
    onAbsence: 'suspend-then-erase',
    graceDays: 30,
    erasureMode: 'erase',
  },
  recommended: {},
} as const satisfies Record<string, Partial<Policy>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];
