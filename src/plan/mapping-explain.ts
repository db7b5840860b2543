import type { Person } from '../model/person.ts';
import { ATTRIBUTE_NAMES, type Mapped, type Scope } from './desired.ts';
import { mapPerson, type Step } from './mapping.ts';
import type { CompiledMapping, CompiledRule } from './mapping-compile.ts';
import { nearMisses } from './near-miss.ts';

/** One step, with the names that an unmatched value may have been meant for. */
export type ExplainedStep = Step & { readonly near: readonly string[] };
/** What a mapping made of a person, and how. */
export type Explained = { readonly result: Mapped; readonly steps: readonly ExplainedStep[] };

/** What a mapping makes of an active person at one target, rule by rule. */
export function explainMapping(mapping: CompiledMapping, person: Person, scope: Scope): Explained {
  const steps: Step[] = [];
  const result = mapPerson(mapping, person, scope, steps);
  const explained = steps.map((step) => ({
    ...step,
    near: step.unmatched && step.source !== null ? nearIn(mapping, step.place, step.source) : [],
  }));
  return { result, steps: explained };
}

/** Values of the table at a place of the mapping that come near to one that it does not name. */
export function nearIn(mapping: CompiledMapping, place: string, value: string): string[] {
  const rule = rulesOf(mapping).find((one) => one.place === place);
  return nearMisses(value, rule?.lookup?.values ?? []);
}

/** A target that takes all that the mapping gives. */
export function anyTarget(mapping: CompiledMapping): Scope {
  return { attributes: mapping.attributes?.map(({ name }) => name) ?? ATTRIBUTE_NAMES, groups: true };
}

function rulesOf({ attributes, groups }: CompiledMapping): CompiledRule[] {
  return [...(attributes ?? []), ...(groups.own ? [groups.own] : []), ...groups.more];
}
