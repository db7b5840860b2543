import type { Condition, Filter } from '../../model/filter.ts';
import { ScimError } from '../error.ts';
import { parseBracketed } from '../filter/parse.ts';
import { resolveInside } from '../filter/resolve.ts';
import { type Token, tokenize } from '../filter/tokens.ts';
import type { Attribute, Attributes, ResourceSchema } from '../schema/attribute.ts';
import type { Leniency } from '../schema/coerce.ts';
import { lookup, lookupExtension } from '../schema/lookup.ts';

/** What a PATCH path names: a whole extension, or an attribute with perhaps a filter and a sub-attribute. */
export type PatchPath =
  | { kind: 'extension'; owner: string; attributes: Attributes }
  | {
      kind: 'attribute';
      owner: string | null;
      attribute: Attribute;
      /** What stands in the brackets, as written and as resolved. */
      brackets: { filter: Filter; condition: Condition } | null;
      sub: Attribute | null;
      text: string;
    };

/**
 * Parses a PATCH path (RFC 7644 §3.5.2, figure 7) and finds it in the schema, so that no text of a client ever becomes
 * a property name. Null when no schema knows the attribute; invalidPath when it is not a path at all.
 */
export function parsePath(schema: ResourceSchema, text: string, leniency: Leniency): PatchPath | null {
  const extension = lookupExtension(schema, text);
  if (extension) return { kind: 'extension', owner: extension.id, attributes: extension.attributes };
  const tokens = tokensOf(text);
  const [first, second] = tokens;
  if (first?.kind !== 'word') throw invalidPath(text, 'it must begin with an attribute name');
  const place = lookup(schema, first.text, leniency);
  if (!place) return null;
  const { owner, attribute } = place;
  if (second?.kind === 'end') return { kind: 'attribute', owner, attribute, brackets: null, sub: place.sub, text };
  if (second?.kind !== '[' || place.sub)
    throw invalidPath(text, 'only an attribute or a filter in brackets may follow');
  if (!attribute.sub || !attribute.multiValued)
    throw invalidPath(text, `${attribute.name} has no elements to choose from`);
  const { filter, next } = parseBracketed(tokens, 2);
  const condition = resolveInside(attribute, filter, { unknown: 'error', ...leniency });
  const sub = subAfterBrackets(text, attribute, tokens.slice(next));
  return { kind: 'attribute', owner, attribute, brackets: { filter, condition }, sub, text };
}

function subAfterBrackets(text: string, attribute: Attribute, rest: Token[]): Attribute | null {
  const [word, end] = rest;
  if (word?.kind === 'end') return null;
  if (word?.kind !== 'word' || !word.text.startsWith('.') || end?.kind !== 'end') {
    throw invalidPath(text, 'only one sub-attribute may follow the brackets');
  }
  const sub = attribute.sub?.get(word.text.slice(1).toLowerCase());
  if (!sub) throw invalidPath(text, `${attribute.name} has no sub-attribute "${word.text.slice(1)}"`);
  return sub;
}

function tokensOf(text: string): Token[] {
  try {
    return tokenize(text);
  } catch (error) {
    throw invalidPath(text, error instanceof Error ? error.message : String(error));
  }
}

export function invalidPath(text: string, why: string): ScimError {
  return new ScimError(400, `the path "${text.slice(0, 200)}" is not valid: ${why}`, 'invalidPath');
}
