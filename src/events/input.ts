import { z } from 'zod';
import { STREAM_KINDS } from '../model/event.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'text that cannot be stored');
const url = z.string().max(2000);
const types = z.array(z.string().max(200)).min(1).max(50);
const audience = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[\x20-\x7e]+$/, 'must be ASCII');
// it goes into a header
const token = z
  .string()
  .min(1)
  .max(4000)
  .regex(/^[\x21-\x7e]+$/, 'must be a bearer token');

/** What a stream is made of; what fits which kind is said where it is made. */
export const StreamInput = z.strictObject({
  name,
  kind: z.enum(STREAM_KINDS),
  url: url.optional(),
  types: types.optional(),
  audience: audience.optional(),
  token: token.optional(),
  from: z.enum(['now', 'oldest']).default('now'),
});
export type StreamInput = z.output<typeof StreamInput>;

/** What of it can be changed; `after` is where it goes on from: a cursor, `oldest`, `latest`. */
export const StreamChange = z.strictObject({
  name: name.optional(),
  url: url.optional(),
  types: types.nullable().optional(),
  audience: audience.optional(),
  token: token.nullable().optional(),
  state: z.enum(['active', 'paused']).optional(),
  after: z.string().min(1).max(200).optional(),
});
export type StreamChange = z.output<typeof StreamChange>;
