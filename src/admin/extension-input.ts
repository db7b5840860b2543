import { z } from 'zod';
import { EXTENSION_TYPES, type ExtensionSchema, overlap } from '../model/extension.ts';
import { isStorable, name as title } from './input.ts';

/** Attributes of one extension, sub-attributes included. */
const MOST_ATTRIBUTES = 100;
/** Of one declaration as JSON: it is read with every token. */
const MOST_BYTES = 64_000;
/** What the RFCs have defined or kept for themselves (RFC 7643 §10.3, §10.4). */
const CORE = [
  'urn:ietf:params:scim:schemas:core',
  'urn:ietf:params:scim:api',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
];

// RFC 8141 §2, without what a filter could not spell (RFC 7644 §3.10)
const urn = z
  .string()
  .max(200)
  .regex(
    /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9](:[A-Za-z0-9._-]*[A-Za-z0-9_-])+$/,
    'must be a URN like urn:example:scim:Store',
  )
  .refine((text) => !CORE.some((core) => overlap(core, text)), 'belongs to the SCIM core or enterprise schemas');

const text = z.string().max(1_000).refine(isStorable, 'text that cannot be stored');
const word = z.string().min(1).max(200).refine(isStorable, 'text that cannot be stored');
const ONE_OF = 'none other is supported:';

// RFC 7643 §2.1; what every object of JavaScript has would seem to be there when it is not
const attributeName = z
  .string()
  .max(100)
  .regex(
    /^(?:[A-Za-z][\w$-]*|\$ref)$/,
    'must begin with a letter, then letters, digits, "-", "_" or "$" (RFC 7643 §2.1)',
  )
  .refine((text) => !(text in {}), 'is reserved');

/** An empty list says nothing, as other servers write it. */
const listOf = <Item extends z.ZodType>(item: Item, most: number) =>
  z
    .array(item)
    .max(most)
    .transform((list) => (list.length ? list : undefined))
    .optional();

const common = {
  name: attributeName,
  multiValued: z.boolean().default(false),
  description: text.default(''),
  required: z.boolean().default(false),
  caseExact: z.boolean().default(false),
  canonicalValues: listOf(word, 100),
  mutability: z.enum(['readWrite', 'readOnly'], `${ONE_OF} readWrite, readOnly`).default('readWrite'),
  uniqueness: z.enum(['none'], `${ONE_OF} none`).default('none'),
  referenceTypes: listOf(word, 20),
};
const [...types] = EXTENSION_TYPES;
const SubAttribute = z
  .strictObject({
    ...common,
    type: z.enum(types).exclude(['complex'], 'a sub-attribute cannot be complex (RFC 7643 §2.3.8)').default('string'),
    returned: z.enum(['default'], `${ONE_OF} default, for a sub-attribute`).default('default'),
    subAttributes: z
      .array(z.never())
      .max(0)
      .transform(() => undefined)
      .optional(),
  })
  .superRefine(checkAttribute)
  .transform(exactReferences);
const Attribute = z
  .strictObject({
    ...common,
    type: z.enum(types).default('string'),
    returned: z.enum(['always', 'default', 'request'], `${ONE_OF} always, default, request`).default('default'),
    subAttributes: listOf(SubAttribute, MOST_ATTRIBUTES),
  })
  .superRefine(checkAttribute)
  .transform(exactReferences);

const Extension = z
  .strictObject({
    urn,
    name: title,
    description: text.default(''),
    resourceType: z.enum(['User', 'Group']).default('User'),
    required: z.boolean().default(false),
    attributes: z.array(Attribute).min(1).max(MOST_ATTRIBUTES),
  })
  .superRefine(({ attributes }, ctx) => {
    refuseTwins(attributes, 'attributes', ctx);
    const all = attributes.reduce((sum, { subAttributes = [] }) => sum + 1 + subAttributes.length, 0);
    const fault = (message: string) => ctx.addIssue({ code: 'custom', path: ['attributes'], message });
    if (all > MOST_ATTRIBUTES) fault(`has ${all} attributes with their sub-attributes; ${MOST_ATTRIBUTES} at most`);
    if (JSON.stringify(attributes).length > MOST_BYTES) fault(`is larger than ${MOST_BYTES} characters`);
  });

/**
 * A declaration as an operator sends it: our own form, or a Schema resource of RFC 7643 §7, as any server's /Schemas has
 * it. `urn` is the path's: the body may leave it out, and may not say another.
 */
export function parseExtension(body: unknown, path: string): ExtensionSchema {
  return Extension.refine((given) => given.urn === path, {
    path: ['urn'],
    message: 'must be the URN of the path',
  }).parse(ownForm(body, path));
}

function ownForm(body: unknown, path: string): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { id, urn: given, schemas: _, meta: __, ...rest } = body as Record<string, unknown>;
  return { ...rest, urn: given ?? id ?? path };
}

type Checked = {
  name: string;
  type: string;
  required: boolean;
  mutability: string;
  canonicalValues?: string[] | undefined;
  subAttributes?: { name: string }[] | undefined;
};

/** What contradicts itself. */
function checkAttribute(attribute: Checked, ctx: z.RefinementCtx): void {
  const { type, required, mutability, canonicalValues, subAttributes } = attribute;
  const fault = (field: string, message: string) => ctx.addIssue({ code: 'custom', path: [field], message });
  if (required && mutability === 'readOnly') fault('required', 'nobody could ever give a value that is readOnly');
  if (canonicalValues && type !== 'string' && type !== 'reference') {
    fault('canonicalValues', 'are for attributes of type string or reference');
  }
  if (canonicalValues && new Set(canonicalValues.map(lower)).size < canonicalValues.length) {
    fault('canonicalValues', 'has the same value twice, but for letter case');
  }
  if (type === 'complex' && !subAttributes) fault('subAttributes', 'are needed by an attribute of type complex');
  if (type !== 'complex' && subAttributes) fault('subAttributes', 'are for attributes of type complex');
  refuseTwins(subAttributes ?? [], 'subAttributes', ctx);
}

/** Names differ by more than letter case (RFC 7643 §2.1). */
function refuseTwins(attributes: readonly { name: string }[], field: string, ctx: z.RefinementCtx): void {
  const names = attributes.map(({ name }) => lower(name));
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    ctx.addIssue({ code: 'custom', path: [field, index, 'name'], message: 'is there twice, but for letter case' });
  }
}

/** References compare exactly (RFC 7643 §2.3.7), whatever a declaration forgot to say. */
function exactReferences<Given extends { type: string; caseExact: boolean }>(given: Given): Given {
  return given.type === 'reference' ? { ...given, caseExact: true } : given;
}

function lower(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
