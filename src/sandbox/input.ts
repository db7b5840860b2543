import { z } from 'zod';
import { FAULT_HITS, FAULT_MODES } from './faults.ts';
import { Refusal } from './refusal.ts';

// what PostgreSQL cannot hold: a zero byte, half a surrogate pair
const storable = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'), 'text that cannot be stored');
const text = storable.max(1000).nullish();
const profile = z.object({
  first_name: text,
  last_name: text,
  display_name: text,
  title: text,
  department: text,
  employee_number: text,
  manager: text,
  phone: text,
  locale: text,
  external_ref: text,
});
// looser than most apps: letters beyond ASCII are fine on both sides of the @
const email = storable.max(254).regex(/^[^\s@"<>]{1,64}@[^\s@"<>]+\.[^\s@"<>.]{2,}$/u, 'not an e-mail address');

export const invitationInput = profile.extend({ email });
export const changeInput = profile.extend({ email: email.optional() });
export const groupInput = z.object({ name: storable.min(1).max(200) });
export const listInput = z.object({
  email: z.string().nullable().default(null),
  after: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const nameInput = z.object({ name: z.string().nullable().default(null) });
export const keyInput = z.object({ key: z.string().nullable().default(null) });
export const emailInput = z.object({ email: z.string().nullable().default(null) });
export const faultsInput = z.object({
  mode: z.enum(FAULT_MODES),
  remaining: z.number().int().min(0).max(1_000_000).nullable().default(null),
  latencyMs: z.number().int().min(0).max(600_000).default(0),
  hits: z.enum(FAULT_HITS).default('all'),
  perSecond: z.number().int().min(0).max(1_000_000).nullable().default(null),
});

/** What the caller sent, checked; refuses with 422 and says which field is wrong. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') || 'body';
  throw new Refusal(422, field === 'email' ? 'invalid_email' : 'invalid_request', `${field}: ${issue?.message}`);
}
