import type { ExtensionAttribute, ExtensionSchema } from '../../model/extension.ts';
import type { Attribute, Attributes, Extension, ResourceSchema } from './attribute.ts';
import { CORE_SCHEMAS, type Schemas } from './schemas.ts';

/** More sets of declarations than any instance serves at a time; each is small. */
const KEPT = 500;
const bySource = new WeakMap<readonly ExtensionSchema[], Schemas>();
const byContent = new Map<string, Schemas>();

/**
 * The resource types as a tenant with these extensions sees them. Compiled once for the same declarations: a request
 * whose credential is cached costs one look-up. SCIMMY's definitions stay as they are, since all tenants share them.
 */
export function schemasFor(declared: readonly ExtensionSchema[]): Schemas {
  if (declared.length === 0) return CORE_SCHEMAS;
  const known = bySource.get(declared);
  if (known) return known;
  const content = JSON.stringify(declared);
  const schemas = byContent.get(content) ?? keep(content, compile(declared));
  bySource.set(declared, schemas);
  return schemas;
}

function keep(content: string, schemas: Schemas): Schemas {
  if (byContent.size >= KEPT) byContent.clear();
  byContent.set(content, schemas);
  return schemas;
}

function compile(declared: readonly ExtensionSchema[]): Schemas {
  const extended = (name: 'User' | 'Group'): ResourceSchema => {
    const core = CORE_SCHEMAS[name];
    const own = declared.filter(({ resourceType }) => resourceType === name);
    const extensions = new Map<string, Extension>(core.extensions);
    for (const one of own) extensions.set(one.urn.toLowerCase(), compileExtension(one));
    return { ...core, extensions, always: pathsOf(own, 'always'), onRequest: pathsOf(own, 'request') };
  };
  return { User: extended('User'), Group: extended('Group'), declared };
}

function compileExtension({ urn, required, attributes }: ExtensionSchema): Extension {
  return { id: urn, attributes: compileAttributes(attributes, [urn]), required, custom: true };
}

function compileAttributes(attributes: readonly ExtensionAttribute[], prefix: readonly string[]): Attributes {
  return new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), compileAttribute(attribute, prefix)]));
}

function compileAttribute(declared: ExtensionAttribute, prefix: readonly string[]): Attribute {
  const { name, type, multiValued, required, caseExact, canonicalValues, mutability, returned } = declared;
  const names = [...prefix, name];
  const sub = declared.subAttributes ? compileAttributes(declared.subAttributes, names) : null;
  return { name, names, type, multiValued, required, caseExact, canonicalValues, mutability, returned, sub };
}

function pathsOf(extensions: readonly ExtensionSchema[], returned: 'always' | 'request'): string[][] {
  return extensions.flatMap(({ urn, attributes }) =>
    attributes.filter((attribute) => attribute.returned === returned).map(({ name }) => [urn, name]),
  );
}
