import { MANAGER_SOURCES, type ManagerFacts } from '../model/mapping.ts';

/** Which fact of a person's manager a name stands for; null for any other name. */
export function managerFact(name: string): keyof ManagerFacts | null {
  return Object.hasOwn(MANAGER_SOURCES, name) ? MANAGER_SOURCES[name as keyof typeof MANAGER_SOURCES] : null;
}

/** True when a target names an attribute that is found with the manager. */
export function asksForManager(attributes: readonly string[]): boolean {
  return attributes.some((name) => managerFact(name) !== null);
}
