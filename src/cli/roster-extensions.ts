import type { ExtensionAttribute, ExtensionSchema } from '../model/extension.ts';

/**
 * The extensions that a profile names, with every attribute as text: where no server is asked, nobody knows how they are
 * declared. The server looks at their values.
 */
export function namedExtensions(written: Readonly<Record<string, unknown>>): ExtensionSchema[] {
  const columns = written['columns'];
  const named = typeof columns === 'object' && columns !== null ? Object.values(columns).map(attributeOf) : [];
  const byUrn = new Map<string, Set<string>>();
  for (const path of named) {
    const [, urn, name] = /^(urn:.+):([^:]+)$/.exec(path) ?? [];
    if (urn && name && !urn.startsWith(OURS)) byUrn.set(urn, (byUrn.get(urn) ?? new Set()).add(name));
  }
  return [...byUrn].map(([urn, names]) => ({
    ...{ urn, name: urn, description: '', resourceType: 'User', required: false },
    attributes: [...names].map(textAttribute),
  }));
}

/** What Gangway declares itself is known, and has names of its own in a profile. */
const OURS = 'urn:gangway:';

function attributeOf(to: unknown): string {
  const attribute = typeof to === 'object' && to !== null && 'attribute' in to ? to.attribute : to;
  return typeof attribute === 'string' ? attribute : '';
}

function textAttribute(name: string): ExtensionAttribute {
  const usual = { multiValued: false, description: '', required: false, caseExact: false } as const;
  return { name, type: 'string', ...usual, mutability: 'readWrite', returned: 'default', uniqueness: 'none' };
}
