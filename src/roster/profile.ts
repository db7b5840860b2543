import { isSupportedCountry } from 'libphonenumber-js/min';
import { z } from 'zod';
import type { ExtensionSchema } from '../model/extension.ts';
import { ATTRIBUTES, declaredPaths, EMPLOYMENT, EMPLOYMENT_ATTRIBUTES, extensionPath, KINDS } from './attribute.ts';
import { foldHeader } from './read/headers.ts';
import { languageOf } from './read/language.ts';

/** What a roster may be written in. UTF-8 is tried first; the others must be named, since they cannot be told apart. */
export const ENCODINGS = [
  ...['utf-8', 'utf-16le', 'utf-16be', 'windows-1250', 'windows-1251', 'windows-1252', 'windows-1253'],
  ...['windows-1254', 'windows-1255', 'windows-1256', 'windows-1257', 'windows-1258', 'iso-8859-1', 'iso-8859-2'],
  ...['iso-8859-5', 'iso-8859-7', 'iso-8859-9', 'iso-8859-15', 'macintosh', 'ibm437', 'ibm850', 'koi8-r', 'koi8-u'],
  ...['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr', 'windows-874'],
] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const DATE_FORMATS = ['YYYY-MM-DD', 'DD.MM.YYYY', 'MM/DD/YYYY', 'DD/MM/YYYY', 'excel'] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

export const BOOLEAN_WORDS = {
  true: ['true', 'yes', 'y', '1', 'ja', 'j', 'wahr', 'active', 'aktiv'],
  false: ['false', 'no', 'n', '0', 'nein', 'falsch', 'inactive', 'inaktiv'],
};

const word = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'text that cannot be stored');
const header = word.refine((text) => foldHeader(text) !== '', 'must have a letter or a digit');
const words = z.array(word).min(1).max(20);
const attribute = word.refine(
  (name) => (ATTRIBUTES as readonly string[]).includes(name) || extensionPath(name) !== null,
  `must be one of ${ATTRIBUTES.join(', ')}, or an attribute of an extension like urn:example:Store:1.0:User:storeId`,
);
const percent = z.number().int().min(0).max(100);
const byColumn = z.strictObject({ column: header });

