import type { Resource } from '../../model/person.ts';
import { EMPLOYMENT } from '../attribute.ts';
import type { Departments } from '../departments.ts';
import type { RosterProfile } from '../profile.ts';
import type { Reject, RejectCode, RosterItem } from '../row.ts';
import type { Columns } from './columns.ts';
import { type Draft, draftOf } from './draft.ts';
import { foldHeader } from './headers.ts';
import { languageOf } from './language.ts';
import { type RosterRecord, rawRow } from './record.ts';
import { foldKey } from './text.ts';
import { excerpt } from './unreadable.ts';
import type { Values } from './value.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What rows are read by. */
export type PersonReader = {
  readonly profile: RosterProfile;
  readonly columns: Columns;
  readonly values: Values;
  /** Folded keys of the positions that there are, where rows must name one of them. */
  readonly positions: ReadonlySet<string> | undefined;
  /** Departments that there are, where rows must name one of them. */
  readonly departments: Departments | undefined;
};

/**
 * One row as a person, or all that is wrong with it. What needs the other rows is left to whoever has them all:
 * duplicate_key, duplicate_email, unknown_manager.
 */
export function personOf(record: RosterRecord, reader: PersonReader): RosterItem {
  if (record.problem) return rejected(record, null, [{ line: record.line, column: null, ...record.problem }]);
  const draft = draftOf(record, reader.columns, reader.values);
  const key = draft.texts.keyColumn;
  const rejects = [...draft.rejects, ...missing(draft, record.line, reader), ...unknown(draft, record.line, reader)];
  if (rejects.length > 0 || key === undefined) return rejected(record, key, rejects);
  const { manager, position } = draft.texts;
  const row = {
    line: record.line,
    key: foldKey(key),
    resource: resourceOf(draft, foldKey(key), reader.profile),
    manager: manager === undefined ? null : foldKey(manager),
    position: position === undefined ? null : foldKey(position),
    groups: [...new Set(draft.groups)],
  };
  return { kind: 'row', row, raw: rawRow(record) };
}

function rejected(record: RosterRecord, key: string | null | undefined, rejects: readonly Reject[]): RosterItem {
  return { kind: 'rejected', key: key ? foldKey(key) : null, raw: rawRow(record), rejects };
}

function missing({ texts, rejects }: Draft, line: number, { profile, columns }: PersonReader): Reject[] {
  const lacking: Reject[] = [];
  const lack = (code: RejectCode, column: string | null) => lacking.push({ line, column, code, found: '' });
  const { email, givenName, familyName, displayName } = texts;
  const emailColumn = columns.nameOf('email');
  if (texts.keyColumn === undefined && !told(rejects, columns.key)) lack('missing_key', columns.key);
  if (profile.require.includes('email') && email === undefined && !told(rejects, emailColumn)) {
    lack('missing_email', emailColumn);
  }
  const nameColumn = columns.nameOf('familyName') ?? columns.nameOf('displayName');
  const named = givenName ?? familyName ?? displayName;
  if (profile.require.includes('name') && named === undefined && !told(rejects, nameColumn)) {
    lack('missing_name', nameColumn);
  }
  return lacking;
}

/** What cannot be read is not also missing. */
function told(rejects: readonly Reject[], column: string | null): boolean {
  return rejects.some((reject) => foldHeader(reject.column ?? '') === foldHeader(column ?? ''));
}

function unknown({ texts }: Draft, line: number, { columns, positions, departments }: PersonReader): Reject[] {
  const { position, department } = texts;
  const rejects: Reject[] = [];
  if (position !== undefined && positions && !positions.has(foldKey(position))) {
    rejects.push({ line, column: columns.nameOf('position'), code: 'unknown_position', found: excerpt(position) });
  }
  if (department !== undefined && departments && !departments.has(department)) {
    rejects.push({
      line,
      column: columns.nameOf('department'),
      code: 'unknown_department',
      found: excerpt(department),
    });
  }
  return rejects;
}

function resourceOf({ texts, active, extensions }: Draft, key: string, profile: RosterProfile): Resource {
  const { email, givenName, familyName, displayName, title, phone, mobile, location } = texts;
  const { employeeNumber, costCenter, organization, division, department } = texts;
  const { startDate, endDate, birthday } = texts;
  const added = filled({
    [ENTERPRISE]: filled({ employeeNumber, costCenter, organization, division, department }),
    [EMPLOYMENT]: filled({ startDate, endDate, birthday }),
    ...extensions,
  });
  const core = filled({
    externalId: key,
    userName: texts.userNameColumn ?? texts.userName ?? email ?? key,
    name: filled({ givenName, familyName }),
    displayName,
    title,
    preferredLanguage: texts.language ?? (profile.language && languageOf(profile.language)),
    emails: email && [{ value: email, type: 'work', primary: true }],
    phoneNumbers: phoneNumbers(phone, mobile),
    addresses: location && [{ locality: location, type: 'work' }],
  });
  return { schemas: [CORE, ...Object.keys(added ?? {})], ...core, active, ...added };
}

function phoneNumbers(phone: string | undefined, mobile: string | undefined) {
  const numbers = [
    ...(phone ? [{ value: phone, type: 'work' }] : []),
    ...(mobile ? [{ value: mobile, type: 'mobile' }] : []),
  ];
  return numbers.length > 0 ? numbers : undefined;
}

/** Without what is not there; undefined when nothing is left. */
function filled(part: Record<string, unknown>): Record<string, unknown> | undefined {
  const rest: Record<string, unknown> = {};
  let any = false;
  for (const name in part) {
    if (part[name] === undefined) continue;
    rest[name] = part[name];
    any = true;
  }
  return any ? rest : undefined;
}
