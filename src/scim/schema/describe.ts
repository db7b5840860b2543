import type { ExtensionAttribute, ExtensionSchema } from '../../model/extension.ts';

/** A declared extension as a Schema resource (RFC 7643 §7), as JSON text. `base` is the URL of the endpoint. */
export function extensionText(extension: ExtensionSchema, base: string): string {
  const { urn, name, description, attributes } = extension;
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: urn,
    name,
    description,
    attributes: attributes.map(attributeOf),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${urn}` },
  });
}

/** In the order of RFC 7643 §8.7; what JSON has no value for is left out. */
function attributeOf(attribute: ExtensionAttribute): object {
  const { name, type, multiValued, description, required, subAttributes } = attribute;
  const { canonicalValues, caseExact, mutability, returned, uniqueness, referenceTypes } = attribute;
  return {
    name,
    type,
    multiValued,
    description,
    required,
    subAttributes: subAttributes?.map(attributeOf),
    canonicalValues,
    caseExact,
    mutability,
    returned,
    uniqueness,
    referenceTypes,
  };
}
