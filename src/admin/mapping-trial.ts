import type { Knex } from 'knex';
import { z } from 'zod';
import { isUuid } from '../database/uuid.ts';
import { needsManagers, withManagers } from '../deliver/managers.ts';
import { listConnections } from '../directory/connections.ts';
import { listExtensions } from '../directory/extensions.ts';
import { readMapping } from '../directory/mappings.ts';
import { readPerson } from '../directory/person.ts';
import { fold } from '../directory/stored.ts';
import { Fault } from '../errors.ts';
import { emailOf } from '../model/email.ts';
import type { Mapping } from '../model/mapping.ts';
import type { Person, Resource } from '../model/person.ts';
import { compileMapping } from '../plan/mapping-compile.ts';
import { anyTarget, type ExplainedStep, explainMapping } from '../plan/mapping-explain.ts';
import { peopleNamed } from '../report/summary.ts';
import { isStorable } from './input.ts';
import { parseMapping } from './mapping-document.ts';

const NO_TARGET = '00000000-0000-0000-0000-000000000000';

const Trial = z
  .strictObject({
    /** The id or userName of somebody in the directory. */
    person: z.string().min(1).max(1000).refine(isStorable, 'text that no name can hold').optional(),
    /** A User as the source would send it, with the names of the groups they would be in. */
    resource: z.record(z.string(), z.unknown()).optional(),
    groups: z.array(z.string()).max(1000).optional(),
    /** Tried instead of the one that holds. */
    mapping: z.unknown().optional(),
  })
  .refine(({ person, resource }) => (person === undefined) !== (resource === undefined), {
    message: 'say who: either person (an id or userName) or resource (a SCIM user)',
  });

export type Tried = {
  userName: string | null;
  scope: 'in' | 'out' | 'failed';
  /** Why it failed. */
  problem: string | null;
  /** What a target that takes everything would get; null out of scope. */
  account: {
    email: string | null;
    attributes: Readonly<Record<string, string | null>>;
    groups: readonly string[];
  } | null;
  steps: readonly ExplainedStep[];
  unmatched: { code: 'unmatched_value'; attribute: string; value: string; near: readonly string[] }[];
};

/** What a mapping makes of one person, rule by rule. Changes nothing and asks no target. */
export async function tryMapping(db: Knex, tenantId: string, connectionId: string, body: unknown): Promise<Tried> {
  const stored = await readMapping(db, tenantId, connectionId);
  const trial = Trial.parse(body ?? {});
  const mapping: Mapping =
    trial.mapping === undefined ? stored.mapping : parseMapping(trial.mapping, await listExtensions(db, tenantId));
  const compiled = compileMapping(mapping);
  const targetId = (await targetsOf(db, tenantId, connectionId))[0] ?? NO_TARGET;
  const at = { tenantId, connectionId, targetId };
  const person =
    trial.person === undefined ? sketched(trial.resource ?? {}, trial.groups) : await namedPerson(db, at, trial.person);
  const [known = person] = await withManagers(db, at, needsManagers(compiled, []), [person]);
  const { result, steps } = explainMapping(compiled, known, anyTarget(compiled));
  const { userName } = known.resource;
  return {
    userName: typeof userName === 'string' ? userName : null,
    scope: result.kind,
    problem: result.kind === 'failed' ? result.words : null,
    account:
      result.kind === 'in'
        ? { email: emailOf(known.resource), attributes: result.attributes, groups: result.groups }
        : null,
    steps,
    unmatched: steps.flatMap(unmatchedOf),
  };
}

function unmatchedOf({ unmatched, name, source, near }: ExplainedStep): Tried['unmatched'] {
  return unmatched && source !== null ? [{ code: 'unmatched_value', attribute: name, value: source, near }] : [];
}

/** The ids of the targets that follow a connection. */
export async function targetsOf(db: Knex, tenantId: string, connectionId: string): Promise<string[]> {
  return (await listConnections(db, tenantId)).find(({ id }) => id === connectionId)?.targetIds ?? [];
}

function sketched(resource: Resource, groups: readonly string[] = []): Person {
  return { id: NO_TARGET, status: 'active', resource, groups };
}

async function namedPerson(
  db: Knex,
  { tenantId, connectionId, targetId }: { tenantId: string; connectionId: string; targetId: string },
  named: string,
): Promise<Person> {
  const ids = isUuid(named) ? [named] : await peopleNamed(db, tenantId, fold(named));
  for (const personId of ids) {
    const found = await readPerson(db, { tenantId, targetId, personId });
    if (found?.connection.id === connectionId) return found.person;
  }
  throw new Fault('not_found', `this connection knows nobody with the id or userName "${named.slice(0, 200)}"`);
}
