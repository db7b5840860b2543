import type { ExtensionSchema } from '../../model/extension.ts';
import {
  ATTRIBUTES,
  type Attribute,
  declaredKind,
  declaredPaths,
  type ExtensionPath,
  extensionPath,
  type Kind,
} from '../attribute.ts';
import type { RosterProfile } from '../profile.ts';
import { foldHeader } from './headers.ts';

/** An attribute of an extension, how its text is read, and the values that it takes where they are listed. */
export type ExtensionColumn = ExtensionPath & {
  readonly kind: Kind;
  readonly canonicalValues: readonly string[] | undefined;
};

/** What is read from one column. */
export type Column = {
  readonly attribute: Attribute | null;
  readonly extension: ExtensionColumn | null;
  readonly isKey: boolean;
  readonly isUserName: boolean;
};

/** A profile, ready to be asked for each column of a file. */
export type Columns = {
  /** What to read from the column of this name; null when nothing is. */
  of(header: string): Column | null;
  /** Folded names of all columns that are read. */
  readonly known: ReadonlySet<string>;
  /** The columns that the profile names itself. */
  readonly named: readonly string[];
  /** The column that the key stands in, as the profile names it. */
  readonly key: string;
  /** The column of an attribute, as the profile names it; null when there is none. */
  nameOf(attribute: Attribute): string | null;
};

/** The columns that a profile maps; without any, those of our own format. */
export function columnsOf(profile: RosterProfile, extensions: readonly ExtensionSchema[]): Columns {
  const mapped = profile.columns ? Object.entries(profile.columns) : ownFormat(profile, extensions);
  const columns = new Map<string, Column>();
  const names = new Map<string, string>();
  for (const [name, to] of mapped) {
    const { attribute, as = undefined } = typeof to === 'string' ? { attribute: to } : to;
    columns.set(foldHeader(name), columnFor(attribute, as, extensions));
    names.set(attribute, name);
  }
  const key = typeof profile.key === 'string' ? (names.get(profile.key) ?? profile.key) : profile.key.column;
  const userName = typeof profile.userName === 'string' ? null : profile.userName.column;
  mark(columns, key, 'isKey');
  if (userName !== null) mark(columns, userName, 'isUserName');
  const chosen = [...new Set([key, ...(userName === null ? [] : [userName])])];
  const named = profile.columns ? [...new Set([...Object.keys(profile.columns), ...chosen])] : chosen;
  const nameOf = (attribute: Attribute) => names.get(attribute) ?? null;
  return { of: remembering(columns), known: new Set(columns.keys()), named, key, nameOf };
}

function ownFormat({ key }: RosterProfile, extensions: readonly ExtensionSchema[]): (readonly [string, string])[] {
  const attributes = ATTRIBUTES.filter(
    (name) => name !== 'birthday' && (name !== 'externalId' || key === 'externalId'),
  );
  const names = [...attributes, ...declaredPaths(extensions)];
  // an XML has one element for each group
  return [['group', 'groups'], ...names.map((name) => [name, name] as const)];
}

function columnFor(name: string, as: Kind | undefined, extensions: readonly ExtensionSchema[]): Column {
  const none = { isKey: false, isUserName: false };
  const path = extensionPath(name);
  if (!path) return { attribute: ATTRIBUTES.find((one) => one === name) ?? null, extension: null, ...none };
  const declared = extensions.find(({ urn }) => urn === path.urn)?.attributes.find((one) => one.name === path.name);
  const kind = as ?? declaredKind(extensions, path) ?? 'text';
  return { attribute: null, extension: { ...path, kind, canonicalValues: declared?.canonicalValues }, ...none };
}

function mark(columns: Map<string, Column>, name: string, what: 'isKey' | 'isUserName'): void {
  const folded = foldHeader(name);
  const column = columns.get(folded) ?? { attribute: null, extension: null, isKey: false, isUserName: false };
  columns.set(folded, { ...column, [what]: true });
}

/** More names than any file has that means well; folding one costs as much as reading a row. */
const REMEMBERED = 2_000;

function remembering(columns: ReadonlyMap<string, Column>): (header: string) => Column | null {
  const known = new Map<string, Column | null>();
  return (header) => {
    const before = known.get(header);
    if (before !== undefined) return before;
    const column = columns.get(foldHeader(header)) ?? null;
    if (known.size < REMEMBERED) known.set(header, column);
    return column;
  };
}
