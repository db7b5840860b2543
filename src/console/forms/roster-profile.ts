import { type Filled, given, numberIn, textIn } from './fields.ts';

/** What of a profile the form knows; the rest is as the API reads it. */
export type ProfileDocument = Readonly<Record<string, unknown>> & {
  columns?: Readonly<Record<string, string | { attribute: string; as?: string }>>;
  key?: string | { column: string };
  userName?: string | { column: string };
};
export type Column = { column: string; attribute: string; as: string };

const MORE_ROWS = 5;
const BRAKES = ['rowsPercent', 'rejectedPercent', 'emailsPercent', 'floor'] as const;
const PLAIN = ['dateFormat', 'country', 'language', 'delimiter', 'encoding', 'row', 'rows', 'semantics'] as const;

/** A form as a profile: what is left empty is left out, and then as the API says. */
export function profileFrom(filled: Filled): Record<string, unknown> {
  const columns = columnsIn(filled).filter(({ column }) => column !== '');
  const mapped = columns.map(({ column, attribute, as }) => [column, as ? { attribute, as } : attribute]);
  const require = ['email', 'name'].filter((one) => filled[`require.${one}`] === 'on');
  const [yes, no] = [wordsIn(filled, 'true'), wordsIn(filled, 'false')];
  const brakes = given(Object.fromEntries(BRAKES.map((name) => [name, numberIn(filled, `brakes.${name}`)])));
  return given({
    columns: mapped.length > 0 ? Object.fromEntries(mapped) : undefined,
    key: whichColumn(filled, 'key'),
    userName: whichColumn(filled, 'userName'),
    require: require.length < 2 ? require : undefined,
    booleans: yes.length + no.length > 0 ? { true: yes, false: no } : undefined,
    separator: filled['separator'] || undefined, // may be a blank
    brakes: Object.keys(brakes).length > 0 ? brakes : undefined,
    ...Object.fromEntries(PLAIN.map((name) => [name, name === 'delimiter' ? tabbed(filled) : textIn(filled, name)])),
  });
}

/** A profile as its form. */
export function profileFilled(profile: ProfileDocument): Filled {
  const filled: Record<string, string> = {};
  for (const [index, [column, to]] of Object.entries(profile.columns ?? {}).entries()) {
    const { attribute, as = '' } = typeof to === 'string' ? { attribute: to } : to;
    Object.assign(filled, { [`column.${index}`]: column, [`attribute.${index}`]: attribute, [`as.${index}`]: as });
  }
  for (const name of ['key', 'userName'] as const) {
    const value = profile[name];
    filled[name] = typeof value === 'object' ? 'column' : (value ?? '');
    filled[`${name}.column`] = typeof value === 'object' ? value.column : '';
  }
  const require = (profile['require'] ?? ['email', 'name']) as string[];
  for (const one of require) filled[`require.${one}`] = 'on';
  for (const name of [...PLAIN, 'separator']) filled[name] = String(profile[name] ?? '');
  if (filled['delimiter'] === '\t') filled['delimiter'] = '\\t';
  for (const [which, words] of Object.entries((profile['booleans'] ?? {}) as Record<string, string[]>)) {
    filled[`booleans.${which}`] = words.join(', ');
  }
  for (const [name, value] of Object.entries((profile['brakes'] ?? {}) as Record<string, number>)) {
    filled[`brakes.${name}`] = String(value);
  }
  return filled;
}

/** The columns of a form, in their order. */
export function columnsIn(filled: Filled): Column[] {
  const indexes = Object.keys(filled).flatMap((name) => /^column\.(\d{1,4})$/.exec(name)?.[1] ?? []);
  return indexes
    .map(Number)
    .toSorted((a, b) => a - b)
    .map((index) => ({
      column: filled[`column.${index}`]?.trim() ?? '',
      attribute: filled[`attribute.${index}`] ?? '',
      as: filled[`as.${index}`] ?? '',
    }));
}

/** The rows to show: what is there, and some to fill in. */
export function columnRows(filled: Filled): Column[] {
  const known = columnsIn(filled).filter(({ column }) => column !== '');
  return [...known, ...Array.from({ length: MORE_ROWS }, () => ({ column: '', attribute: '', as: '' }))];
}

function whichColumn(filled: Filled, name: string): unknown {
  const chosen = textIn(filled, name);
  return chosen === 'column' ? { column: filled[`${name}.column`] ?? '' } : chosen;
}

function wordsIn(filled: Filled, which: string): string[] {
  const words = (filled[`booleans.${which}`] ?? '').split(',').map((word) => word.trim());
  return words.filter((word) => word !== '');
}

/** A tab cannot be typed into a field. */
function tabbed(filled: Filled): string | undefined {
  const text = filled['delimiter'] || undefined;
  return text === '\\t' ? '\t' : text;
}
