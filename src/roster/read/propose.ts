import type { Attribute } from '../attribute.ts';
import { isErrorColumn } from '../error-columns.ts';
import { BOOLEAN_WORDS, type Encoding, type RosterProfileInput } from '../profile.ts';
import { ATTRIBUTE_OF, likeliest } from './header-words.ts';
import { foldHeader } from './headers.ts';
import { areEmails, areKeys, dateFormatsOf, separatorOf, unknownBooleans } from './sample-facts.ts';

/** What one column seems to hold; null with the reason why nothing is proposed. */
export type ProposedColumn = {
  readonly column: string;
  readonly attribute: Attribute | null;
  /** From 0 to 1: 0.95 for a header that is known, 0.7 for one that is like a known one, 0.6 by the values alone. */
  readonly confidence: number;
  readonly reason: string;
};

/** A profile to look at and to save, never used by itself. */
export type Proposal = {
  readonly profile: RosterProfileInput;
  readonly columns: readonly ProposedColumn[];
  /** Columns that nothing would be read from. */
  readonly unmapped: readonly string[];
  /** What the file cannot tell: somebody has to say it. */
  readonly questions: readonly string[];
};

/** What is known of the file beside its rows. */
export type SampleShape = { readonly delimiter?: string | null; readonly encoding?: string };
type Sample = { readonly headers: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A profile for a file that has none yet, by its headers and first rows. Pure: nothing is guessed that they do not show. */
export function proposeProfile(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  shape: SampleShape = {},
): Proposal {
  const sample: Sample = { headers, rows };
  const columns = withoutRivals(headers.map((header) => proposalFor(header, textsOf(sample, header))));
  const mapped = columns.filter(({ attribute }) => attribute !== null);
  const texts = (attribute: Attribute) => {
    const column = mapped.find((one) => one.attribute === attribute)?.column;
    return column === undefined ? null : textsOf(sample, column);
  };
  const parts = [dates(texts), flags(texts), phones(texts), identity(sample, mapped), separators(texts, shape)];
  const profile = {
    columns: Object.fromEntries(mapped.map(({ column, attribute }) => [column, attribute ?? ''])),
    ...Object.assign({}, ...parts.map((part) => part.profile)),
    ...(shape.delimiter ? { delimiter: shape.delimiter } : {}),
    // names of encodings come from our own list
    ...(shape.encoding && shape.encoding !== 'utf-8' ? { encoding: shape.encoding as Encoding } : {}),
  };
  const unmapped = columns.filter(({ attribute }) => attribute === null).map(({ column }) => column);
  return { profile, columns, unmapped, questions: parts.flatMap(({ questions }) => questions) };
}

type Part = { readonly profile: Partial<RosterProfileInput>; readonly questions: readonly string[] };
type Texts = (attribute: Attribute) => string[] | null;

function proposalFor(column: string, texts: readonly string[]): ProposedColumn {
  const none = (reason: string): ProposedColumn => ({ column, attribute: null, confidence: 0, reason });
  if (foldHeader(column) === '' || isErrorColumn(column)) return none('it has no name of its own');
  const exact = ATTRIBUTE_OF.get(foldHeader(column));
  const near = exact ?? likeliest(column);
  if (near === 'birthday') return none('birthdays are taken only when somebody asks for them');
  if (near && contradicts(near, texts)) return none(`its name says ${near}, its values do not`);
  if (exact) return { column, attribute: exact, confidence: 0.95, reason: 'its name is known' };
  if (near) return { column, attribute: near, confidence: 0.7, reason: 'its name is like a known one' };
  if (areEmails(texts))
    return { column, attribute: 'email', confidence: 0.6, reason: 'its values are e-mail addresses' };
  return none('its name is not known');
}

function contradicts(attribute: Attribute, texts: readonly string[]): boolean {
  if (texts.length === 0) return false;
  if (attribute === 'email') return !areEmails(texts);
  if (attribute === 'startDate' || attribute === 'endDate') return dateFormatsOf(texts).length === 0;
  return attribute === 'active' && unknownBooleans(texts) === null;
}

/** Each attribute goes to the surest column, the first of several; the others say why they have none. */
function withoutRivals(columns: readonly ProposedColumn[]): ProposedColumn[] {
  const best = new Map<Attribute, ProposedColumn>();
  for (const one of columns) {
    if (!one.attribute) continue;
    const before = best.get(one.attribute);
    if (!before || one.confidence > before.confidence) best.set(one.attribute, one);
  }
  return columns.map((one) => {
    const winner = one.attribute && best.get(one.attribute);
    if (!winner || winner === one) return one;
    return { ...one, attribute: null, confidence: 0, reason: `"${winner.column}" is ${one.attribute} already` };
  });
}

function textsOf({ headers, rows }: Sample, column: string): string[] {
  const index = headers.indexOf(column);
  return rows.map((row) => row[index] ?? '').filter((text) => text.trim() !== '');
}

function dates(texts: Texts): Part {
  const days = [...(texts('startDate') ?? []), ...(texts('endDate') ?? [])];
  const formats = dateFormatsOf(days);
  const [only] = formats;
  if (days.length === 0) return { profile: {}, questions: [] };
  if (formats.length === 1 && only) return { profile: { dateFormat: only }, questions: [] };
  const which = formats.length > 1 ? `the days fit ${formats.join(' and ')}` : 'the days are written in several ways';
  return { profile: {}, questions: [`dateFormat: ${which}: say which it is`] };
}

function flags(texts: Texts): Part {
  const unknown = unknownBooleans(texts('active') ?? []) ?? [];
  if (unknown.length === 0) return { profile: {}, questions: [] };
  const words = unknown.map((word) => `"${word}"`).join(', ');
  const known = `${BOOLEAN_WORDS.true.join(', ')}; ${BOOLEAN_WORDS.false.join(', ')}`;
  return {
    profile: {},
    questions: [`booleans: which of ${words} stands for true, which for false? Known are ${known}`],
  };
}

function phones(texts: Texts): Part {
  const numbers = [...(texts('phone') ?? []), ...(texts('mobile') ?? [])];
  const local = numbers.some((number) => !/^\s*\+/.test(number));
  return {
    profile: {},
    questions: local ? ['country: some telephone numbers have no +: to which country do they belong?'] : [],
  };
}

function identity(sample: Sample, mapped: readonly ProposedColumn[]): Part {
  const has = (attribute: Attribute) => mapped.find((one) => one.attribute === attribute)?.column;
  const unique = (attribute: Attribute) => {
    const column = has(attribute);
    const index = column === undefined ? -1 : sample.headers.indexOf(column);
    return index >= 0 && areKeys(sample.rows.map((row) => row[index] ?? ''));
  };
  const key = (['employeeNumber', 'email'] as const).find(unique);
  const userName = (['email', 'userName'] as const).find(has);
  const questions = [
    ...(key ? [] : ['key: no column tells every person of the sample apart: which one does?']),
    ...(userName ? [] : ['userName: there is neither an e-mail address nor a user name: which column is it?']),
  ];
  return { profile: { ...(key ? { key } : {}), ...(userName ? { userName } : {}) }, questions };
}

function separators(texts: Texts, { delimiter = null }: SampleShape): Part {
  const separator = separatorOf(texts('groups') ?? [], delimiter);
  return { profile: separator && separator !== '|' ? { separator } : {}, questions: [] };
}
