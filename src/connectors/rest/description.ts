import { parseDocument } from 'yaml';
import { z } from 'zod';
import { Fault } from '../../errors.ts';
import { extensionAttribute } from '../settings.ts';
import { crossCheck } from './cross-check.ts';
import { headerName, OPERATIONS, operations, sideEffect } from './operations.ts';
import { ANSWER_SCOPE, BASE_SCOPE, expression, HEADER_SCOPE, ITEM_SCOPE, template } from './scopes.ts';

const STATUSES = ['invited', 'active', 'suspended', 'gone'] as const;

const shape = z.strictObject({
  name: z.string().min(1),
  baseUrl: template(BASE_SCOPE),
  headers: z.record(headerName, template(HEADER_SCOPE)).default({}),
  idempotencyHeader: headerName.optional(),
  limits: z
    .strictObject({
      timeoutSeconds: z.number().positive().max(300).default(10),
      concurrency: z.int().positive().default(8),
      perSecond: z.number().positive().optional(),
      maxResponseBytes: z.int().positive().default(5_000_000),
    })
    .prefault({}),
  extensionAttributes: z.array(extensionAttribute).max(100).default([]),
  account: z.strictObject({
    id: expression(ITEM_SCOPE),
    email: expression(ITEM_SCOPE),
    status: z.preprocess(
      (value) => (typeof value === 'string' ? { value } : value),
      z.strictObject({ value: expression(ITEM_SCOPE), map: z.record(z.string(), z.enum(STATUSES)).optional() }),
    ),
    attributes: z.record(z.string(), expression(ITEM_SCOPE)).default({}),
    groups: expression(ITEM_SCOPE).optional(),
  }),
  group: z.strictObject({ id: expression(ITEM_SCOPE), name: expression(ITEM_SCOPE) }).optional(),
  operations,
  onSuspend: z.array(sideEffect('onSuspend')).default([]),
  onResume: z.array(sideEffect('onResume')).default([]),
  errors: z
    .array(
      z.strictObject({
        on: z.array(z.enum(OPERATIONS)).min(1).optional(),
        when: expression(ANSWER_SCOPE),
        means: z.enum(['gone', 'exists', 'busy', 'down', 'refused', 'done']),
      }),
    )
    .default([]),
});
const schema = shape.superRefine(crossCheck);

/** A checked description of one HTTP API, with every expression compiled. */
export type RestDescription = z.output<typeof shape>;

/** Reads a description from YAML or JSON text, or from an object; throws Fault `config_invalid` that lists all faults. */
export function parseDescription(source: unknown): RestDescription {
  const parsed = schema.safeParse(typeof source === 'string' ? parseText(source) : source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new Fault('config_invalid', `the description of a REST target is not valid:\n${faults.join('\n')}`);
}

function parseText(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => `  ${error.message.split('\n')[0]}`);
    throw new Fault('config_invalid', `the description of a REST target is not YAML:\n${faults.join('\n')}`);
  }
  return document.toJS();
}
