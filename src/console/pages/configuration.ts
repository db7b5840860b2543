import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { Ask } from '../../configuration/ask.ts';
import { carryOut } from '../../configuration/carry-out.ts';
import { configFrom, textOfConfig } from '../../configuration/file.ts';
import { readHere } from '../../configuration/here.ts';
import { type Step, type Steps, stepsFor } from '../../configuration/steps.ts';
import { isFault } from '../../errors.ts';
import { act, fieldOf } from '../act.ts';
import { type Problem, Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

type Secret = { target: string; name: string; field: string };

/** Values are shown as far as they tell something. */
const SHOWN_LENGTH = 300;
const UUID = /^[\da-f-]{36}$/;

/** All that is configured as one file (S40): saved, looked at beside what is here, and taken over. */
export function configurationPages(): Router {
  const router = Router();
  router.get('/configuration', (req, res) => show(req, res));
  router.get('/configuration.yaml', async (_req, res) => {
    const visit = visitIn(res);
    const { document } = await readHere(askFor(visit), visit.tenant.tenantId);
    res
      .type('text/yaml; charset=utf-8')
      .attachment(`${visit.tenant.name}.yaml`)
      .send(await textOfConfig(document));
  });
  for (const path of ['/configuration/plan', '/configuration/apply']) {
    router.get(path, (_req, res) => res.redirect(303, `${visitIn(res).base}/settings/configuration`));
  }
  // looks and changes nothing, so that the answer may be the page
  router.post('/configuration/plan', async (req, res) => {
    const text = fieldOf(req, 'upload') ?? fieldOf(req, 'text') ?? '';
    try {
      await showPlan(req, res, text);
    } catch (error) {
      if (!isFault(error, 'config_invalid')) throw error;
      await show(req, res, { status: 422, detail: error.message }, text);
    }
  });
  router.post('/configuration/apply', act(apply, applyAgain));
  return router;
}

async function show(req: Request, res: Response, problem: Problem | null = null, text = ''): Promise<void> {
  const visit = visitIn(res);
  const waits = String(req.query['waits'] ?? '')
    .split(',')
    .filter((id) => UUID.test(id));
  const page = { template: 'configuration', title: visit.say('settings.configuration'), part: 'settings' };
  sendPage(req, res, { ...page, view: { waits, text }, problem }, problem?.status ?? 200);
}

async function showPlan(req: Request, res: Response, text: string, problem: Problem | null = null): Promise<void> {
  const visit = visitIn(res);
  const { steps, secrets } = await stepsOf(visit, text);
  const rows = [...steps.steps.flatMap(({ differs }) => differs), ...steps.stays];
  const view = {
    text,
    seen: seenAs(steps),
    steps: steps.steps.map((step) => ({ kind: step.kind, name: nameOf(step) })),
    rows: rows.map((row) => ({ ...row, here: inShort(row.here), file: inShort(row.file) })),
    first: steps.first,
    secrets,
  };
  const page = { template: 'configuration-plan', title: visit.say('configuration.plan'), part: 'settings' };
  sendPage(req, res, { ...page, view, problem }, problem?.status ?? 200);
}

async function apply(req: Request, visit: Visit) {
  const text = fieldOf(req, 'text') ?? '';
  const { here, steps, secrets } = await stepsOf(visit, text);
  // what was agreed to is what is done: the world may have moved since it was looked at
  if (seenAs(steps) !== fieldOf(req, 'seen') || steps.first.length > 0) {
    throw new Refusal({ status: 409, detail: visit.say('configuration.moved') });
  }
  const given = secrets.map(({ target, name, field }) => [`${target}.${name}`, fieldOf(req, field) ?? '']);
  const carrying = { api: askFor(visit), actor: visit.operator, secrets: Object.fromEntries(given) };
  const outcomes = await carryOut(carrying, here, steps.steps);
  const waits = outcomes.flatMap(({ waits: plan }) => plan ?? []);
  const to = `${visit.base}/settings/configuration`;
  const told = visit.say('configuration.done', { count: outcomes.length - waits.length });
  return { to: waits.length > 0 ? `${to}?waits=${waits.join(',')}` : to, told };
}

/** What was done stays; the plan shows the rest with the reason why it went no further. */
function applyAgain(req: Request, res: Response, problem: Problem): Promise<void> {
  return showPlan(req, res, fieldOf(req, 'text') ?? '', problem);
}

async function stepsOf(visit: Visit, text: string) {
  const file = await configFrom(text, 'the file');
  const here = await readHere(askFor(visit), visit.tenant.tenantId);
  const secrets = secretsOf(file.targets ?? {});
  // each has a field beside the plan, so none of them is lacking
  const steps = stepsFor(
    here.document,
    file,
    secrets.map(({ target, name }) => `${target}.${name}`),
  );
  const made = steps.steps.flatMap((step) => (step.kind === 'new-target' ? [step.name] : []));
  return { here, steps, secrets: secrets.filter(({ target }) => made.includes(target)) };
}

function secretsOf(targets: Readonly<Record<string, { secrets?: readonly string[] }>>): Secret[] {
  const all = Object.entries(targets).flatMap(([target, { secrets = [] }]) =>
    secrets.map((name) => ({ target, name })),
  );
  return all.map((one, index) => ({ ...one, field: `secret${index}` }));
}

function askFor({ api }: Visit): Ask {
  return { call: (method, path, body) => (method === 'GET' ? api.get(path) : api.send(method, path, body)) };
}

/** Tells one plan from another. */
function seenAs({ steps }: Steps): string {
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex');
}

function nameOf(step: Step): string {
  if (step.kind === 'extension') return step.urn;
  if (step.kind === 'attach') return `${step.target} → ${step.name}`;
  return step.kind === 'tenant-policy' ? '' : step.name;
}

function inShort(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
