import { Readable } from 'node:stream';
import { type Request, type Response, Router } from 'express';
import { act } from '../act.ts';
import { type Problem, Refusal } from '../api.ts';
import { connectionOf } from '../connection.ts';
import { type Filled, faultsOf, filledIn } from '../forms/fields.ts';
import { columnRows, type ProfileDocument, profileFilled, profileFrom } from '../forms/roster-profile.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

type Choices = { attributes: string[]; kinds: string[]; dateFormats: string[]; encodings: string[] };
type Stored = { set: ProfileDocument; profile: ProfileDocument; choices: Choices };
type Proposal = {
  profile: ProfileDocument;
  columns: { column: string; attribute: string | null; confidence: number; reason: string }[];
  unmapped: string[];
  questions: string[];
};
type Shown = { filled?: Filled; problem?: Problem | null; proposal?: Proposal | null; pasted?: string };

const TYPES: Readonly<Record<string, string>> = {
  '<': 'application/xml',
  '[': 'application/json',
  '{': 'application/json',
};

/** How the rosters of a connection are read: column by column, and a proposal from a file. */
export function rosterProfilePages(): Router {
  const router = Router();
  router.get('/:id/roster-profile', async (req, res) => showProfile(req, res));
  router.post('/:id/roster-profile/propose', async (req, res) => {
    const pasted = filledIn(req.body)['lines'] ?? '';
    try {
      const proposal = await proposed(req, visitIn(res), pasted);
      await showProfile(req, res, { proposal, filled: profileFilled(proposal.profile), pasted });
    } catch (error) {
      if (!(error instanceof Refusal) || error.problem.code === 'sign_in_again') throw error;
      await showProfile(req, res, { problem: error.problem, pasted });
    }
  });
  router.post(
    '/:id/roster-profile',
    act(
      async (req, visit) => {
        await visit.api.send('PUT', pathOf(req), profileFrom(filledIn(req.body)));
        return { to: `${visit.base}${pathOf(req)}`, told: visit.say('profile.saved') };
      },
      (req, res, problem) => showProfile(req, res, { filled: filledIn(req.body), problem }),
    ),
  );
  return router;
}

function pathOf(req: Request): string {
  return `/connections/${encodeURIComponent(String(req.params['id']))}/roster-profile`;
}

/** What the API would make of a file's begin, or of lines that were pasted. */
async function proposed(req: Request, { api, say }: Visit, pasted: string): Promise<Proposal> {
  const { head } = req;
  const bytes = head && head.bytes.length > 0 ? head.bytes : Buffer.from(pasted);
  if (bytes.toString().trim() === '') throw new Refusal({ status: 422, detail: say('profile.nothing') });
  const type =
    TYPES[
      bytes
        .toString()
        .replace(/^\uFEFF/, '')
        .trimStart()
        .slice(0, 1)
    ] ?? 'text/csv';
  // a file that was cut ends behind its last whole line
  const begin = head && !head.whole && type === 'text/csv' ? bytes.subarray(0, bytes.lastIndexOf(10) + 1) : bytes;
  const { encoding, row, rows } = filledIn(req.body);
  const hints = { encoding, row, rows };
  const file = { stream: Readable.from([begin]), headers: { 'content-type': type } };
  return api.upload<Proposal>(`${pathOf(req)}/propose`, file, hints);
}

async function showProfile(req: Request, res: Response, shown: Shown = {}): Promise<void> {
  const visit = visitIn(res);
  const connection = await connectionOf(visit, String(req.params['id']));
  const { set, profile, choices } = await visit.api.get<Stored>(pathOf(req));
  const { problem = null, proposal = null, pasted = '' } = shown;
  const filled = shown.filled ?? profileFilled(set);
  const view = {
    connection,
    tab: 'roster-profile',
    here: `${visit.base}${pathOf(req)}`,
    filled,
    rows: columnRows(filled),
    usual: profileFilled(profile),
    choices,
    proposal,
    pasted,
    faults: faultsOf(problem, ''),
    ownFormat: Object.keys(set).length === 0,
    allowed: visit.may('integrations'),
  };
  const title = visit.say('profile.title', { name: connection.name });
  sendPage(req, res, { template: 'roster-profile', title, part: 'connections', view, problem }, problem?.status ?? 200);
}
