/** The types that an attribute of a declared extension may have (RFC 7643 §2.3). */
export const EXTENSION_TYPES = ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'reference', 'complex'] as const;
export type ExtensionType = (typeof EXTENSION_TYPES)[number];

/** One attribute as RFC 7643 §7 describes it; what a declaration left open has the RFC's default. */
export type ExtensionAttribute = {
  readonly name: string;
  readonly type: ExtensionType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  /** The only values that are taken; any when absent. */
  readonly canonicalValues?: readonly string[] | undefined;
  readonly mutability: 'readWrite' | 'readOnly';
  readonly returned: 'always' | 'default' | 'request';
  readonly uniqueness: 'none';
  readonly referenceTypes?: readonly string[] | undefined;
  /** Of complex attributes alone; never complex themselves. */
  readonly subAttributes?: readonly ExtensionAttribute[] | undefined;
};

/** What a tenant adds to one resource type: attributes under a URN of its own (RFC 7643 §3.3). */
export type ExtensionSchema = {
  readonly urn: string;
  readonly name: string;
  readonly description: string;
  readonly resourceType: 'User' | 'Group';
  /** True when every resource of the type must carry it (RFC 7643 §6). */
  readonly required: boolean;
  readonly attributes: readonly ExtensionAttribute[];
};

/**
 * True when paths cannot tell two URNs apart: they are the same but for letter case, or one goes on where the other ends,
 * as `urn:a:b:c` is also the attribute `c` of `urn:a:b` (RFC 7644 §3.10).
 */
export function overlap(one: string, other: string): boolean {
  const [short = '', long = ''] = [one.toLowerCase(), other.toLowerCase()].toSorted((a, b) => a.length - b.length);
  return long.startsWith(short) && ['', ':', '.'].includes(long.charAt(short.length));
}
