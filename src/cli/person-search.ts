import type { Command } from 'commander';
import { PERSON_STATES } from '../model/person-state.ts';
import type { Api } from './api.ts';
import { apiCommand, type Output } from './command.ts';
import { findPerson } from './find-person.ts';
import { listConnections, pick } from './named.ts';
import { table, when } from './print.ts';

type Found = {
  userName: string;
  email: string | null;
  displayName: string | null;
  connection: { name: string };
  modifiedAt: string;
  targets: { syncState: string }[];
};
type Which = {
  search?: string;
  state?: string;
  connection?: string;
  group?: string;
  changedSince?: string;
  sort?: string;
  limit?: string;
  csv?: boolean;
};
type Happened = {
  at: string;
  kind: string;
  what: string;
  words: string | null;
  state: string | null;
  actor: string | null;
  answer: string | null;
};

/** `gangway person search`: people by what their names, addresses and ids begin with. */
export function searchCommand(): Command {
  return apiCommand<Which>('search [text]', 'find people by the beginning of a name, an address or an id', run)
    .option('--state <state>', PERSON_STATES.join(', '))
    .option('--connection <name>', 'of this connection only')
    .option('--group <id>', 'who are in this group directly')
    .option('--changed-since <time>', 'whom the source has changed since, like 2026-01-31T00:00:00Z')
    .option('--sort <order>', 'created, userName or changed; with a minus the other way round')
    .option('--limit <number>', 'how many')
    .option('--csv', 'print everybody as CSV');
}

async function run(api: Api, [search]: string[], { csv, connection, ...wish }: Which): Promise<Output> {
  const query = new URLSearchParams();
  if (search !== undefined) query.set('search', search);
  if (connection !== undefined) query.set('connection', pick('connection', await listConnections(api), connection).id);
  for (const name of ['state', 'group', 'changedSince', 'sort', 'limit'] as const) {
    if (wish[name] !== undefined) query.set(name, wish[name]);
  }
  if (csv) {
    const text = await api.text(`/people?${query}`, 'text/csv');
    return { data: text, lines: [text.trimEnd()] };
  }
  const page = await api.call<{ people: Found[]; next: string | null }>('GET', `/people?${query}`);
  const rows = page.people.map((one) => [
    one.userName,
    one.displayName,
    one.email,
    one.connection.name,
    one.targets.map(({ syncState }) => syncState).join(', ') || 'no account',
    when(one.modifiedAt),
  ]);
  const headings = ['USERNAME', 'NAME', 'E-MAIL', 'CONNECTION', 'ACCOUNTS', 'CHANGED'];
  const more = page.next === null ? [] : ['there are more: narrow the search, raise --limit, or take --csv'];
  return { data: page, lines: [...table(headings, page.people.length ? rows : [], 'nobody was found'), ...more] };
}

/** `gangway person timeline`: what happened to somebody. */
export function timelineCommand(): Command {
  return apiCommand<{ connection?: string }>(
    'timeline <person>',
    'show what happened to somebody, the latest first',
    async (api, [named = ''], { connection }) => {
      const { id } = await findPerson(api, named, connection);
      const { events } = await api.call<{ events: Happened[] }>('GET', `/people/${id}/timeline`);
      const rows = events.map(({ at, kind, what, words, state, actor, answer }) => {
        return [when(at), kind, words ?? what, state, actor, answer];
      });
      return { data: events, lines: table(['WHEN', 'KIND', 'WHAT', 'STATE', 'BY', 'ANSWER'], rows, 'nothing yet') };
    },
  ).option('--connection <name>', 'the person of this connection');
}

/** `gangway person sync`: look at somebody's accounts now. */
export function syncCommand(): Command {
  return apiCommand<{ connection?: string }>(
    'sync <person>',
    'look at somebody’s accounts now',
    async (api, [named = ''], { connection }) => {
      const { id } = await findPerson(api, named, connection);
      const marked = await api.call<{ userName: string }>('POST', `/people/${id}/sync`, {});
      return { data: marked, lines: [`${marked.userName} is looked at now: gangway why ${named}`] };
    },
  ).option('--connection <name>', 'the person of this connection');
}
