import type { AttributeRule, GroupMapping, GroupRule, Mapping, MappingSource, Otherwise } from '../model/mapping.ts';
import type { Person } from '../model/person.ts';
import { managerFact } from './manager-facts.ts';
import { compileMappingExpression, type MappingExpression, Mismatch } from './mapping-expression.ts';
import { expressionValues, readerOf, texts } from './mapping-source.ts';
import { type Lookup, lookupOf } from './mapping-table.ts';

/** A person and, once an expression needs them, the values that expressions read. */
export type Subject = { readonly person: Person; readonly values: () => Readonly<Record<string, unknown>> };

/** A rule of an attribute or of groups, ready to run. */
export type CompiledRule = {
  /** The attribute it gives; `groups` for groups. */
  readonly name: string;
  /** Where in the document it stands, for messages. */
  readonly place: string;
  /** What it reads, in words. */
  readonly reads: string;
  readonly read: (subject: Subject) => string[];
  readonly lookup: Lookup | null;
  readonly otherwise: Otherwise;
  readonly otherwiseValue: string | null;
  readonly fallback: string | null;
};

/** A mapping, checked and ready; made once for each version of the document. */
export type CompiledMapping = {
  readonly attributes: readonly CompiledRule[] | null;
  /** The table for groups of the source, and the rules that make more. */
  readonly groups: { readonly own: CompiledRule | null; readonly more: readonly CompiledRule[] };
  readonly scope: MappingExpression | null;
  readonly neverManaged: ReadonlySet<string>;
  /** True when a rule reads what is found with the manager. */
  readonly readsManager: boolean;
  readonly subjectOf: (person: Person) => Subject;
};

/** What is wrong with a mapping, and where in the document. */
export class MappingFault extends Error {
  override readonly name = 'MappingFault';
  readonly path: readonly string[];

  constructor(path: readonly string[], message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** Compiles a mapping; throws a MappingFault for an expression that cannot be run. */
export function compileMapping({ attributes, groups, scope, neverManaged = [] }: Mapping): CompiledMapping {
  const expressions: MappingExpression[] = [];
  const compile = (source: string, path: string[], what: 'value' | 'scope' = 'value') => {
    const made = compiledAt(source, path, what);
    expressions.push(made);
    return made;
  };
  const rules = attributes
    ? Object.entries(attributes).map(([name, rule]) => attributeRule(name, rule, compile))
    : null;
  const more = (groups?.from ?? []).map((rule, index) => groupRule(rule, index, compile));
  const scoped = scope === undefined ? null : compile(scope, ['scope'], 'scope');
  const reads = new Set(expressions.flatMap((one) => [...one.reads]));
  const carried = expressions.flatMap((one) => one.carried).toSorted((a, b) => b.length - a.length);
  const sources = [...Object.values(attributes ?? {}), ...(groups?.from ?? [])].map(({ from }) => from ?? '');
  return {
    attributes: rules,
    groups: { own: groups?.table ? ownGroups(groups) : null, more },
    scope: scoped,
    neverManaged: new Set(neverManaged),
    readsManager: [...reads, ...sources].some((name) => managerFact(name) !== null),
    subjectOf: (person) => {
      let values: Record<string, unknown> | null = null;
      return { person, values: () => (values ??= expressionValues(person, reads, carried)) };
    },
  };
}

type Compile = (source: string, path: string[]) => MappingExpression;

function attributeRule(name: string, rule: AttributeRule, compile: Compile): CompiledRule {
  const { table, fold, otherwise = 'keep', default: fallback = null } = rule;
  const path = ['attributes', name];
  return { name, ...sourceOf(rule, path, compile), ...rowsOf(lookupOf(table, fold), otherwise), fallback };
}

function groupRule(rule: GroupRule, index: number, compile: Compile): CompiledRule {
  const { table, fold, otherwise = 'drop' } = rule;
  const path = ['groups', 'from', String(index)];
  return {
    name: 'groups',
    ...sourceOf(rule, path, compile),
    ...rowsOf(lookupOf(table, fold), otherwise),
    fallback: null,
  };
}

function ownGroups({ table, fold, otherwise = 'keep' }: GroupMapping): CompiledRule {
  const read = ({ person }: Subject) => [...new Set(person.groups)];
  const place = { name: 'groups', place: 'groups.table', reads: 'group', read };
  return { ...place, ...rowsOf(lookupOf(table, fold), otherwise), fallback: null };
}

function rowsOf(lookup: Lookup | null, otherwise: Otherwise) {
  return { lookup, otherwise, otherwiseValue: typeof otherwise === 'object' ? otherwise.value : null };
}

function sourceOf(rule: MappingSource, path: string[], compile: Compile) {
  const place = path.join('.');
  const { from = '' } = rule;
  if (rule.expression === undefined) return { place, reads: from, read: personReader(from) };
  const expression = compile(rule.expression, [...path, 'expression']);
  return { place, reads: rule.expression, read: (subject: Subject) => resultOf(expression.evaluate(subject.values())) };
}

function personReader(from: string): (subject: Subject) => string[] {
  const read = readerOf(from);
  return ({ person }) => read(person);
}

function resultOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = texts(list);
  if (list.some((item) => typeof item === 'object' && item !== null))
    throw new Mismatch('gives neither text nor number');
  if (found.some((text) => !text.isWellFormed())) throw new Mismatch('cuts a letter in two');
  return found;
}

function compiledAt(source: string, path: readonly string[], what: 'value' | 'scope'): MappingExpression {
  try {
    return compileMappingExpression(source, what);
  } catch (cause) {
    throw new MappingFault(path, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
