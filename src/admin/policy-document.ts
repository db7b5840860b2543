import { z } from 'zod';
import { INVITE_CHANNELS } from '../model/invite.ts';
import { DEFAULT_GUARD, type Policy } from '../model/policy.ts';
import { PRESET_NAMES } from '../model/presets.ts';
import { isStorable, isTimeZone } from './input.ts';

const text = z.string().trim().min(1).max(320).refine(isStorable, 'text that cannot be stored');

const onLeave = (whose: string) =>
  z
    .enum(['suspend', 'suspend-then-erase', 'erase', 'ignore'])
    .describe(`what becomes of the account of somebody who ${whose}`);

const onDate = (example: string) =>
  z.strictObject({
    onDate: text.describe(`the attribute that holds the day, like ${example} of one of your extensions`),
    offsetDays: z.int().min(-365).max(365).default(0).describe('days after that day; negative for before'),
    localTime: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 08:00')
      .default(example === 'startDate' ? '08:00' : '18:00')
      .describe('the time of that day'),
    timeZone: text.refine(isTimeZone, 'must be a time zone like Europe/Berlin').default('UTC').describe('whose clocks'),
  });

const inviteReminders = z.strictObject({
  afterDays: z.array(z.int().min(1).max(365)).max(5).default([3, 7]),
  expireDays: z.int().min(1).max(365).default(14),
});

const percent = (fallback: number) => z.number().min(0).max(100).default(fallback);
const guard = z.strictObject({
  floor: z.int().min(0).max(1_000_000).default(DEFAULT_GUARD.floor),
  perHourPercent: percent(DEFAULT_GUARD.perHourPercent),
  perDayPercent: percent(DEFAULT_GUARD.perDayPercent),
  twoPeoplePercent: percent(DEFAULT_GUARD.twoPeoplePercent),
  whileHeld: z.enum(['wait', 'effects']).default(DEFAULT_GUARD.whileHeld),
});

const onDisconnect = z.strictObject({
  accepted: z.enum(['keep', 'suspend']).default('keep'),
  pending: z.enum(['keep', 'revoke']).default('revoke'),
  neverInvited: z.enum(['erase', 'keep']).default('erase'),
});

const manualEdit = z.enum(['override', 'preserve', 'lock', 'ask']);
const manualEdits = z.record(text, manualEdit).refine((modes) => 'default' in modes, 'needs a mode for default');

/** Every field of the policy, once; docs/policy.md tells each in full. */
const fields = {
  invite: z
    .union([z.enum(['automatic', 'manual']), onDate('startDate')])
    .describe('when joiners are invited: automatic, manual, or on their first day'),
  inviteChannel: z
    .array(z.enum(INVITE_CHANNELS))
    .min(1)
    .max(INVITE_CHANNELS.length)
    .describe('how joiners learn of their account: the first of the list that can be used'),
  inviteReminders: inviteReminders.describe('days after which an invite is repeated, and after which it ends'),
  match: z
    .enum(['work', 'primary', 'any'])
    .describe('by which addresses accounts are recognised: the work e-mail, the primary one, or any of them'),
  adoptExisting: z.enum(['all', 'ask']).describe('accounts of the same e-mail that exist already'),
  onDeactivate: onLeave('was deactivated'),
  onDelete: onLeave('was deleted at the source'),
  lastDay: z
    .union([z.literal('off'), onDate('endDate')])
    .describe('the moment after which somebody counts as deactivated though the source still says active'),
  grantedBy: z
    .enum(['admin', 'user'])
    .describe('who connected the source: with user, nobody loses access by this connection'),
  onAbsence: onLeave('is missing from a full roster'),
  graceDays: z.int().min(0).max(365).describe('days between the suspension and what erasureMode says'),
  erasureMode: z.enum(['erase', 'anonymise', 'keep']).describe('what ends an account after its grace'),
  suspendScope: z.enum(['active', 'all']).describe('active: an invitation that nobody accepted is withdrawn instead'),
  protected: z
    .array(text)
    .max(1000)
    .describe('never suspended or erased by themselves: e-mails, userNames, externalIds'),
  manualEdits: z
    .union([manualEdit, manualEdits])
    .describe('values that somebody changed at the app: one mode, or one for each attribute and default'),
  manualMemberships: z.enum(['preserve', 'remove']).describe('memberships that others gave at the app'),
  reconcile: z
    .union([z.literal('off'), z.strictObject({ everyHours: z.number().min(0.25).max(720) })])
    .describe('how often all accounts of an app are compared with what should be there'),
  guard: z.union([z.literal('off'), guard]).describe('how many people may lose access before a human must agree'),
  onDisconnect: onDisconnect.describe('what becomes of accounts when the connection is disconnected'),
} satisfies { [Field in keyof Policy]: z.ZodType };

/** What a tenant or a connection may set: each field or none, and the preset that fills the gaps. */
export const policyDocument = z.strictObject({
  preset: z.enum(PRESET_NAMES).describe('a named set of values for what is not set here').optional(),
  ...z.object(fields).partial().shape,
});

/** One sentence for each field, for answers and the command line. */
export const FIELD_WORDS = Object.fromEntries(
  Object.entries(fields).map(([field, schema]) => [field, schema.description ?? '']),
);
