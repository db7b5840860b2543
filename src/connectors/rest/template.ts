import { Fault } from '../../errors.ts';
import { isRecord } from '../http/json.ts';
import { pathSegment, withoutDots } from '../http/url.ts';
import { compileExpression, type Expression, Mismatch, type Scope } from './expression.ts';

/** A text of the description with its `{{ expressions }}` compiled. */
export type Template = { readonly source: string; readonly parts: readonly (string | Expression)[] };

/** A request body: any JSON value whose texts are templates. */
export type BodyTemplate =
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'list'; readonly items: readonly BodyTemplate[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, BodyTemplate])[] }
  | { readonly kind: 'constant'; readonly value: unknown };

export type Context = Record<string, unknown>;

/** Compiles a text with `{{ expressions }}`; throws an Error which says what is wrong with it. */
export function compileTemplate(source: string, scope: Scope): Template {
  const parts: (string | Expression)[] = [];
  let rest = source;
  for (let open = rest.indexOf('{{'); open >= 0; open = rest.indexOf('{{')) {
    if (open > 0) parts.push(rest.slice(0, open));
    const { expression, end } = readExpression(rest, open + 2, scope);
    parts.push(expression);
    rest = rest.slice(end);
  }
  if (rest !== '' || parts.length === 0) parts.push(rest);
  return { source, parts };
}

// a CEL map may itself hold "}}", so the expression ends at the first "}}" that leaves a whole expression before it
function readExpression(text: string, start: number, scope: Scope): { expression: Expression; end: number } {
  let failure: unknown;
  for (let close = text.indexOf('}}', start); close >= 0; close = text.indexOf('}}', close + 1)) {
    try {
      return { expression: compileExpression(text.slice(start, close).trim(), scope), end: close + 2 };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure ?? new Error(`"{{" is never closed in "${text}"`);
}

/** Compiles a request body. */
export function compileBody(value: unknown, scope: Scope): BodyTemplate {
  if (typeof value === 'string') return { kind: 'text', template: compileTemplate(value, scope) };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => compileBody(item, scope)) };
  if (!isRecord(value)) return { kind: 'constant', value };
  return { kind: 'object', fields: Object.entries(value).map(([key, part]) => [key, compileBody(part, scope)]) };
}

/**
 * The body to send. A text that is exactly one expression keeps its value's type. A field is left out when its
 * expression reads an attribute that this change does not carry: null means "unset it", absent means "leave it alone".
 */
export function renderBody(body: BodyTemplate, context: Context): unknown {
  switch (body.kind) {
    case 'constant':
      return body.value;
    case 'text':
      return renderValue(body.template, context);
    case 'list':
      return body.items.map((item) => renderBody(item, context)).filter((item) => item !== undefined);
    case 'object': {
      const fields = body.fields.map(([key, part]) => [key, renderBody(part, context)] as const);
      return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
    }
    default:
      return body satisfies never;
  }
}

function renderValue(template: Template, context: Context): unknown {
  if (lacksAttribute(template, context)) return undefined;
  const [only, ...others] = template.parts;
  if (only !== undefined && typeof only !== 'string' && others.length === 0) return evaluate(only, context);
  return template.parts.map((part) => partText(part, context)).join('');
}

/** The text of a query parameter or form field; null when it is to be left out. */
export function renderText(template: Template, context: Context): string | null {
  const value = renderValue(template, context);
  return value === undefined || value === null ? null : textOf(value, template.source);
}

/**
 * The path to ask for. Each inserted value is percent-encoded and stays inside its own segment; an empty value is an
 * error, since `PATCH /users/` with nothing behind it speaks to all users at once.
 */
export function renderPath(template: Template, context: Context): string {
  const path = template.parts
    .map((part) => (typeof part === 'string' ? part : pathSegment(partText(part, context), `{{ ${part.source} }}`)))
    .join('');
  return withoutDots(path, template.source);
}

/** A header's value; null when it is to be left out. Line breaks in it would start a header of their own. */
export function renderHeader(template: Template, context: Context): string | null {
  const value = renderText(template, context);
  if (value !== null && !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new Fault('target_refused', `a value has characters that a header cannot hold: ${template.source}`);
  }
  return value;
}

function lacksAttribute(template: Template, context: Context): boolean {
  const { attributes } = context;
  if (!isRecord(attributes)) return false;
  return expressionsOf(template).some(({ reads }) =>
    reads.some((name) => name.startsWith('attributes.') && attributes[name.slice('attributes.'.length)] === undefined),
  );
}

function partText(part: string | Expression, context: Context): string {
  return typeof part === 'string' ? part : textOf(evaluate(part, context) ?? '', part.source);
}

function evaluate(expression: Expression, context: Context): unknown {
  try {
    return expression.evaluate(context);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw new Fault('target_refused', `{{ ${expression.source} }}: ${error.message}`, { cause: error });
  }
}

function textOf(value: unknown, source: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new Fault('target_refused', `${source} gives a list or an object where text is needed`);
}

/** The expressions of a template. */
export function expressionsOf(template: Template): Expression[] {
  return template.parts.filter((part) => typeof part !== 'string');
}
