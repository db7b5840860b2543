import { z } from 'zod';
import type { ExtensionSchema } from '../model/extension.ts';
import type { Mapping } from '../model/mapping.ts';
import { ENTERPRISE } from '../plan/desired.ts';
import { compileMapping, MappingFault } from '../plan/mapping-compile.ts';
import { SOURCE_NAMES, urnPath } from '../plan/mapping-source.ts';
import { keyOf } from '../plan/mapping-table.ts';
import { nearMisses } from '../plan/near-miss.ts';
import { isStorable } from './input.ts';

const MOST_ROWS = 10_000;

const text = z.string().max(1000).refine(isStorable, 'text that cannot be stored');
const word = text.min(1, 'must not be empty');
const attribute = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,99}$/, 'must be a letter, then letters, digits, "-" or "_"')
  .refine((name) => name !== 'email', 'the e-mail address is always the person’s own: it cannot be mapped');
const source = { from: word.optional(), expression: z.string().min(1).optional() };
const oneSource = ({ from, expression }: { from?: string | undefined; expression?: string | undefined }) =>
  (from === undefined) !== (expression === undefined);
const ONE_SOURCE = { error: 'needs either from or expression', abort: true };

const fold = z.boolean().optional();
/** A record whose keys follow a rule of their own, and are told by it. */
const keyed = <Value extends z.ZodType>(key: z.ZodType, value: Value) =>
  z.record(z.string(), value).superRefine((record, context) => {
    for (const name of Object.keys(record)) {
      const [issue] = key.safeParse(name).error?.issues ?? [];
      if (issue) context.addIssue({ code: 'custom', path: [name], message: issue.message });
    }
  });
const rows = <Value extends z.ZodType>(value: Value) =>
  keyed(text, value)
    .refine((table) => Object.keys(table).length <= MOST_ROWS, `has more than ${MOST_ROWS} rows`)
    .optional();
const groupTable = rows(z.union([word, z.array(word).max(100)]));
const keepOrDrop = z.enum(['keep', 'drop']).optional();

const attributeRule = z
  .strictObject({
    ...source,
    table: rows(word),
    fold,
    otherwise: z.union([z.enum(['keep', 'drop']), z.strictObject({ value: word })]).optional(),
    default: word.optional(),
  })
  .refine(oneSource, ONE_SOURCE);
const groupRule = z
  .strictObject({ ...source, table: groupTable, fold, otherwise: keepOrDrop })
  .refine(oneSource, ONE_SOURCE);
const groups = z
  .strictObject({ table: groupTable, fold, otherwise: keepOrDrop, from: z.array(groupRule).max(50).optional() })
  .refine(({ table, otherwise }) => table !== undefined || otherwise === undefined, {
    path: ['otherwise'],
    message: 'says what becomes of groups that the table does not name: give a table, {} for none',
  });

const shape = z.strictObject({
  attributes: keyed(attribute, attributeRule)
    .refine((rules) => Object.keys(rules).length <= 200, 'has more than 200 attributes')
    .optional(),
  groups: groups.optional(),
  scope: z.string().min(1).optional(),
  neverManaged: z.array(attribute).max(200).optional(),
});

/** A mapping as operators send it; what it reads must be known to the protocol or declared by the tenant. */
export function mappingDocument(extensions: readonly ExtensionSchema[]) {
  return shape.superRefine((document, context) => {
    const mapping = document as Mapping;
    const fault = (path: readonly (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    for (const { path, rule } of rulesOf(mapping)) {
      const problem = rule.from === undefined ? null : problemOf(rule.from, extensions);
      if (problem) fault([...path, 'from'], problem);
    }
    for (const { path, table } of foldedTables(mapping)) {
      const twice = foldedTwice(Object.keys(table));
      if (twice) fault([...path, 'table'], `names "${twice}" twice, since letter case and outer blanks do not count`);
    }
    try {
      compileMapping(mapping);
    } catch (error) {
      if (!(error instanceof MappingFault)) throw error;
      fault(error.path, error.message);
    }
  });
}

/** Reads a mapping; throws a ZodError that names the places. */
export function parseMapping(body: unknown, extensions: readonly ExtensionSchema[]): Mapping {
  // zod's "may be undefined" is our "may be absent": JSON knows no difference
  return mappingDocument(extensions).parse(body) as Mapping;
}

function rulesOf({ attributes = {}, groups = {} }: Mapping) {
  const own = Object.entries(attributes).map(([name, rule]) => ({ path: ['attributes', name], rule }));
  const more = (groups.from ?? []).map((rule, index) => ({ path: ['groups', 'from', index], rule }));
  return [...own, ...more];
}

function foldedTables(mapping: Mapping) {
  const tables = [...rulesOf(mapping), { path: ['groups'], rule: mapping.groups ?? {} }];
  return tables.flatMap(({ path, rule }) => (rule.fold && rule.table ? [{ path, table: rule.table }] : []));
}

function foldedTwice(values: readonly string[]): string | undefined {
  const keys = values.map((value) => keyOf(value, true));
  return values.find((_, index) => keys.indexOf(keys[index] ?? '') !== index);
}

/** What is wrong with the path of a `from`, and what may have been meant; null when nothing is. */
function problemOf(from: string, extensions: readonly ExtensionSchema[]): string | null {
  const path = urnPath(from);
  const known = path?.urn === ENTERPRISE ? enterprisePaths() : path ? declaredPaths(extensions) : SOURCE_NAMES;
  if (known.includes(from)) return null;
  const near = nearMisses(from, path ? known : [...known, ...barePaths(extensions)]);
  const meant = near.length ? `; was ${near.join(' or ')} meant?` : '';
  const ownName = declaredPaths(extensions).find((one) => one.endsWith(`:${from}`));
  if (ownName) return `names an attribute of an extension: write ${ownName}`;
  if (path && !meant) return `no extension for users declares "${from}": gangway extension list shows what there is`;
  return `the source has no attribute "${from}"${meant}`;
}

function declaredPaths(extensions: readonly ExtensionSchema[]): string[] {
  return extensions
    .filter(({ resourceType }) => resourceType === 'User')
    .flatMap(({ urn, attributes }) =>
      attributes.flatMap(({ name, subAttributes = [] }) => [
        `${urn}:${name}`,
        ...subAttributes.map((sub) => `${urn}:${name}.${sub.name}`),
      ]),
    );
}

function barePaths(extensions: readonly ExtensionSchema[]): string[] {
  return declaredPaths(extensions).map((path) => path.slice(path.lastIndexOf(':') + 1));
}

function enterprisePaths(): string[] {
  const names = ['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'manager'];
  return [...names, 'manager.value', 'manager.displayName'].map((name) => `${ENTERPRISE}:${name}`);
}
