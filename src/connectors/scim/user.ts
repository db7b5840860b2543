import type { ActualAccount, Attributes, DesiredAccount } from '../../model/account.ts';
import { emailOf } from '../../model/email.ts';
import type { AttributeName } from '../attributes.ts';
import { isRecord } from '../http/json.ts';
import { ENTERPRISE, fold, type Operation, type Resource, USER } from './messages.ts';
import type { ScimSettings } from './settings.ts';

/** Where a single value lives in a User; the first key of the enterprise attributes is the extension's URN. */
const PLACES = {
  userName: ['userName'],
  givenName: ['name', 'givenName'],
  familyName: ['name', 'familyName'],
  displayName: ['displayName'],
  title: ['title'],
  language: ['preferredLanguage'],
  externalId: ['externalId'],
  department: [ENTERPRISE, 'department'],
  employeeNumber: [ENTERPRISE, 'employeeNumber'],
  manager: [ENTERPRISE, 'manager'],
  phone: ['phoneNumbers'],
} as const satisfies Record<AttributeName, readonly [string, string?]>;

type Place = readonly [string, string?];
type Change = { readonly email: string; readonly attributes: Attributes };
type Mapping = Pick<ScimSettings, 'attributes' | 'userFilter'>;

/** The account that a User resource shows. What a server leaves out is unassigned (RFC 7643 section 2.5). */
export function readUser(user: Resource & { id: string }, groups: string[], { attributes }: Mapping): ActualAccount {
  // Entra and others have brought servers to say "False"
  const suspended = String(user['active']).toLowerCase() === 'false';
  const values = attributes.map((name) => [name, textOf(name, valueAt(user, PLACES[name]))]);
  return {
    remoteId: user.id,
    email: emailOf(user) ?? '',
    status: suspended ? 'suspended' : 'active',
    attributes: Object.fromEntries(values),
    groups,
  };
}

/** True when one of the addresses of a User is this one, or its user name is. */
export function carries(user: Resource, email: string): boolean {
  return [...listOf(user['emails']).map((entry) => entry['value']), user['userName']].some(
    (value) => typeof value === 'string' && fold(value) === fold(email),
  );
}

/** The User to create. */
export function newUser(account: DesiredAccount, mapping: Mapping): Resource {
  const bare: Resource = { schemas: [USER], userName: account.email, active: true };
  return changedUser(bare, account, mapping);
}

/** The User as it is after a change; everything that the change does not name stays as it is. */
export function changedUser(user: Resource, { email, attributes }: Change, mapping: Mapping): Resource {
  const changed = structuredClone(user);
  for (const name of mapping.attributes) {
    const value = attributes[name];
    if (value === undefined || (name === 'userName' && value === null)) continue;
    setAt(changed, PLACES[name], valueFor(name, value, changed));
  }
  if (fold(emailOf(user) ?? '') !== fold(email) || listOf(user['emails']).length === 0) {
    changed['emails'] = withEmail(listOf(user['emails']), emailOf(user), email);
  }
  if (mapping.userFilter === 'userName') changed['userName'] = email;
  return changed;
}

/** The PATCH that makes one User of the other: one operation for each attribute that differs. */
export function patchBetween(before: Resource, after: Resource): Operation[] {
  const places: Place[] = [...Object.values(PLACES), ['emails'], ['active']];
  return places.flatMap((place): Operation[] => {
    const value = valueAt(after, place);
    if (sameJson(value, valueAt(before, place))) return [];
    const path = place[0] === ENTERPRISE ? `${ENTERPRISE}:${place[1]}` : place.join('.');
    return value === undefined ? [{ op: 'remove', path }] : [{ op: 'replace', path, value }];
  });
}

/** What a PUT may carry: without what only the server may say, and with the schemas that its attributes are of. */
export function writable({ meta: _, groups: __, ...user }: Resource): Resource {
  const schemas = Array.isArray(user['schemas']) ? user['schemas'] : [USER];
  const all = isRecord(user[ENTERPRISE]) ? [...new Set([...schemas, ENTERPRISE])] : schemas;
  return { ...user, schemas: all };
}

function valueAt(user: Resource, [outer, inner]: Place): unknown {
  const value = user[outer] ?? undefined;
  if (inner === undefined) return value;
  return isRecord(value) ? (value[inner] ?? undefined) : undefined;
}

function setAt(user: Resource, [outer, inner]: Place, value: unknown): void {
  if (inner === undefined) return void put(user, outer, value);
  const holder = isRecord(user[outer]) ? user[outer] : {};
  put(holder, inner, value);
  put(user, outer, Object.keys(holder).length > 0 ? holder : undefined);
}

function put(holder: Resource, key: string, value: unknown): void {
  if (value === undefined) delete holder[key];
  else holder[key] = value;
}

function textOf(name: AttributeName, value: unknown): string | null {
  const single = name === 'phone' ? phoneIn(value)?.['value'] : value;
  const text = name === 'manager' && isRecord(single) ? single['value'] : single;
  return typeof text === 'string' && text !== '' ? text : null;
}

function valueFor(name: AttributeName, value: string | null, user: Resource): unknown {
  if (name === 'phone') return withPhone(user['phoneNumbers'], value);
  if (value === null) return undefined;
  return name === 'manager' ? { value } : value;
}

function withEmail(emails: Resource[], before: string | null, email: string): Resource[] {
  const index = emails.findIndex(({ value }) => typeof value === 'string' && value === before);
  if (index < 0)
    return [{ value: email, type: 'work', primary: true }, ...emails.map((entry) => ({ ...entry, primary: false }))];
  return emails.map((entry, at) => (at === index ? { ...entry, value: email } : entry));
}

function withPhone(phones: unknown, value: string | null): Resource[] | undefined {
  const list = listOf(phones);
  const ours = phoneIn(phones);
  const rest = list.filter((entry) => entry !== ours);
  if (value !== null) return [ours ? { ...ours, value } : { value, type: 'work', primary: true }, ...rest];
  return rest.length > 0 ? rest : undefined;
}

function phoneIn(phones: unknown): Resource | undefined {
  const list = listOf(phones);
  return list.find(({ primary }) => primary === true) ?? list[0];
}

function listOf(value: unknown): Resource[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function sameJson(one: unknown, other: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? `${part}n` : part));
  return text(one) === text(other);
}
