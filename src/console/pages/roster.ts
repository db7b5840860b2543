import { type Request, Router } from 'express';
import { act, type Done } from '../act.ts';
import { Refusal } from '../api.ts';
import { sendPage } from '../page.ts';
import { type Fields, readUpload, type Sent } from '../upload.ts';
import { type Visit, visitIn } from '../visit.ts';
import type { Run } from './runs.ts';

type Connection = { id: string; name: string; state: string };
type Profile = { set: { encoding?: string; key?: unknown }; profile: { columns?: Record<string, unknown> } };

/** What people meet; any other encoding is set in the profile. */
const ENCODINGS = ['utf-8', 'windows-1252', 'iso-8859-15', 'utf-16le', 'macintosh', 'ibm850', 'windows-1250'];
/** What becomes of a file when it has been read, and what the API is asked for then. */
const WAYS: Readonly<Record<string, Record<string, string>>> = {
  look: { dryRun: 'true' },
  hold: { hold: 'true' },
  apply: {},
};
/** The columns of our own format that most files have. */
const OWN = ['employeeNumber', 'givenName', 'familyName', 'email', 'department', 'manager', 'groups'];

/** Where the people of a connection are uploaded: a file, or pasted rows. */
export function rosterPages(): Router {
  const router = Router();
  router.get('/:id/roster', async (req, res) => {
    const visit = visitIn(res);
    const { api, say } = visit;
    const id = req.params.id;
    const [connection, { set, profile }, { runs }] = await Promise.all([
      knownConnection(visit, id),
      api.get<Profile>(`/connections/${id}/roster-profile`),
      api.get<{ runs: Run[] }>('/runs', { connection: id, kind: 'roster', limit: 1 }),
    ]);
    const view = {
      connection,
      here: `${visit.base}/connections/${id}/roster`,
      ways: Object.keys(WAYS),
      encodings: ENCODINGS,
      encoding: set.encoding ?? null,
      columns: Object.entries(profile.columns ?? {}).map(([header, to]) => [header, attributeOf(to)]),
      own: OWN,
      last: runs[0] ?? null,
    };
    sendPage(req, res, { template: 'roster', title: say('roster.title', connection), part: 'connections', view });
  });
  return router;
}

/** Takes the form of that page; it comes before what reads other forms, because a file is passed on as it comes. */
export function rosterUpload(): Router {
  const router = Router();
  router.post(
    '/connections/:id/roster',
    act((req, visit) => {
      const { say } = visit;
      const words = {
        oldForm: say('error.oldForm'),
        nothing: say('roster.nothing'),
        tooLong: say('roster.tooLong'),
        unreadable: say('error.unreadable'),
      };
      return readUpload(req, words, (sent, fields) => passOn(req, visit, sent, fields));
    }),
  );
  return router;
}

async function passOn(req: Request, visit: Visit, { stream, fileName, type }: Sent, fields: Fields): Promise<Done> {
  const positions = fields['kind'] === 'positions';
  const path = `/connections/${encodeURIComponent(String(req.params['id']))}/${positions ? 'positions' : 'rosters'}`;
  const wished = fields['way'] ?? 'hold';
  const way = Object.hasOwn(WAYS, wished) ? WAYS[wished] : WAYS['hold'];
  const query = {
    ...(positions ? { force: fields['force'] === 'true' ? 'true' : undefined } : way),
    encoding: fields['encoding'],
    fileName: fileName?.trim().slice(0, 200).toWellFormed(),
  };
  const file = { stream, headers: { 'content-type': type } };
  const { run, note } = await visit.api.upload<{ run: Run; note?: string }>(path, file, query);
  const told = note === undefined ? {} : { told: visit.say('roster.same') };
  return { to: `${visit.base}/runs/${run.id}`, ...told };
}

/** A connection by its id; a Refusal like the API's where there is none. */
async function knownConnection({ api, say }: Visit, id: string): Promise<Connection> {
  const { connections } = await api.get<{ connections: Connection[] }>('/connections');
  const found = connections.find((one) => one.id === id);
  if (!found) throw new Refusal({ status: 404, detail: say('error.noPage') });
  return found;
}

function attributeOf(to: unknown): string {
  return typeof to === 'string' ? to : String((to as { attribute?: unknown } | null)?.attribute ?? '');
}
