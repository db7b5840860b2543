import type { Mapping } from '../model/mapping.ts';
import type { ManualEdit, Policy } from '../model/policy.ts';
import { modeOf } from './manual-edits.ts';

export type ManagedAttribute = { name: string; manualEdits: ManualEdit; locked: boolean };

/**
 * Which of the attributes that a target stores a connection manages, and what becomes of edits that others make there. What
 * the mapping never manages or does not name is other people's to enter, so nothing locks it (S32).
 */
export function managedAttributes(
  stored: readonly string[],
  mapping: Mapping,
  { manualEdits }: Policy,
): ManagedAttribute[] {
  const sent = stored.filter((name) => isSent(name, mapping));
  return ['email', ...sent].map((name) => {
    const mode = modeOf(name, manualEdits);
    return { name, manualEdits: mode, locked: mode === 'lock' };
  });
}

function isSent(name: string, { attributes, neverManaged = [] }: Mapping): boolean {
  return !neverManaged.includes(name) && (attributes === undefined || name in attributes);
}
