import type { Attributes, DesiredAccount } from '../model/account.ts';
import { emailOf } from '../model/email.ts';
import type { Choice } from '../model/invite.ts';
import type { Person, PersonStatus, Resource } from '../model/person.ts';
import type { OnLeave, Policy } from '../model/policy.ts';
import { managerFact } from './manager-facts.ts';
import { momentOf } from './moment.ts';
import { isProtected } from './protected.ts';

/** What should be at a target for one person. */
export type Desired =
  /** `firstDay`: when the policy lets the invite go, null when the source does not say; absent where no day counts. */
  | { kind: 'account'; account: DesiredAccount; firstDay?: Date | null; lastDay?: LastDay }
  /** The person left: what becomes of the account is the policy's. */
  | { kind: 'nobody'; onLeave: OnLeave; because?: 'out_of_scope' }
  /** Not for us to say: the source did not say enough, or only a human may decide. Nothing is done until then. */
  | { kind: 'unknown'; reason: 'missing_email' | Kept }
  | { kind: 'unknown'; reason: 'mapping_failed'; words: string };

/** Why a leaver's account is left alone. */
type Kept = 'protected' | 'not_granted';
/** From when on the person has left though the source says active, and what is desired then. */
export type LastDay = { readonly at: Date; readonly after: Desired };

/** What a connection's mapping makes of an active person; see plan/mapping.ts. */
export type Mapped =
  | { kind: 'in'; attributes: Attributes; groups: readonly string[] }
  | { kind: 'out' }
  /** An expression does not fit this person: nobody knows whether they are in scope, or as what. */
  | { kind: 'failed'; words: string };

/** What a target can hold; the rest of a person stays here. */
export type Scope = { attributes: readonly string[]; groups: boolean };

/** The URN of the enterprise extension (RFC 7643 §4.3). */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * What one person's account should be.
 *
 *   status        e-mail    desired
 *   active        yes       account; with its first day where policy.invite names one
 *   active        -         unknown: missing_email
 *   deactivated   any       nobody, by policy.onDeactivate
 *   absent        any       nobody, by policy.onAbsence
 *   deleted       any       nobody, by policy.onDelete
 *   left, in policy.protected   unknown: protected, unless the account would be ignored anyway
 *   left, policy.grantedBy user   unknown: not_granted, likewise
 *   active, with a day that policy.lastDay names   account until that moment, then by policy.onDeactivate
 *   active, the mapping failed  unknown: mapping_failed
 *   active, out of its scope    as deactivated
 *
 * Entity and access are as chosen, else as mapping or source say.
 */
export function desired(
  person: Person,
  policy: Policy,
  scope: Scope,
  mapped: Mapped | null = null,
  choice: Choice = {},
): Desired {
  if (person.status !== 'active') return leaver(person, policy, onLeaveOf(person.status, policy));
  if (mapped?.kind === 'failed') return { kind: 'unknown', reason: 'mapping_failed', words: mapped.words };
  if (mapped?.kind === 'out') return outOfScope(leaver(person, policy, policy.onDeactivate));
  const email = emailOf(person.resource, policy.match);
  if (email === null) return { kind: 'unknown', reason: 'missing_email' };
  const { attributes: said, groups } = mapped?.kind === 'in' ? mapped : asBuiltIn(person, scope);
  const attributes = { ...said, ...chosenOf(choice, scope) };
  const account = { email, attributes, groups: scope.groups ? withGiven(groups, person) : [] };
  return { kind: 'account', account, ...firstDayOf(person, policy), ...lastDayOf(person, policy) };
}

function onLeaveOf(status: Exclude<PersonStatus, 'active'>, policy: Policy): OnLeave {
  switch (status) {
    case 'deactivated':
      return policy.onDeactivate;
    case 'absent':
      return policy.onAbsence;
    case 'deleted':
      return policy.onDelete;
    default:
      return status satisfies never;
  }
}

function leaver({ resource }: Person, policy: Policy, onLeave: OnLeave): Desired {
  if (onLeave === 'ignore') return { kind: 'nobody', onLeave };
  if (isProtected(resource, policy.protected)) return { kind: 'unknown', reason: 'protected' };
  return policy.grantedBy === 'user' ? { kind: 'unknown', reason: 'not_granted' } : { kind: 'nobody', onLeave };
}

function outOfScope(left: Desired): Desired {
  return left.kind === 'nobody' ? { ...left, because: 'out_of_scope' } : left;
}

