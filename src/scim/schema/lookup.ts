import type { Attribute, Attributes, ResourceSchema } from './attribute.ts';
import type { Leniency } from './coerce.ts';

/** Where a path leads: `owner` is the extension's URN or null for the core schema. */
export type Place = { owner: string | null; attribute: Attribute; sub: Attribute | null };

/**
 * Finds what a path without brackets names: `userName`, `name.givenName`, `urn:…:User:department`,
 * `urn:…:User:manager.value`; any letter case. Null when no schema knows it. Tolerant, also `urn:…:User.department`
 * (Entra).
 */
export function lookup(schema: ResourceSchema, path: string, leniency: Leniency): Place | null {
  const { owner, attributes, rest } = split(schema, path, leniency);
  const dot = rest.indexOf('.');
  const attribute = attributes.get((dot < 0 ? rest : rest.slice(0, dot)).toLowerCase());
  if (!attribute) return null;
  if (dot < 0) return { owner, attribute, sub: null };
  const sub = attribute.sub?.get(rest.slice(dot + 1).toLowerCase());
  return sub ? { owner, attribute, sub } : null;
}

/** The extension that a path names as a whole (`urn:…:enterprise:2.0:User`), or null. */
export function lookupExtension(schema: ResourceSchema, path: string): { id: string; attributes: Attributes } | null {
  return schema.extensions.get(path.toLowerCase()) ?? null;
}

function split(
  schema: ResourceSchema,
  path: string,
  { tolerant, note }: Leniency,
): { owner: string | null; attributes: Attributes; rest: string } {
  const lower = path.toLowerCase();
  const begins = (urn: string) => {
    if (!lower.startsWith(urn)) return false;
    const dot = tolerant && lower.charAt(urn.length) === '.';
    if (dot) note?.('urn_dot');
    return dot || lower.charAt(urn.length) === ':';
  };
  for (const [urn, extension] of schema.extensions) {
    if (begins(urn)) {
      return { owner: extension.id, attributes: extension.attributes, rest: path.slice(urn.length + 1) };
    }
  }
  const rest = begins(schema.id.toLowerCase()) ? path.slice(schema.id.length + 1) : path;
  return { owner: null, attributes: schema.attributes, rest };
}
