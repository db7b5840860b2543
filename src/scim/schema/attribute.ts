import SCIMMY from 'scimmy';
import type { AttributeRef } from '../../model/filter.ts';

/** One attribute of a schema, ready for look-up by lower-cased name. */
export type Attribute = AttributeRef & {
  readonly name: string;
  readonly required: boolean;
  readonly mutability: 'readWrite' | 'readOnly' | 'writeOnly' | 'immutable';
  readonly returned: 'always' | 'default' | 'never' | 'request';
  /** The only values that are taken; without them any (the RFC's own lists are suggestions, RFC 7643 §7). */
  readonly canonicalValues?: readonly string[] | undefined;
  readonly sub: Attributes | null;
};
export type Attributes = ReadonlyMap<string, Attribute>;

/** A resource type: its core schema and the extensions by lower-cased URN. */
export type ResourceSchema = {
  readonly id: string;
  readonly name: string;
  readonly attributes: Attributes;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Paths of what every answer holds, and of what none holds unless it is asked for (RFC 7643 §2.2 `returned`). */
  readonly always?: readonly (readonly string[])[];
  readonly onRequest?: readonly (readonly string[])[];
};
export type Extension = {
  readonly id: string;
  readonly attributes: Attributes;
  /** True when every resource must carry it. */
  readonly required?: boolean;
  /** True when a tenant has declared it. */
  readonly custom?: boolean;
};

type Definition = InstanceType<typeof SCIMMY.Types.SchemaDefinition>;
type ScimmyAttribute = InstanceType<typeof SCIMMY.Types.Attribute>;
type Config = {
  multiValued?: boolean;
  caseExact?: boolean;
  required?: boolean;
  mutable?: boolean | string;
  returned?: boolean | string;
  direction?: string;
  uniqueness?: string | boolean;
};

/** Common attributes (RFC 7643 §3.1) that a client may name in paths but that we keep, not the document. */
const OURS = new Set(['schemas', 'id', 'meta']);

/**
 * Compiles a SCIMMY schema definition, once per process, into look-up tables: SCIMMY stays the authority on what the
 * schemas say, and the hot path does not pay for its instances.
 */
export function compileSchema(definition: Definition): ResourceSchema {
  const extensions = new Map<string, Extension>();
  for (const part of definition.attributes) {
    if (!isExtension(part)) continue;
    extensions.set(part.id.toLowerCase(), { id: part.id, attributes: compileAttributes(part, [part.id]) });
  }
  return { id: definition.id, name: definition.name, attributes: compileAttributes(definition, []), extensions };
}

function compileAttributes(definition: Definition, prefix: readonly string[]): Attributes {
  const own = definition.attributes.filter((part): part is ScimmyAttribute => !isExtension(part));
  // an extension repeats SCIMMY's common attributes (externalId …) in its shadow: they belong to the core alone
  const usable = prefix.length ? own.filter((part) => !(part.config as { shadow?: boolean }).shadow) : own;
  return toMap(usable.filter((part) => !OURS.has(part.name)).map((part) => compileAttribute(part, prefix)));
}

function compileAttribute(part: ScimmyAttribute, prefix: readonly string[]): Attribute {
  const config = part.config as Config;
  const names = [...prefix, part.name];
  const sub =
    part.type === 'complex' ? toMap(subAttributes(part).map((inner) => compileAttribute(inner, names))) : null;
  return {
    name: part.name,
    names,
    type: part.type as Attribute['type'],
    caseExact: isCaseExact(part, config),
    multiValued: config.multiValued === true,
    required: config.required === true,
    mutability: mutabilityOf(config),
    returned:
      typeof config.returned === 'string'
        ? (config.returned as Attribute['returned'])
        : config.returned === false
          ? 'never'
          : 'default',
    sub,
  };
}

/** Ids, references and binaries compare exactly (RFC 7643 §2.3.6, §2.3.7, §4.2) whatever the definition forgot to say. */
function isCaseExact(part: ScimmyAttribute, config: Config): boolean {
  return config.caseExact === true || part.type === 'reference' || part.type === 'binary' || part.name === 'externalId';
}

function mutabilityOf(config: Config): Attribute['mutability'] {
  if (typeof config.mutable === 'string') return config.mutable as Attribute['mutability'];
  if (config.mutable === false) return 'readOnly';
  return config.direction === 'in' ? 'writeOnly' : 'readWrite';
}

function subAttributes(part: ScimmyAttribute): ScimmyAttribute[] {
  return [...((part as { subAttributes?: ScimmyAttribute[] }).subAttributes ?? [])];
}

function toMap(list: Attribute[]): Attributes {
  return new Map(list.map((attribute) => [attribute.name.toLowerCase(), attribute]));
}

function isExtension(part: unknown): part is Definition {
  return part instanceof SCIMMY.Types.SchemaDefinition;
}
