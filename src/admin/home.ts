import { Router } from 'express';
import type { Knex } from 'knex';
import type { SetupStep } from '../model/setup.ts';
import { FOR_HUMANS } from '../plan/for-humans.ts';
import { setupOf } from '../plan/setup.ts';
import { daysSince } from '../report/hours.ts';
import { MOST_COUNTED, needsOf } from '../report/needs.ts';
import { unfinishedConnections } from '../report/setup.ts';
import { targetHealth } from '../report/target-health.ts';

const DAYS_MS = 30 * 86_400_000;

/** What each open step asks for, in words, and the command that does it (S13). */
const STEPS: Record<SetupStep, { words: string; command: (connection: string) => string }> = {
  target: {
    words: 'no app follows this connection yet: attach a target',
    command: (name) => `gangway connection attach ${name} TARGET`,
  },
  source: {
    words: 'the source has no way in yet: make a token for it, or send a roster',
    command: (name) => `gangway token create ${name}`,
  },
  people: {
    words: 'nobody has come in yet: start provisioning at the source, or send a roster',
    command: (name) => `gangway doctor ${name}`,
  },
  enable: {
    words: 'nothing leaves before this connection is enabled: look at the first plan, then enable it',
    command: (name) => `gangway connection enable ${name}`,
  },
};

/** What a tenant's first page shows: what needs a human, and what happened. */
export function homeRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.get('/', async (_req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const now = new Date();
    const [needs, connections, days, targets] = await Promise.all([
      needsOf(db, tenantId, FOR_HUMANS, now),
      unfinishedConnections(db, tenantId),
      daysSince(db, tenantId, new Date(now.getTime() - DAYS_MS)),
      targetHealth(db, tenantId),
    ]);
    res.json({ needs, countedTo: MOST_COUNTED, setup: connections.flatMap(unfinished), days, targets });
  });
  return router;
}

function unfinished({ id, name, ...facts }: Awaited<ReturnType<typeof unfinishedConnections>>[number]) {
  const { done, open } = setupOf(facts);
  if (open === null) return [];
  const { words, command } = STEPS[open];
  return [{ connection: { id, name }, done, open, words, command: command(name), href: `/connections/${id}#${open}` }];
}
