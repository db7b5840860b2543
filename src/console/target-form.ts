import type { KindSetting, TargetKind } from '../model/target-kind.ts';
import { type Say, sayNamed } from './say.ts';

export type Values = Readonly<Record<string, unknown>>;
export type Field = Omit<KindSetting, 'default'> & { id: string; value: string; otherwise: string };
export type FieldGroup = { id: 'main' | 'fine' | 'limits' | 'offer'; fields: Field[] };

const LIMITS = ['timeoutSeconds', 'concurrency', 'perSecond'];
const OFFER = ['entities', 'access', 'signInUrl', 'badgeOrigins'];
/** Rows for secrets that only the description of a target names. */
const FREE_ROWS = 3;

/** The settings of a kind as fields that show what is set: what it needs first, and apart what most people leave alone. */
export function fieldGroups(kind: TargetKind, values: Values): FieldGroup[] {
  const groups: FieldGroup[] = [
    { id: 'main', fields: [] },
    { id: 'fine', fields: [] },
    { id: 'limits', fields: [] },
    { id: 'offer', fields: [] },
  ];
  for (const { default: otherwise, ...setting } of kind.settings) {
    const id = `setting.${setting.name}`;
    groups
      .find((group) => group.id === placeOf(setting))
      ?.fields.push({ ...setting, id, value: textOf(values[setting.name]), otherwise: textOf(otherwise) });
  }
  return groups.filter(({ fields }) => fields.length > 0);
}

/** The words beside a field: those for its kind, those for all kinds, or else the API's own. */
export function helpIn(say: Say, { kind }: TargetKind) {
  return ({ name, help }: Field): string => {
    const found = [`${kind}.${name}`, name].map((one) => [one, sayNamed(say, 'settingHelp', one)]);
    return found.find(([one, words]) => one !== words)?.[1] ?? help;
  };
}

function placeOf({ name, required }: Pick<KindSetting, 'name' | 'required'>): FieldGroup['id'] {
  if (LIMITS.includes(name)) return 'limits';
  if (OFFER.includes(name)) return 'offer';
  return required ? 'main' : 'fine';
}

/** Settings that the kind itself does not know, a line for each: `url=https://app.example.com`. */
export function moreLines(kind: TargetKind, values: Values): string {
  const known = kind.settings.map(({ name }) => name);
  const more = Object.entries(values).filter(([name]) => !known.includes(name));
  return more.map(([name, value]) => `${name}=${textOf(value)}`).join('\n');
}

/**
 * What a form changes of the settings.
 *
 *   the field     before    becomes
 *   filled        anything  its value
 *   empty         set       null: it is taken away
 *   empty         not set   nothing
 */
export function settingsFrom(
  kind: TargetKind,
  field: (name: string) => string | undefined,
  before: Values = {},
): Record<string, unknown> {
  const known = kind.settings.map(({ name }) => name);
  const given = kind.settings.flatMap(({ name, shape }) => {
    const text = field(`setting.${name}`);
    return text === undefined ? [] : [[name, typed(shape, text)] as const];
  });
  const more = kind.free ? pairsIn(field('more') ?? '').filter(([name]) => !known.includes(name)) : [];
  const editable = Object.keys(before).filter((name) => kind.free || known.includes(name));
  return { ...Object.fromEntries(editable.map((name) => [name, null])), ...Object.fromEntries([...given, ...more]) };
}

/** What a form changes of the secrets: an empty field leaves what nobody can read, and what is ticked is taken away. */
export function secretsFrom(
  names: readonly string[],
  field: (name: string) => string | undefined,
  dropped: readonly string[] = [],
): Record<string, string | null> {
  const rows = Array.from({ length: FREE_ROWS }, (_, row) => [field(`secretName${row}`), field(`secretValue${row}`)]);
  const all = [...names.map((name) => [name, field(`secret.${name}`)]), ...rows];
  const given = all.flatMap(([name, value]) => (name && value ? [[name, value] as const] : []));
  return { ...Object.fromEntries(dropped.map((name) => [name, null])), ...Object.fromEntries(given) };
}

/** Names of the secrets that a kind takes, and of those that a target has, each once. */
export function secretNames(kind: TargetKind, has: readonly string[] = []) {
  const own = kind.secrets.map(({ name, required }) => ({ name, required, has: has.includes(name) }));
  const more = has.filter((name) => !own.some((one) => one.name === name));
  return [...own, ...more.map((name) => ({ name, required: false, has: true }))];
}

/** Numbers of the rows for secrets of other names; none where a kind knows all of its own. */
export function freeRows({ free }: TargetKind): number[] {
  return free ? Array.from({ length: FREE_ROWS }, (_, row) => row) : [];
}

function typed(shape: KindSetting['shape'], text: string): unknown {
  if (shape === 'flag') return text === 'true';
  // what is no number is the API's to refuse, in its words
  if (shape === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  if (shape === 'list') return text.split(',').flatMap((one) => one.trim() || []);
  return text;
}

function pairsIn(text: string): [string, string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
  });
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}
