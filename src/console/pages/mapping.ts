import { type Request, type Response, Router } from 'express';
import type { Mapping, Otherwise } from '../../model/mapping.ts';
import { act, fieldOf } from '../act.ts';
import { type Problem, Refusal } from '../api.ts';
import { connectionOf } from '../connection.ts';
import { filledIn } from '../forms/fields.ts';
import {
  attributeRows,
  faultsIn,
  groupRows,
  linesAround,
  mappingText,
  type ReadText,
  readText,
  type TextFault,
} from '../forms/mapping.ts';
import { sendPage } from '../page.ts';
import type { Say } from '../say.ts';
import { visitIn } from '../visit.ts';
import { candidatesFor, sendUnmatched, showCandidates, showUnmatched, type Tried, tryOn } from './mapping-trial.ts';
import { makePlan, plannedIn } from './plans.ts';

type Shown = { text?: string; problem?: Problem | null; tried?: Tried | null };

/** A connection's mapping: to read, to edit as text, to try on somebody, and what it does not name. */
export function mappingPages(): Router {
  const router = Router();
  router.get('/:id/mapping', async (req, res) => showMapping(req, res));
  router.get('/:id/mapping/people', showCandidates);
  router.get('/:id/mapping/unmatched', showUnmatched);
  router.get('/:id/mapping/unmatched.csv', sendUnmatched);
  router.post('/:id/mapping/try', async (req, res) => {
    const text = filledIn(req.body)['document'] ?? '';
    const { faults, value } = readText(text);
    if (faults.length > 0) return showMapping(req, res, { text });
    try {
      await showMapping(req, res, { text, tried: await tryOn(req, visitIn(res), value) });
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code === 'sign_in_again') throw error;
      await showMapping(req, res, { text, problem: error.problem });
    }
  });
  router.post(
    '/:id/mapping',
    act(
      async (req, visit) => {
        const { value, faults } = readText(filledIn(req.body)['document'] ?? '');
        if (faults.length > 0) throw new Refusal({ status: 422, detail: visit.say('mapping.unreadable') });
        return makePlan(visit, { kind: 'mapping', connectionId: String(req.params['id']), mapping: value });
      },
      (req, res, problem) => showMapping(req, res, { text: filledIn(req.body)['document'] ?? '', problem }),
    ),
  );
  return router;
}

async function showMapping(req: Request, res: Response, shown: Shown = {}): Promise<void> {
  const visit = visitIn(res);
  const connection = await connectionOf(visit, String(req.params['id']));
  const { mapping } = await visit.api.get<{ mapping: Mapping }>(`/connections/${connection.id}/mapping`);
  const planned = await plannedIn<Mapping>(req, visit, 'mapping');
  const { text = mappingText(planned ?? mapping), problem = null, tried = null } = shown;
  const faults = shown.text === undefined ? [] : faultsOf(readText(text), problem);
  const view = {
    connection,
    tab: 'mapping',
    here: `${visit.base}/connections/${connection.id}/mapping`,
    text,
    faults,
    lines: linesAround(text, faults),
    tried,
    ...readable(mapping, visit.say),
    person: fieldOf(req, 'person') ?? '',
    people: tried ? [] : await candidatesFor(req, visit, connection.id),
    allowed: visit.may('integrations'),
    searchable: visit.may('people', 'audit'),
  };
  const title = visit.say('mapping.title', { name: connection.name });
  sendPage(req, res, { template: 'mapping', title, part: 'connections', view }, faults.length > 0 ? 422 : 200);
}

function faultsOf(read: ReadText, problem: Problem | null): TextFault[] {
  if (read.faults.length > 0) return read.faults;
  return problem ? faultsIn(read, problem) : [];
}

function readable(mapping: Mapping, say: Say) {
  const rest = (otherwise: Otherwise = 'keep') =>
    typeof otherwise === 'string' ? say(`mapping.rest.${otherwise}`) : `“${otherwise.value}”`;
  return {
    attributes: attributeRows(mapping, rest),
    groups: groupRows(mapping, rest),
    scope: mapping.scope ?? null,
    neverManaged: mapping.neverManaged ?? [],
    builtIn: Object.keys(mapping).length === 0,
  };
}