const fields = {
  columns: z
    .record(z.string(), z.union([attribute, z.strictObject({ attribute, as: z.enum(KINDS).optional() })]))
    .describe('headers of the file, each with its attribute')
    .optional(),
  key: z
    .union([z.enum(['employeeNumber', 'externalId', 'email']), byColumn])
    .default('employeeNumber')
    .describe('what tells one person from another, in every file'),
  userName: z
    .union([z.enum(['email', 'userName']), byColumn])
    .default('email')
    .describe('what people are called in the directory'),
  require: z
    .array(z.enum(['email', 'name']))
    .max(2)
    .default(['email', 'name'])
    .describe('what a row must have'),
  dateFormat: z.enum(DATE_FORMATS).default('YYYY-MM-DD').describe('how days are written'),
  country: z
    .string()
    .toUpperCase()
    .refine(isSupportedCountry, 'must be a country like DE')
    .describe('where telephone numbers without + belong')
    .optional(),
  language: z
    .string()
    .refine((text) => languageOf(text) !== null, 'must be a language like de or de-DE')
    .describe('of people of whom the file names none')
    .optional(),
  booleans: z
    .strictObject({ true: words, false: words })
    .default(BOOLEAN_WORDS)
    .describe('what stands for true and false; letter case does not count'),
  separator: z.string().length(1).default('|').describe('between the names of several groups in one column'),
  delimiter: z
    .string()
    .length(1)
    .regex(/[^"\r\n\p{L}\p{N}]/u, 'must be one character that is no letter, digit or quote')
    .describe('between the columns of a CSV; recognised when left out')
    .optional(),
  encoding: z.enum(ENCODINGS).describe('of files that are not UTF-8').optional(),
  row: z
    .string()
    .regex(/^[\p{L}_][\p{L}\p{N}._-]{0,99}$/u, 'must be the name of an element')
    .default('employee')
    .describe('the element of an XML that is one person'),
  rows: z
    .string()
    .regex(/^[^/\0]{1,100}(\/[^/\0]{1,100}){0,9}$/, 'must be names with / between them, like data/employees')
    .describe('the list of people in a JSON, like data/employees; left out when the JSON is that list')
    .optional(),
  semantics: z
    .enum(['fullActive', 'delta'])
    .default('fullActive')
    .describe('whether who is not in the file has left, or the file names only whom something changed for'),
  departments: z
    .union([z.literal('mapping'), z.array(word).min(1).max(10_000)])
    .describe('the departments that there are, or mapping for those that its table of departments names')
    .optional(),
  brakes: z
    .strictObject({
      rowsPercent: percent.default(80),
      rejectedPercent: percent.default(20),
      emailsPercent: percent.default(20),
      floor: z.number().int().min(0).max(1000).default(5),
    })
    .default({ rowsPercent: 80, rejectedPercent: 20, emailsPercent: 20, floor: 5 })
    .describe('from when on a file is held until somebody releases it'),
};

const shape = z.strictObject(fields);

/** How a connection's rosters are read; docs/rosters.md explains each field. `{}` is our own format. */
export type RosterProfile = z.infer<typeof shape>;
/** The same as it is written: with what is left out. */
export type RosterProfileInput = z.input<typeof shape>;

/** One sentence for each field, for answers and the command line. */
export const PROFILE_WORDS = Object.fromEntries(
  Object.entries(fields).map(([field, schema]) => [field, schema.description ?? '']),
);

/** Reads a profile; throws a ZodError that names the places. What it maps to extensions must be declared. */
export function parseProfile(body: unknown, extensions: readonly ExtensionSchema[] = []): RosterProfile {
  return shape.superRefine((profile, context) => contradictions(profile, extensions, context)).parse(body);
}

function contradictions(
  { columns, key, userName, booleans }: RosterProfile,
  extensions: readonly ExtensionSchema[],
  context: z.RefinementCtx,
): void {
  const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const both = booleans.true.find((one) => booleans.false.some((other) => other.toLowerCase() === one.toLowerCase()));
  if (both) fault(['booleans'], `"${both}" cannot stand for both`);
  if (!columns) return;
  const mapped = Object.entries(columns).map(([name, to]) => ({
    name,
    to: typeof to === 'string' ? to : to.attribute,
  }));
  const seen = new Map<string, string>();
  for (const [index, { name, to }] of mapped.entries()) {
    const problem = nameProblem(name, mapped.slice(0, index)) ?? unknownAttribute(to, extensions);
    if (problem) fault(['columns', name], problem);
    const before = seen.get(to);
    if (before && to !== 'groups') fault(['columns', name], `"${before}" is mapped to ${to} already`);
    seen.set(to, name);
  }
  if (typeof key === 'string' && !seen.has(key)) fault(['key'], `no column is mapped to ${key}`);
  if (seen.has('externalId') && key !== 'externalId')
    fault(['key'], 'must be externalId when a column is mapped to it');
  if (typeof userName === 'string' && !seen.has(userName)) fault(['userName'], `no column is mapped to ${userName}`);
}

function nameProblem(name: string, before: readonly { name: string }[]): string | null {
  const problem = header.safeParse(name).error?.issues[0]?.message;
  if (problem) return problem;
  const twin = before.find((other) => foldHeader(other.name) === foldHeader(name));
  return twin ? `is the same as "${twin.name}": letter case, blanks and punctuation do not count` : null;
}

function unknownAttribute(to: string, extensions: readonly ExtensionSchema[]): string | null {
  const path = extensionPath(to);
  if (!path) return null;
  if (path.urn === EMPLOYMENT && (EMPLOYMENT_ATTRIBUTES as readonly string[]).includes(path.name)) {
    return `write ${path.name}`;
  }
  if (declaredPaths(extensions).includes(to)) return null;
  return `no extension for users declares "${to}" as something one column can hold: gangway extension list shows what there is`;
}
