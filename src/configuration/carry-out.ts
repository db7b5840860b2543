import type { Ask, Named } from './ask.ts';
import type { Fields } from './document.ts';
import type { Here } from './here.ts';
import type { Step } from './steps.ts';

export type Carrying = {
  readonly api: Ask;
  readonly actor: string;
  /** Values of secrets by target and name, like `app.token`. */
  readonly secrets: Readonly<Record<string, string>>;
};
/** What became of a step: done, or a plan that somebody else must approve. */
export type Outcome = { readonly step: Step; readonly waits: string | null };

/** Carries the steps out in their order; what was done stays when a later one fails, and the next import does the rest. */
export async function carryOut(carrying: Carrying, here: Here, steps: readonly Step[]): Promise<Outcome[]> {
  const targets = new Map(here.targetIds);
  const connections = new Map(here.connectionIds);
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push({ step, waits: await one(carrying, step, targets, connections) });
  return outcomes;
}

type Ids = Map<string, string>;

/** The plan that waits for a second person, null where the step is done. */
async function one(
  { api, actor, secrets }: Carrying,
  step: Step,
  targets: Ids,
  connections: Ids,
): Promise<string | null> {
  const connectionId = 'name' in step ? connections.get(step.name) : undefined;
  const path = `/connections/${connectionId}`;
  switch (step.kind) {
    case 'extension':
      await api.call('PUT', `/extensions/${encodeURIComponent(step.urn)}`, step.extension);
      return null;
    case 'new-target':
      targets.set(step.name, (await newTarget(api, step, secrets)).id);
      return null;
    case 'target':
      await api.call('PATCH', `/targets/${targets.get(step.name)}`, { settings: step.settings });
      return null;
    case 'new-connection':
      connections.set(step.name, (await newConnection(api, step, targets)).id);
      return null;
    case 'profile':
      await api.call('PATCH', path, { profile: step.profile });
      return null;
    case 'attach':
      await api.call('PUT', `${path}/targets/${targets.get(step.target)}`);
      return null;
    case 'tenant-policy':
      return byPlan(api, actor, { kind: 'tenant-policy', policy: step.policy });
    case 'policy':
      return byPlan(api, actor, { kind: 'policy', connectionId, policy: step.policy });
    case 'mapping':
      return byPlan(api, actor, { kind: 'mapping', connectionId, mapping: step.mapping });
    case 'roster-profile':
      await api.call('PUT', `${path}/roster-profile`, step.profile);
      return null;
    default:
      return step satisfies never;
  }
}

/** A plan is looked at by the server, applied unchanged, or left for a second person where one alone may not. */
async function byPlan(api: Ask, actor: string, change: Fields): Promise<string | null> {
  const plan = await api.call<{ id: string; reasons: string[] }>('POST', '/plans', { actor, change });
  if (plan.reasons.length > 0) return plan.id;
  await api.call('POST', `/plans/${plan.id}/apply`, { actor });
  return null;
}

type NewTarget = Extract<Step, { kind: 'new-target' }>;

async function newTarget(api: Ask, { name, target }: NewTarget, given: Carrying['secrets']): Promise<Named> {
  const { kind, settings } = target;
  const own = Object.entries(given).filter(([key]) => key.startsWith(`${name}.`));
  const secrets = Object.fromEntries(own.map(([key, value]) => [key.slice(name.length + 1), value]));
  return api.call('POST', '/targets', { name, kind, environment: target.environment, settings, secrets });
}

function newConnection(api: Ask, step: Extract<Step, { kind: 'new-connection' }>, targets: Ids): Promise<Named> {
  const ids = step.targets.map((name) => targets.get(name));
  return api.call('POST', '/connections', { name: step.name, profile: step.profile, targets: ids });
}
