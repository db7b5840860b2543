import { type Request, type Response, Router } from 'express';
import type { TargetKind } from '../../model/target-kind.ts';
import { act, fieldOf, fieldsOf } from '../act.ts';
import { type Problem, Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { fieldGroups, freeRows, helpIn, moreLines, secretNames, secretsFrom, settingsFrom } from '../target-form.ts';
import { type Visit, visitIn } from '../visit.ts';
import { type Follower, followersOf, kindsOf, type Target } from './targets.ts';

type OneTarget = Target & { secrets: string[] };
type Capabilities = Record<string, unknown> & { attributes: string[] };
type Checked = { capabilities: Capabilities } | { problem: Problem };

/** What the app may be able to do, in the order in which it is told. */
const ABILITIES = ['suspend', 'erase', 'anonymise', 'groups', 'read', 'list'] as const;

/** One target: whether it answers, what it can do, how it is set up, who feeds it, and its end. */
export function oneTargetPages(): Router {
  const router = Router();
  router.get('/:id', (req, res) => show(req, res));
  router.get('/:id/check', (req, res) => res.redirect(303, visitIn(res).base + pathOf(req)));
  // asks the target itself and changes nothing, so that the answer may be the page
  router.post('/:id/check', async (req, res) => show(req, res, { checked: await checkOf(req, visitIn(res)) }));
  router.post(
    '/:id',
    act(
      async (req, visit) => {
        const { target, kind } = await foundBy(req, visit);
        await visit.api.send('PATCH', pathOf(req), changeOf(req, target, kind));
        return { to: `${visit.base}/targets/${target.id}`, told: visit.say('targets.changed') };
      },
      (req, res, problem) => show(req, res, { problem }),
    ),
  );
  router.post(
    '/:id/remove',
    act(async (req, visit) => {
      await visit.api.send('DELETE', pathOf(req));
      return { to: `${visit.base}/targets`, told: visit.say('targets.removed') };
    }),
  );
  return router;
}

type Said = { checked?: Checked; problem?: Problem };

async function show(req: Request, res: Response, { checked, problem }: Said = {}): Promise<void> {
  const visit = visitIn(res);
  const [{ target, kind }, { connections }] = await Promise.all([
    foundBy(req, visit),
    visit.api.get<{ connections: Follower[] }>('/connections'),
  ]);
  const { settings } = target;
  // what was refused is shown as it was filled in, but for secrets
  const values = problem ? { ...settings, ...changeOf(req, target, kind).settings } : settings;
  const view = {
    target: { ...target, name: (problem && fieldOf(req, 'name')) ?? target.name },
    kind,
    followers: followersOf(target.id, connections),
    groups: kind ? fieldGroups(kind, values) : [],
    more: kind ? moreLines(kind, values) : '',
    secrets: kind ? secretNames(kind, target.secrets) : [],
    rows: kind ? freeRows(kind) : [],
    helpOf: kind && helpIn(visit.say, kind),
    checked: checked && shownCheck(checked),
  };
  const page = { template: 'target', title: target.name, part: 'targets', view, problem: problem ?? null };
  sendPage(req, res, page, problem?.status ?? 200);
}

async function foundBy(req: Request, visit: Visit) {
  const [target, kinds] = await Promise.all([visit.api.get<OneTarget>(pathOf(req)), kindsOf(visit)]);
  return { target, kind: kinds.find((one) => one.kind === target.kind) };
}

async function checkOf(req: Request, { api }: Visit): Promise<Checked> {
  try {
    return await api.send<{ capabilities: Capabilities }>('POST', `${pathOf(req)}/check`);
  } catch (error) {
    if (error instanceof Refusal && [422, 502].includes(error.problem.status)) return { problem: error.problem };
    throw error;
  }
}

function shownCheck(checked: Checked) {
  if ('problem' in checked) return { problem: checked.problem, abilities: [], attributes: [] };
  const { capabilities } = checked;
  const abilities = ABILITIES.map((name) => ({ name, able: capabilities[name] === true }));
  return { problem: null, abilities, attributes: capabilities.attributes };
}

function changeOf(req: Request, target: OneTarget, kind: TargetKind | undefined) {
  const field = (name: string) => fieldOf(req, name);
  const names = kind ? secretNames(kind, target.secrets).map(({ name }) => name) : [];
  return {
    name: field('name'),
    environment: field('environment'),
    settings: kind ? settingsFrom(kind, field, target.settings) : {},
    secrets: secretsFrom(names, field, fieldsOf(req, 'drop')),
    check: field('check') !== undefined,
  };
}

function pathOf(req: Request): string {
  return `/targets/${encodeURIComponent(String(req.params['id']))}`;
}
