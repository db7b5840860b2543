import type { Attributes } from '../model/account.ts';
import type { Choice } from '../model/invite.ts';
import type { Person } from '../model/person.ts';
import type { Policy } from '../model/policy.ts';
import { attributesOf, type Desired, desired, groupsOf, type Mapped, type Scope } from './desired.ts';
import type { CompiledMapping, CompiledRule, Subject } from './mapping-compile.ts';
import { Mismatch } from './mapping-expression.ts';
import { lookUp } from './mapping-table.ts';

/** What one rule made of one value, for people to read. */
export type Step = {
  /** The attribute; `groups` for groups. */
  readonly name: string;
  readonly place: string;
  readonly reads: string;
  /** Null when the source says nothing. */
  readonly source: string | null;
  readonly result: readonly string[];
  /** True when there is a table and it does not name the value. */
  readonly unmatched: boolean;
};

/** What should be at a target for one person, as policy and mapping say. Without a mapping all is as built in. */
export function desiredByMapping(
  mapping: CompiledMapping | null,
  person: Person,
  policy: Policy,
  scope: Scope,
  choice: Choice = {},
): Desired {
  // who left, leaves: whatever the mapping makes of what the source says now
  const mapped = mapping && person.status === 'active' ? mapPerson(mapping, person, scope) : null;
  return desired(person, policy, scope, mapped, choice);
}

/**
 * What a mapping makes of an active person, for one target.
 *
 *   scope        a rule that the target asks for    result
 *   fails        any                                failed: nothing is done to the account
 *   false        not run                            out of scope
 *   true, none   one fails                          failed
 *   true, none   all run                            attributes and groups
 *
 * An attribute, rule by rule:
 *
 *   the source says   in the table   otherwise   value
 *   nothing           any            any         default, else none
 *   a value           no table       any         the value
 *   a value           yes            any         what the table says
 *   a value           no             keep        the value
 *   a value           no             drop        none
 *   a value           no             a text      that text
 *
 * Groups go by the same table, value by value; those of the source and those by rules come together. `steps` receives
 * what each rule did.
 */
export function mapPerson(mapping: CompiledMapping, person: Person, scope: Scope, steps: Step[] = []): Mapped {
  const subject = mapping.subjectOf(person);
  let place = 'scope';
  const each = (rule: CompiledRule) => {
    place = rule.place;
    return valuesBy(rule, subject, steps);
  };
  try {
    if (!inScope(mapping, subject)) return { kind: 'out' };
    const attributes = mappedAttributes(mapping, person, scope, each);
    return { kind: 'in', attributes, groups: scope.groups ? mappedGroups(mapping, person, each) : [] };
  } catch (error) {
    if (error instanceof Mismatch) return { kind: 'failed', words: `${place}: ${error.message}` };
    throw error;
  }
}

function inScope({ scope }: CompiledMapping, subject: Subject): boolean {
  const value = scope === null ? true : scope.evaluate(subject.values());
  if (typeof value === 'boolean') return value;
  throw new Mismatch('gives neither true nor false');
}

type Each = (rule: CompiledRule) => readonly string[];

function mappedAttributes(mapping: CompiledMapping, person: Person, scope: Scope, each: Each): Attributes {
  const managed = scope.attributes.filter((name) => !mapping.neverManaged.has(name));
  if (!mapping.attributes) return attributesOf(person, { ...scope, attributes: managed });
  const rules = mapping.attributes.filter(({ name }) => managed.includes(name));
  return Object.fromEntries(rules.map((rule) => [rule.name, each(rule)[0] ?? null]));
}

function mappedGroups({ groups: { own, more } }: CompiledMapping, person: Person, each: Each): string[] {
  const names = [...(own ? each(own) : groupsOf(person)), ...more.flatMap((rule) => each(rule))];
  return [...new Set(names)].toSorted();
}

/** What one rule gives for a person: of an attribute one value at most. */
function valuesBy(rule: CompiledRule, subject: Subject, steps: Step[]): readonly string[] {
  const { name, place, reads, fallback } = rule;
  const found = rule.read(subject);
  const sources = name === 'groups' ? found : found.slice(0, 1);
  if (sources.length === 0) {
    const result = fallback === null ? [] : [fallback];
    if (name !== 'groups') steps.push({ name, place, reads, source: null, result, unmatched: false });
    return result;
  }
  return sources.flatMap((source) => {
    const { result, unmatched } = throughTable(rule, source);
    steps.push({ name, place, reads, source, result, unmatched });
    return result;
  });
}

function throughTable({ lookup, otherwise, otherwiseValue }: CompiledRule, source: string) {
  if (!lookup) return { result: [source], unmatched: false };
  const result = lookUp(lookup, source);
  if (result) return { result, unmatched: false };
  if (otherwiseValue !== null) return { result: [otherwiseValue], unmatched: true };
  return { result: otherwise === 'keep' ? [source] : [], unmatched: true };
}