function firstDayOf({ resource }: Person, { invite }: Policy): { firstDay?: Date | null } {
  if (typeof invite === 'string') return {};
  return { firstDay: momentOf(attributeOf(resource, invite.onDate), invite) };
}

function lastDayOf(person: Person, policy: Policy): { lastDay?: LastDay } {
  if (policy.lastDay === 'off') return {};
  const at = momentOf(attributeOf(person.resource, policy.lastDay.onDate), policy.lastDay);
  return at === null ? {} : { lastDay: { at, after: leaver(person, policy, policy.onDeactivate) } };
}

function asBuiltIn(person: Person, scope: Scope): Pick<DesiredAccount, 'attributes' | 'groups'> {
  return { attributes: attributesOf(person, scope), groups: scope.groups ? groupsOf(person).toSorted() : [] };
}

function withGiven(groups: readonly string[], { given = [] }: Person): string[] {
  return [...new Set([...groups, ...given])].toSorted();
}

/** The names of a person's groups at the source, each once. */
export function groupsOf(person: Person): string[] {
  return [...new Set(person.groups)];
}

/** The mapping's sources, by the target-neutral attribute name. Of the core schemas nothing else ever leaves. */
const SOURCES: Readonly<Record<string, (resource: Resource) => unknown>> = {
  userName: (resource) => resource['userName'],
  externalId: (resource) => resource['externalId'],
  givenName: (resource) => part(resource['name'], 'givenName'),
  familyName: (resource) => part(resource['name'], 'familyName'),
  displayName: displayNameOf,
  title: (resource) => resource['title'],
  language: (resource) => resource['preferredLanguage'],
  phone: (resource) => firstValue(resource['phoneNumbers']),
  department: (resource) => part(resource[ENTERPRISE], 'department'),
  employeeNumber: (resource) => part(resource[ENTERPRISE], 'employeeNumber'),
  manager: (resource) => part(part(resource[ENTERPRISE], 'manager'), 'value'),
};

/** All attribute names that a target may name without more ado; any other name is one of a tenant's own extensions. */
export const ATTRIBUTE_NAMES: readonly string[] = Object.keys(SOURCES);

function chosenOf({ entity, access }: Choice, scope: Scope): Attributes {
  const chosen = Object.entries({ entity, access }).filter(([name]) => scope.attributes.includes(name));
  return Object.fromEntries(chosen.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** The attributes that a target can hold, from their built-in sources. */
export function attributesOf({ resource, manager }: Person, scope: Scope): Attributes {
  const names = new Set([...ATTRIBUTE_NAMES.filter((name) => scope.attributes.includes(name)), ...scope.attributes]);
  const valueFor = (name: string) => {
    const fact = managerFact(name);
    return fact ? (manager?.[fact] ?? null) : attributeOf(resource, name);
  };
  return Object.fromEntries([...names].map((name) => [name, valueFor(name)]));
}

/**
 * One attribute as a target gets it.
 *
 *   name                        value
 *   one of the mapping          what its source says
 *   in a declared extension     the value as text; of several the primary one, or the first
 *   in several extensions       of the first by URN, so that the order of arrival does not matter
 *   in none                     null
 */
export function attributeOf(resource: Resource, name: string): string | null {
  if (Object.hasOwn(SOURCES, name)) return textOrNull(SOURCES[name]?.(resource));
  const urns = Object.keys(resource).filter((key) => key.startsWith('urn:') && key !== ENTERPRISE);
  const values = urns.toSorted().map((urn) => ownPart(resource[urn], name));
  const value = values.find((candidate) => candidate !== undefined);
  const one = Array.isArray(value) ? (firstValue(value) ?? value[0]) : value;
  return textOrNull(typeof one === 'number' || typeof one === 'boolean' ? String(one) : one);
}

function ownPart(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? part(value, name) : undefined;
}

function displayNameOf(resource: Resource): unknown {
  const name = resource['name'];
  const parts = [part(name, 'givenName'), part(name, 'familyName')].filter((word) => textOrNull(word) !== null);
  return textOrNull(resource['displayName']) ?? textOrNull(part(name, 'formatted')) ?? parts.join(' ');
}

function firstValue(list: unknown): unknown {
  if (!Array.isArray(list)) return null;
  return part(list.find((item) => part(item, 'primary') === true) ?? list[0], 'value');
}

function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
