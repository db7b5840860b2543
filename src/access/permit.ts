import type { Need, Principal } from '../model/principal.ts';

/**
 * May the principal do in this tenant what needs these rights?
 *
 *   principal              need                       permitted
 *   installation           any                        yes
 *   no role in the tenant  any                        no
 *   owner                  any                        yes
 *   other rights           one right of every list    yes
 *   other rights           otherwise                  no
 */
export function permits(principal: Principal, tenantId: string, need: Need): boolean {
  if (principal.kind === 'installation') return true;
  const rights = principal.roles.get(tenantId);
  if (!rights) return false;
  return rights.includes('owner') || need.every((oneOf) => oneOf.some((right) => rights.includes(right)));
}

/** What is missing, for people. */
export function needWords(need: Need): string {
  return need.map((oneOf) => oneOf.join(' or ')).join(', and ') || 'a role in this tenant';
}
