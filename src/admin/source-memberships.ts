import type { Knex } from 'knex';
import { needsManagers, withManagers } from '../deliver/managers.ts';
import { readMapping } from '../directory/mappings.ts';
import { readPerson } from '../directory/person.ts';
import { compileMapping } from '../plan/mapping-compile.ts';
import { type ExplainedStep, explainMapping } from '../plan/mapping-explain.ts';
import type { Summary } from '../report/summary.ts';

/** A group that the source gives, by its name at the target, and whom the rule behind it is about. */
export type SourceMembership = { readonly group: string; readonly rule: string };

/** The groups that somebody's connection gives them at a target, as its mapping says, each with the rule that does. */
export async function sourceMemberships(
  db: Knex,
  { id: personId, connection }: Summary,
  { tenantId, targetId }: { tenantId: string; targetId: string },
): Promise<SourceMembership[]> {
  const at = { tenantId, connectionId: connection.id, targetId };
  const found = await readPerson(db, { ...at, personId });
  if (!found) return [];
  const mapping = compileMapping((await readMapping(db, tenantId, connection.id)).mapping);
  const [person = found.person] = await withManagers(db, at, needsManagers(mapping, []), [found.person]);
  const { result, steps } = explainMapping(mapping, person, { attributes: [], groups: true });
  // an expression that fails changes nothing at the target: what the source says is the nearest to what is there
  const groups = result.kind === 'in' ? result.groups : result.kind === 'failed' ? person.groups : [];
  return groups
    .map((group) => ({ group, rule: ruleOf(group, steps) }))
    .toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

function ruleOf(group: string, steps: readonly ExplainedStep[]): string {
  const step = steps.find(({ name, result }) => name === 'groups' && result.includes(group));
  if (!step || step.reads === 'group') return `who is in its group "${step?.source ?? group}"`;
  return `who has "${step.source}" by ${step.place} (${step.reads})`;
}
