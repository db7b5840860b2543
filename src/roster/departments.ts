import type { Mapping } from '../model/mapping.ts';
import type { RosterProfile } from './profile.ts';

/** The departments that rows may name. */
export type Departments = { has(name: string): boolean };

/**
 * Which departments there are (S82): as the profile lists them, spelled exactly, or those that the mapping's table of
 * departments names (S71), with or without letter case as the table says. Undefined where any will do.
 */
export function departmentsOf({ departments }: RosterProfile, mapping: Mapping): Departments | undefined {
  if (departments === undefined) return undefined;
  if (departments !== 'mapping') return new Set(departments);
  const { table, fold = false } = mapping.attributes?.['department'] ?? {};
  if (table === undefined) return undefined;
  if (!fold) return new Set(Object.keys(table));
  const names = new Set(Object.keys(table).map(folded));
  return { has: (name) => names.has(folded(name)) };
}

/** As a table that folds compares. */
function folded(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
