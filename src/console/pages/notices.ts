import { type Request, type Response, Router } from 'express';
import { DEFAULT_NOTICES, NOTICE_KINDS, NOTICE_LANGUAGES, type Recipient } from '../../model/notice.ts';
import { act, type Done, fieldOf, fieldsOf } from '../act.ts';
import { connectionOf } from '../connection.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';

type List = { mailed: boolean; recipients: Recipient[]; timeZone: string | null; expectedEvery?: string | null };
type Told = {
  kind: string;
  createdAt: string;
  connection: { id: string; name: string } | null;
  mails: { address: string; state: string; answer: string | null }[];
};
/** Whose list it is: where its pages are, and the part of the API that it is behind. */
type Place = { here: string; api: string };

const RECENT = 20;

/** Who gets the notices of one connection. */
export function connectionNoticePages(): Router {
  return noticePages('/:id/notices', (req, { base }) => {
    const one = `/connections/${encodeURIComponent(String(req.params['id']))}`;
    return { here: `${base}${one}/notices`, api: `${one}/notice-list` };
  });
}

/** Who gets those of all connections. */
export function tenantNoticePages(): Router {
  return noticePages('/notices', (_req, { base }) => ({ here: `${base}/settings/notices`, api: '/notice-list' }));
}

function noticePages(path: string, placeOf: (req: Request, visit: Visit) => Place): Router {
  const router = Router();
  const acts: Record<string, (req: Request, visit: Visit, place: Place) => Promise<Done>> = {
    recipients: saveRecipient,
    remove: removeRecipient,
    when: saveWhen,
    test: sendTest,
  };
  router.get(path, async (req, res) => showNotices(req, res, placeOf(req, visitIn(res))));
  for (const [name, work] of Object.entries(acts)) {
    router.post(
      `${path}/${name}`,
      act(async (req, visit) => work(req, visit, placeOf(req, visit))),
    );
  }
  return router;
}

async function showNotices(req: Request, res: Response, { here, api }: Place): Promise<void> {
  const visit = visitIn(res);
  const { say } = visit;
  const id = req.params['id'];
  const connection = id === undefined ? null : await connectionOf(visit, String(id));
  const [list, { notices }] = await Promise.all([
    visit.api.get<List>(api),
    visit.api.get<{ notices: Told[] }>('/notices', { connection: connection?.id, limit: RECENT }),
  ]);
  const fresh = { address: '', language: visit.language, kinds: DEFAULT_NOTICES };
  const view = {
    connection,
    tab: 'notices',
    here,
    list,
    fresh,
    notices,
    kinds: NOTICE_KINDS,
    languages: NOTICE_LANGUAGES,
    allowed: visit.may('integrations'),
  };
  const title = connection ? say('notices.title', { name: connection.name }) : say('notices.tenantTitle');
  sendPage(req, res, { template: 'notices', title, part: connection ? 'connections' : 'settings', view });
}

async function saveRecipient(req: Request, visit: Visit, { here, api }: Place): Promise<Done> {
  const address = fieldOf(req, 'address') ?? '';
  const recipient = { address, language: fieldOf(req, 'language'), kinds: fieldsOf(req, 'kinds') };
  await change(visit, api, ({ recipients }) => {
    const known = recipients.some((one) => isSame(one.address, address));
    const all = known
      ? recipients.map((one) => (isSame(one.address, address) ? recipient : one))
      : [...recipients, recipient];
    return { recipients: all };
  });
  return { to: here, told: visit.say('notices.added', { address }) };
}

async function removeRecipient(req: Request, visit: Visit, { here, api }: Place): Promise<Done> {
  const address = fieldOf(req, 'address') ?? '';
  await change(visit, api, ({ recipients }) => ({
    recipients: recipients.filter((one) => !isSame(one.address, address)),
  }));
  return { to: here, told: visit.say('notices.removed', { address }) };
}

async function saveWhen(req: Request, visit: Visit, { here, api }: Place): Promise<Done> {
  await change(visit, api, (list) => ({
    timeZone: fieldOf(req, 'timeZone') ?? null,
    ...('expectedEvery' in list && { expectedEvery: fieldOf(req, 'expectedEvery') ?? null }),
  }));
  return { to: here, told: visit.say('notices.saved') };
}

async function sendTest(req: Request, visit: Visit, { here, api }: Place): Promise<Done> {
  const address = fieldOf(req, 'address') ?? '';
  const body = { address, language: fieldOf(req, 'language') };
  const { confirmed } = await visit.api.send<{ confirmed: boolean }>('POST', `${api}/test`, body);
  return { to: here, told: visit.say(confirmed ? 'notices.tested' : 'notices.testedUnsure', { address }) };
}

/** The list is set as a whole, so what a form does not ask for stays as it is. */
async function change(visit: Visit, api: string, changed: (list: List) => object): Promise<void> {
  const list = await visit.api.get<List>(api);
  const { recipients, timeZone, expectedEvery } = list;
  const kept = { recipients, timeZone, ...(expectedEvery !== undefined && { expectedEvery }) };
  await visit.api.send('PUT', api, { ...kept, ...changed(list) });
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
