import type { ExtensionAttribute, ExtensionSchema } from '../model/extension.ts';

/**
 * What of the stored values a new declaration would lose or misread, as names: attributes that it no longer has, or that
 * have another type, another number or another sense of letter case (search documents are folded by it).
 */
export function lossesOf(before: ExtensionSchema, after: ExtensionSchema): string[] {
  if (before.resourceType !== after.resourceType) return ['the resource type'];
  return lost(before.attributes, after.attributes, '');
}

function lost(before: readonly ExtensionAttribute[], after: readonly ExtensionAttribute[], prefix: string): string[] {
  return before.flatMap((old) => {
    const now = after.find(({ name }) => name === old.name);
    const path = `${prefix}${old.name}`;
    if (!now || now.type !== old.type || now.multiValued !== old.multiValued || now.caseExact !== old.caseExact) {
      return [path];
    }
    return lost(old.subAttributes ?? [], now.subAttributes ?? [], `${path}.`);
  });
}
