import type { Right } from '../model/principal.ts';

/** One line of configuration: who is in this group at the issuer has these rights in this tenant. */
export type GroupRole = { group: string; tenant: string; rights: Right[] };

/**
 * The roles that groups give, by tenant's name or id.
 *
 *   groups                          roles
 *   none, or none of the mapping    none: not let in
 *   one of the mapping              its rights in its tenant
 *   several for one tenant          the rights of all of them
 */
export function rolesOfGroups(groups: readonly string[], mapping: readonly GroupRole[]): Map<string, Right[]> {
  const roles = new Map<string, Right[]>();
  for (const { group, tenant, rights } of mapping) {
    if (groups.includes(group)) roles.set(tenant, [...new Set([...(roles.get(tenant) ?? []), ...rights])]);
  }
  return roles;
}

/** The groups of a claim: a list of texts, or one text; anything else is none. */
export function groupsIn(claim: unknown): string[] {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.filter((group) => typeof group === 'string') : [];
}
