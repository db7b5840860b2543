import { type Request, type Response, Router } from 'express';
import { sendPage } from '../page.ts';
import { visitIn } from '../visit.ts';
import { answered, partStatus, wholeOf } from './connection.ts';

type Entry = { userName: string | null; email: string | null; fate: string; label: string | null };
type Column = { count: number; first: Entry[] };
type AtTarget = {
  targetId: string;
  name: string;
  basis: 'list' | 'sample';
  people: number;
  both: Column;
  targetOnly: Column | null;
  sourceOnly: Column;
};
type Parting = { name: string; keep: number; suspend: number; revoke: number };

/** How many of a column are shown before one asks for all that are named. */
const SHOWN = 10;
const PREVIEW = { preview: true };

/**
 * What enabling and disconnecting would do, before it is done. Both ask the targets, which takes its time: the page comes at
 * once, and what was found is put into it, together with the button.
 */
export function connectionPlans(): Router {
  const router = Router();
  for (const [path, template] of [
    ['enable', 'connection-enabling'],
    ['disconnect', 'connection-disconnecting'],
  ] as const) {
    router.get(`/:id/${path}`, async (req, res) => {
      const visit = visitIn(res);
      const connection = await wholeOf(req, visit);
      const resumes = path === 'enable' && connection.state === 'paused';
      const title = visit.say(resumes ? 'connection.title.resume' : `connection.title.${path}`, {
        name: connection.name,
      });
      sendPage(req, res, { template, title, part: 'connections', view: viewOf(connection, {}) });
    });
  }
  router.get('/:id/first-plan', showFirstPlan);
  router.get('/:id/parting', showParting);
  return router;
}

async function showFirstPlan(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const connection = await wholeOf(req, visit);
  const path = `/connections/${connection.id}/first-plan`;
  const { answer, failed } = await answered(visit.api.get<{ targets: AtTarget[] }>(path));
  const shown = (answer?.targets ?? []).map(({ both, sourceOnly, targetOnly, ...target }) => ({
    ...target,
    columns: Object.entries({ both, sourceOnly, targetOnly }).map(([column, of]) => ({ column, ...cut(of) })),
  }));
  const title = visit.say('connection.title.enable', { name: connection.name });
  const view = viewOf(connection, { targets: shown, failed });
  sendPage(req, res, { template: 'connection-first-plan', title, part: 'connections', view }, partStatus(req, failed));
}

async function showParting(req: Request, res: Response): Promise<void> {
  const visit = visitIn(res);
  const connection = await wholeOf(req, visit);
  const path = `/connections/${connection.id}/disconnect`;
  const found = visit.api.send<{ neverInvited: number; targets: Parting[]; policy: object }>('POST', path, {}, PREVIEW);
  const { answer, failed } = await answered(found);
  const title = visit.say('connection.title.disconnect', { name: connection.name });
  const view = viewOf(connection, { ...answer, failed });
  sendPage(req, res, { template: 'connection-parting', title, part: 'connections', view }, partStatus(req, failed));
}

function viewOf(connection: object, more: object) {
  return { connection, tab: 'overview', ...more };
}

/** Null where the target cannot say; else who is shown at once, who is named besides, and how many are only counted. */
function cut(column: Column | null) {
  if (column === null) return { count: null, shown: [], more: [], unnamed: 0 };
  const { count, first } = column;
  return { count, shown: first.slice(0, SHOWN), more: first.slice(SHOWN), unnamed: count - first.length };
}
