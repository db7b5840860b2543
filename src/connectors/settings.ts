import { z } from 'zod';
import { Fault } from '../errors.ts';
import { isFrameAncestor } from '../model/badge.ts';
import { namesIn } from '../model/offer.ts';
import { ATTRIBUTES } from './attributes.ts';
import type { TargetSettings } from './connector.ts';

/** A number; the command line sends every setting as text. */
export const number = z.coerce.number().positive();
/** True or false, as JSON or as text. */
export const flag = z.union([z.boolean(), z.stringbool()]);
/** Names of attributes, as a list or as one text with commas. */
export const attributeNames = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((name) => name.trim()))])
  .pipe(z.array(z.enum(ATTRIBUTES)));

/** The name of an attribute that a tenant has declared; only such as an expression can read after a dot. */
export const extensionAttribute = z
  .string()
  .regex(/^[A-Za-z]\w*$/, 'must be a letter, then letters, digits or "_"')
  .refine((name) => !ATTRIBUTES.some((mapped) => mapped === name), 'is one of the mapping itself and needs no mention');

/** Names of declared attributes, as a list or as one text with commas. */
export const extensionAttributes = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((name) => name.trim()))])
  .pipe(z.array(extensionAttribute).max(100))
  .default([]);

/** The limits that a target of any kind may be given, by the same names as in a description file. */
export const limits = {
  timeoutSeconds: number.max(300).default(10),
  concurrency: number.int().default(8),
  perSecond: number.optional(),
};
export const MAX_RESPONSE_BYTES = 5_000_000;

const names = z
  .union([z.array(z.string()), z.string()])
  .transform(namesIn)
  .pipe(z.array(z.string().max(200)).max(200))
  .optional();

/** What a target of any kind may say about inviting and about its badges; see model/offer.ts, model/badge.ts. */
export const offer = {
  entities: names,
  access: names,
  signInUrl: z
    .string()
    .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'must be an http or https address')
    .optional(),
  badgeOrigins: z
    .union([z.array(z.string()), z.string()])
    .transform(namesIn)
    .pipe(z.array(z.string().refine(isFrameAncestor, 'must look like https://app.example.com')).max(50))
    .optional(),
};

/** Checks what a target says about inviting and badges, whatever else its kind knows; throws Fault `config_invalid`. */
export function checkOffer(kind: string, target: TargetSettings): void {
  readSettings(kind, z.looseObject(offer), target);
}

/** Reads the settings of a target; throws Fault `config_invalid` that lists all faults. */
export function readSettings<S extends z.ZodType>(kind: string, schema: S, { settings }: TargetSettings): z.output<S> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${['settings', ...issue.path].join('.')}: ${issue.message}`);
  throw new Fault('config_invalid', `the settings of a target of kind ${kind} are not valid:\n${faults.join('\n')}`);
}
