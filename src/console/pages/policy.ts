import { type Request, type Response, Router } from 'express';
import type { Policy } from '../../model/policy.ts';
import { effectivePolicy, type PolicyDocument, type PolicySource } from '../../model/policy-layers.ts';
import { PRESETS } from '../../model/presets.ts';
import { act } from '../act.ts';
import type { Problem } from '../api.ts';
import { connectionOf, type SeenConnection } from '../connection.ts';
import { type Filled, faultsOf, filledIn } from '../forms/fields.ts';
import {
  CONTROLS,
  DAY_PARTS,
  EDITS,
  GROUPS,
  GUARD_NUMBERS,
  PARTING,
  policyFilled,
  policyFrom,
} from '../forms/policy.ts';
import { optionWords, policyValueWords } from '../forms/policy-words.ts';
import { sendPage } from '../page.ts';
import { sayNamed } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';
import { makePlan, plannedIn } from './plans.ts';

/** What is set where, lowest layer first: of a tenant's own page the connection's is empty. */
type Layers = { connection: SeenConnection | null; tenant: PolicyDocument; own: PolicyDocument };

/** A connection's policy: what holds and where it comes from. Saving begins with a plan, so that it is seen what it does. */
export function connectionPolicyPages(): Router {
  const router = Router();
  router.get('/:id/policy', async (req, res) => showPolicy(req, res));
  router.post(
    '/:id/policy',
    act(
      async (req, visit) => {
        const connectionId = String(req.params['id']);
        return makePlan(visit, { kind: 'policy', connectionId, policy: policyFrom(filledIn(req.body)) });
      },
      (req, res, problem) => showPolicy(req, res, problem),
    ),
  );
  return router;
}

/** The tenant's own, for all connections that do not say otherwise. */
export function tenantPolicyPages(): Router {
  const router = Router();
  router.get('/policy', async (req, res) => showPolicy(req, res));
  router.post(
    '/policy',
    act(
      async (req, visit) => makePlan(visit, { kind: 'tenant-policy', policy: policyFrom(filledIn(req.body)) }),
      (req, res, problem) => showPolicy(req, res, problem),
    ),
  );
  return router;
}

async function showPolicy(req: Request, res: Response, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const id = req.params['id'];
  const layers = await layersOf(visit, id === undefined ? null : String(id));
  const { connection } = layers;
  const title = connection ? visit.say('policy.title', { name: connection.name }) : visit.say('policy.tenantTitle');
  const planned = await plannedIn<PolicyDocument>(req, visit, 'policy');
  const filled = problem ? filledIn(req.body) : policyFilled(planned ?? layers.own, inheritedBy(layers));
  const view = viewOf(visit, layers, filled, problem);
  const part = connection ? 'connections' : 'settings';
  sendPage(req, res, { template: 'policy', title, part, view, problem }, problem?.status ?? 200);
}

async function layersOf(visit: Visit, id: string | null): Promise<Layers> {
  if (id === null) {
    const { set } = await visit.api.get<{ set: PolicyDocument }>('/policy');
    return { connection: null, tenant: {}, own: set };
  }
  const connection = await connectionOf(visit, id);
  const path = `/connections/${id}/policy`;
  const { set, tenant } = await visit.api.get<{ set: PolicyDocument; tenant: PolicyDocument }>(path);
  return { connection, tenant, own: set };
}

function heldBy({ connection, tenant, own }: Layers) {
  return connection ? effectivePolicy(tenant, own) : effectivePolicy(own, {});
}

/** What would hold if nothing were set here, but for the preset. */
function inheritedBy({ own: { preset }, ...layers }: Layers): Policy {
  return heldBy({ ...layers, own: preset === undefined ? {} : { preset } }).policy;
}

function viewOf(visit: Visit, layers: Layers, filled: Filled, problem: Problem | null) {
  const { say, base } = visit;
  const { policy, from } = heldBy(layers);
  const inherited = inheritedBy(layers);
  const faults = faultsOf(problem, 'policy');
  const groups = Object.entries(GROUPS).map(([name, fields]) => ({
    name,
    fields: fields.map((field) => ({
      name: field,
      control: CONTROLS[field],
      now: policyValueWords(say, field, policy[field]),
      inherited: policyValueWords(say, field, inherited[field]),
      source: from[field],
      sourceWords: sourceWords(visit, layers, from[field]),
      faults: faults[field] ?? [],
    })),
  }));
  return {
    connection: layers.connection,
    tab: 'policy',
    here: layers.connection ? `${base}/connections/${layers.connection.id}/policy` : `${base}/settings/policy`,
    groups,
    filled,
    presets: presetsOf(visit),
    allowed: visit.may('integrations'),
    option: (field: string, value: string) => optionWords(say, field, value),
    parts: { EDITS, GUARD_NUMBERS, PARTING, DAY_PARTS },
  };
}

function sourceWords({ say }: Visit, { connection, tenant, own }: Layers, source: PolicySource): string {
  const mine = connection ? 'connection' : 'tenant';
  if (source === mine) return say('policy.from.here');
  const preset = source === `${mine} preset` ? own.preset : tenant.preset;
  return sayNamed(say, 'policy.from', source).replace('{preset}', preset ?? '');
}

function presetsOf({ say }: Visit) {
  return Object.entries(PRESETS).map(([name, values]) => ({
    name,
    values: Object.entries(values).map(([field, value]) => [
      sayNamed(say, 'policy.field', field),
      policyValueWords(say, field as keyof Policy, value),
    ]),
  }));
}
