import {
  type ASTNode,
  Environment,
  EvaluationError,
  Optional,
  ParseError,
  TypeError as TypeFault,
} from '@marcbachmann/cel-js';
import { isRecord } from '../http/json.ts';

/** The variables an expression may name, with their CEL types. */
export type Scope = Readonly<Record<string, string>>;

/** One CEL expression, compiled when the description was loaded. */
export type Expression = {
  readonly source: string;
  /** The names it reads as `variable.name`, such as `settings.url`, without those it reads as optional (`.?name`). */
  readonly reads: readonly string[];
  /** The variables it names. */
  readonly variables: readonly string[];
  readonly evaluate: (context: Record<string, unknown>) => unknown;
};

/** Thrown by `evaluate` when the values at hand do not fit the expression, such as a field that is not there. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

const base = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true });
const environments = new Map<Scope, Environment>();

/** Compiles an expression; throws an Error which says what is wrong with it, unknown names included. */
export function compileExpression(source: string, scope: Scope): Expression {
  const compiled = parse(source, scope);
  const reads = new Set<string>();
  const variables = new Set<string>();
  walk(compiled.ast, (node) => {
    if (node.op === 'rcall' && node.args[0] === 'matches') {
      throw new Error(
        'matches() is switched off: one careless pattern can stop the server; use contains or startsWith',
      );
    }
    if (node.op === 'id') variables.add(node.args);
    if (node.op === '.' && node.args[0].op === 'id') reads.add(`${node.args[0].args}.${node.args[1]}`);
  });
  return {
    source,
    reads: [...reads],
    variables: [...variables],
    evaluate: (context) => run(compiled, pick(context, scope)),
  };
}

function parse(source: string, scope: Scope) {
  try {
    const environment = environmentOf(scope);
    const { error } = environment.check(source);
    if (error) throw error;
    return environment.parse(source);
  } catch (error) {
    if (error instanceof ParseError || error instanceof TypeFault) throw new Error(`${error.summary} in "${source}"`);
    throw error;
  }
}

function environmentOf(scope: Scope): Environment {
  const known = environments.get(scope);
  if (known) return known;
  const environment = base.clone();
  for (const [name, type] of Object.entries(scope)) environment.registerVariable(name, type);
  environments.set(scope, environment);
  return environment;
}

function run(compiled: (context: Record<string, unknown>) => unknown, context: Record<string, unknown>): unknown {
  try {
    const value: unknown = compiled(context);
    if (!(value instanceof Optional)) return value;
    return value.hasValue() ? value.value() : undefined;
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof TypeFault) throw new Mismatch(error.summary);
    throw error;
  }
}

// cel-js refuses a context with a name it was not told of
function pick(context: Record<string, unknown>, scope: Scope): Record<string, unknown> {
  return Object.fromEntries(Object.keys(scope).map((name) => [name, context[name]]));
}

function walk(node: unknown, visit: (node: ASTNode) => void): void {
  if (Array.isArray(node)) for (const part of node) walk(part, visit);
  else if (isNode(node)) {
    visit(node);
    walk(node.args, visit);
  }
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** JSON values as CEL wants them: whole numbers as bigint, so that `body.page + 1` works. */
export function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toCel(part)]));
}
