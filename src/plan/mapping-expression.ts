import { type ASTNode, Environment, EvaluationError, ParseError, TypeError as TypeFault } from '@marcbachmann/cel-js';

/*
 * CEL for mappings. What a person's values can make large or slow is left out, so that an expression costs what its
 * length says: no regular expressions, nothing that builds lists or repeats a text, no loop in a loop.
 */

/** One expression, checked and ready. */
export type MappingExpression = {
  readonly source: string;
  /** The names it reads. */
  readonly reads: ReadonlySet<string>;
  /** Paths below `extensions` that it reads, so that what is absent can be bound to null. */
  readonly carried: readonly (readonly string[])[];
  /** Throws `Mismatch` when the values do not fit. */
  readonly evaluate: (values: Readonly<Record<string, unknown>>) => unknown;
};

/** Thrown when a person's values do not fit an expression; the message is for people. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

const LONGEST = 2000;
const LOOPS = ['exists', 'all', 'exists_one', 'filter'];
const FUNCTIONS = new Set([
  ...LOOPS,
  ...['size', 'startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim', 'substring', 'indexOf'],
  ...['lastIndexOf', 'split', 'string', 'int', 'double', 'bool', 'dyn'],
]);

const TEXTS = [
  ...['userName', 'externalId', 'displayName', 'nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage'],
  ...['locale', 'timezone', 'email', 'employeeNumber', 'costCenter', 'organization', 'division', 'department'],
  ...['manager', 'managerEmail', 'managerName', 'managerAccount'],
] as const;
const LISTS = ['emails', 'phoneNumbers', 'addresses', 'roles', 'entitlements', 'ims', 'photos'] as const;
/** Sub-attributes of `name` (RFC 7643 §4.1.1). */
export const NAME_PARTS = [
  ...['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'],
] as const;
/** What an expression may name, beside `name`, `active`, `groups` and `extensions`. */
export const EXPRESSION_NAMES = { texts: TEXTS, lists: LISTS };

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 300, maxDepth: 30, maxListElements: 200, maxMapEntries: 50, maxCallArguments: 8 },
});
for (const name of TEXTS) environment.registerVariable(name, 'string');
for (const name of LISTS) environment.registerVariable(name, 'list');
environment.registerVariable('name', { schema: Object.fromEntries(NAME_PARTS.map((part) => [part, 'string'])) });
environment.registerVariable('active', 'bool');
environment.registerVariable('groups', 'list<string>');
environment.registerVariable('extensions', 'map');

/** Compiles an expression; throws an Error that says what is wrong with it. `scope` must be true or false. */
export function compileMappingExpression(source: string, what: 'value' | 'scope'): MappingExpression {
  if (source.length > LONGEST) throw new Error(`is longer than ${LONGEST} characters`);
  const { compiled, type } = parse(source);
  const fits = what === 'scope' ? ['bool', 'dyn'] : ['string', 'bool', 'int', 'uint', 'double', 'dyn', 'list<string>'];
  if (!fits.includes(type)) {
    throw new Error(
      `gives ${type} in "${source}"; ${what === 'scope' ? 'true or false' : 'a text or a number'} is needed`,
    );
  }
  const reads = new Set<string>();
  const carried: string[][] = [];
  walk(compiled.ast, 0, (node) => {
    if (node.op === 'id') reads.add(node.args);
    const path = pathBelow(node);
    if (path) carried.push(path);
  });
  return { source, reads, carried, evaluate: (values) => run(compiled, values) };
}

function parse(source: string): { compiled: ReturnType<Environment['parse']>; type: string } {
  try {
    const compiled = environment.parse(source);
    const { error, type = 'dyn' } = compiled.check();
    if (error) throw error;
    return { compiled, type };
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof TypeFault)) throw error;
    const hint = /(==|!=) null/.test(error.summary) ? '; an attribute that is absent is "" here' : '';
    throw new Error(`${error.summary} in "${source}"${hint}`, { cause: error });
  }
}

function run(
  compiled: (values: Record<string, unknown>) => unknown,
  values: Readonly<Record<string, unknown>>,
): unknown {
  try {
    return compiled(values);
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof TypeFault) throw new Mismatch(error.summary);
    throw error;
  }
}

function walk(node: unknown, loops: number, visit: (node: ASTNode) => void): void {
  if (Array.isArray(node)) for (const part of node) walk(part, loops, visit);
  if (!isNode(node)) return;
  if (node.op === 'call' || node.op === 'rcall') refuse(node.args[0], loops);
  visit(node);
  if (node.op === 'rcall') {
    const [name, receiver, body] = node.args;
    walk(receiver, loops, visit); // one loop behind another costs their sum, one inside another their product
    walk(body, LOOPS.includes(name) ? loops + 1 : loops, visit);
  } else walk(node.args, loops, visit);
}

function refuse(name: string, loops: number): void {
  if (name === 'has')
    throw new Error('has() is not needed: what is absent is "", false or an empty list; in extensions null');
  if (!FUNCTIONS.has(name)) throw new Error(`${name}() is not among ${[...FUNCTIONS].join(', ')}`);
  if (LOOPS.includes(name) && loops > 0) throw new Error(`${name}() may not stand inside another loop over a list`);
}

/** The names behind `extensions["urn"].attribute`, or null for any other node. */
function pathBelow(node: ASTNode): string[] | null {
  if (node.op !== '.' && node.op !== '[]') return null;
  const [holder, key] = node.args;
  const name = typeof key === 'string' ? key : key.op === 'value' ? key.args : null;
  if (typeof name !== 'string') return null;
  if (holder.op === 'id') return holder.args === 'extensions' ? [name] : null;
  const above = pathBelow(holder);
  return above && [...above, name];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
