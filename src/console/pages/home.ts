import { Router } from 'express';
import { sendPage } from '../page.ts';
import type { Say } from '../say.ts';
import { type Visit, visitIn } from '../visit.ts';
import type { Phrase } from '../words/index.ts';

type Day = { day: string; joiners: number; movers: number; leavers: number; failed: number; p95Ms: number | null };
type Home = {
  needs: Record<string, number>;
  countedTo: number;
  setup: { connection: { id: string; name: string }; done: string[]; open: string; href: string }[];
  days: Day[];
  targets: { id: string; name: string; environment: string; downSince: string | null }[];
};

const SERIES = ['joiners', 'movers', 'leavers', 'failed'] as const;
/** Where what needs somebody is dealt with. */
const PLACES: Readonly<Record<string, string>> = {
  holds: '/holds',
  failed: '/people?state=failed',
  waiting: '/people/waiting',
  edited: '/people/edited',
  heldRosters: '/runs',
  refusedRosters: '/runs',
  tokensExpiring: '/connections',
};

/** The first page: what needs somebody, what happened, and whether the targets answer. */
export function homePages(): Router {
  const router = Router();
  router.get('/', async (req, res) => {
    const visit = visitIn(res);
    const home = await visit.api.get<Home>('/home');
    const title = visit.say('home.title');
    sendPage(req, res, { template: 'home', title, part: '', view: viewOf(home, visit) });
  });
  return router;
}

function viewOf({ needs, countedTo, setup, days, targets }: Home, { say, base }: Visit) {
  const cards = Object.entries(needs)
    // people in holds are counted with their holds
    .filter(([name, count]) => count > 0 && name in PLACES)
    .map(([name, count]) => ({
      count: count < countedTo ? String(count) : say('home.more', { count: countedTo }),
      words: say(`home.need.${name}` as Phrase),
      href: `${base}${PLACES[name]}`,
    }));
  const steps = setup.map(({ connection, open }) => ({
    words: say(`home.step.${open}` as Phrase, { name: connection.name }),
    href: `${base}/connections/${connection.id}#${open}`,
  }));
  return { cards, steps, days, targets, series: SERIES, chart: days.length > 1 ? chartOf(days, say) : null };
}

function chartOf(days: readonly Day[], say: Say): string {
  const series = SERIES.map((name) => [name, { label: say(`home.${name}`), values: days.map((one) => one[name]) }]);
  return JSON.stringify({
    days: days.map(({ day }) => Date.parse(`${day}T00:00Z`) / 1000),
    series: Object.fromEntries(series),
  });
}
