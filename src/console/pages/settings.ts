import { Router } from 'express';
import { act, cameFrom, fieldOf } from '../act.ts';
import { sendPage } from '../page.ts';
import { type Visit, visitIn } from '../visit.ts';
import type { Phrase } from '../words/index.ts';

type EndingToken = {
  id: string;
  prefix: string;
  expiresAt: string;
  lastUsedAt: string | null;
  connection: { id: string; name: string };
};

/** What is decided once for the whole tenant, each on a page of its own, with the rights of which one opens it. */
const PARTS = [
  { path: 'policy', rights: ['integrations', 'audit'] },
  { path: 'notices', rights: ['integrations', 'audit'] },
  { path: 'extensions', rights: ['integrations', 'audit'] },
  { path: 'configuration', rights: ['integrations', 'audit'] },
  { path: 'operators', rights: ['owner'] },
  { path: 'technical-users', rights: ['owner'] },
] as const;

/** The settings: where each is, what ends soon, and one's own. */
export function settingsPages(): Router {
  const router = Router();
  router.get('/settings', async (req, res) => {
    const visit = visitIn(res);
    const view = {
      parts: partsFor(visit),
      tokens: visit.may('integrations', 'audit')
        ? (await visit.api.get<{ tokens: EndingToken[] }>('/tokens')).tokens
        : null,
    };
    sendPage(req, res, { template: 'settings', title: visit.say('settings.title'), part: 'settings', view });
  });
  router.post(
    '/language',
    act(async (req, visit) => {
      await visit.api.send('PUT', '/me', { language: fieldOf(req, 'language') });
      return { to: cameFrom(req, visit) };
    }),
  );
  return router;
}

function partsFor({ may, base, say }: Visit) {
  return PARTS.filter(({ rights }) => may(...rights)).map(({ path }) => ({
    href: `${base}/settings/${path}`,
    title: say(`settings.${path}` satisfies Phrase),
    help: say(`settings.${path}.help` satisfies Phrase),
  }));
}
