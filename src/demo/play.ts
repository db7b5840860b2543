import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../cli/address.ts';
import { type Config, readConfig } from '../config.ts';
import { Fault } from '../errors.ts';
import { companyOf } from './company.ts';
import { dayOf, nightBefore } from './day.ts';
import { countsOf, type Sandbox, sandboxPage } from './play-sandbox.ts';
import { MOST_PEOPLE, scimClient } from './play-scim.ts';
import { countsText, createView, type Times, timesText, type View } from './play-view.ts';
import { type Act, carryOut, type Progress } from './play-watch.ts';

export type PlayOptions = { people?: string; fast?: boolean; json?: boolean };

/** Every part of the day needs somebody of its own. */
const FEWEST_PEOPLE = 5;
const DEADLINE_MS = 15_000;
const REST_MS = 1_000;
const PACE_MS = 120;
/** However many people: the requests of one act are spread over at most this. */
const LONGEST_ACT_MS = 2_500;

/** Plays a day at a company against the running server and shows how the sandbox follows. */
export async function playDay(options: PlayOptions): Promise<void> {
  const people = companyOf(countOf(options.people));
  const config = readConfig();
  const origin = addressOf(config);
  await mustListen(origin);
  const scim = scimClient(`${origin}/scim/v2`, tokenOf(config));
  const sandbox = sandboxPage(`${origin}/sandbox`);
  const earlier = await nightBefore(scim);
  const acts = [...(earlier ? [earlier] : []), ...dayOf(people, scim, sandbox)];
  const view = createView(process.stdout, options.json);
  const interrupted = () => {
    view.close();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    view.say(`A day at a company of ${people.length}. Watch along: ${origin}/sandbox/accounts\n`);
    const times = await playActs(acts, sandbox, view, options.fast ?? false);
    view.say(summary(times, countsText(countsOf(await sandbox.look())), `${origin}/sandbox/accounts`));
  } finally {
    process.off('SIGINT', interrupted);
    view.close();
  }
}

async function playActs(acts: Act[], sandbox: Sandbox, view: View, fast: boolean): Promise<Times> {
  const all: number[] = [];
  for (const act of acts) {
    let latest: Progress = { done: 0, total: 0, counts: { invited: 0, active: 0, suspended: 0 } };
    const paceMs = fast ? 0 : Math.min(PACE_MS, LONGEST_ACT_MS / act.steps.length);
    const onProgress = (progress: Progress) => {
      latest = progress;
      view.progress(act, progress, timesOf(all));
    };
    all.push(...(await carryOut(act, { sandbox, paceMs, deadlineMs: DEADLINE_MS, onProgress })));
    view.progress(act, latest, timesOf(all));
    if (!fast) await sleep(REST_MS);
    view.end(act, latest, timesOf(all));
  }
  return timesOf(all);
}

function timesOf(milliseconds: number[]): Times {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const [p50, max] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)];
  return p50 === undefined || max === undefined ? null : { p50, max, count: sorted.length };
}

function summary(times: Times, counts: string, page: string): string {
  return `
The day is over. In the sandbox: ${counts}.
${times ? `From ${timesText(times)}.\n` : ''}The people and groups stay, for you to look at; the next day lets them go and takes the same ones back.
${page}
`;
}

function countOf(text = '25'): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= FEWEST_PEOPLE && count <= MOST_PEOPLE) return count;
  throw new Fault('config_invalid', `--people must be a whole number from ${FEWEST_PEOPLE} to ${MOST_PEOPLE}`);
}

async function mustListen(origin: string): Promise<void> {
  const answer = await fetch(`${origin}/healthz`).catch(() => null);
  if (answer?.ok) return;
  throw new Fault('config_invalid', `no Gangway answers at ${origin}; start it first: npm start`);
}

function tokenOf({ dataDir }: Config): string {
  const path = join(dataDir, 'demo-token');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Fault('config_invalid', `there is no ${path}; start the server with the demo first: npm start`, {
      cause,
    });
  }
}
