import { type Command, Option } from 'commander';
import type { Api } from './api.ts';
import { apiCommand, group, type Output, usageError } from './command.ts';
import { findPerson } from './find-person.ts';
import { listConnections, pick } from './named.ts';
import { managedCommand, membershipCommands } from './person-memberships.ts';
import { searchCommand, syncCommand, timelineCommand } from './person-search.ts';
import { table, when } from './print.ts';
import { recoverCommands } from './recover.ts';
import { undoPersonCommand } from './undo.ts';

type Ready = {
  id: string;
  userName: string;
  email: string | null;
  displayName: string | null;
  connection: { name: string; state: string };
  dueAt: string | null;
};
type Edited = {
  id: string;
  userName: string;
  connection: { name: string };
  target: { name: string };
  remoteId: string;
  attributes: string[];
};
type Decided = { id: string; userName: string; targetIds: string[] };
type Which = { connection?: string; allStaged?: boolean; account?: string; state?: string };

const PAGE = 1000;

/** `gangway person`: what a human decides for single people. */
export function personCommand(): Command {
  return group('person', 'who is there, who waits, and what you decide for them', [
    listCommand(),
    searchCommand(),
    timelineCommand(),
    syncCommand(),
    inviteCommand(),
    adoptCommand(),
    ...recoverCommands(),
    undoPersonCommand(),
    ...membershipCommands(),
    managedCommand(),
  ]);
}

function listCommand(): Command {
  return apiCommand<Which>('list', 'show who waits for you', async (api, _names, { connection, state }) => {
    if (state === 'edited') return edited(api, connection);
    if (state === 'waiting') return undecided(api, connection);
    const people = await staged(api, connection);
    const rows = people.map(({ email, displayName, connection: { name }, dueAt, userName }) => [
      email ?? 'no e-mail address',
      displayName,
      name,
      dueAt ? when(dueAt) : 'when you say so',
      userName,
    ]);
    const headings = ['E-MAIL', 'NAME', 'CONNECTION', 'INVITED', 'USERNAME'];
    return { data: people, lines: table(headings, rows, 'nobody waits to be invited') };
  })
    .addOption(
      new Option(
        '--state <state>',
        'staged: ready to be invited; edited: changed by others at the app; waiting: what you must decide or mend',
      )
        .choices(['staged', 'edited', 'waiting'])
        .default('staged'),
    )
    .option('--connection <name>', 'of this connection only');
}

function inviteCommand(): Command {
  return apiCommand<Which>(
    'invite [emails...]',
    'invite people who wait for it',
    async (api, emails, options, command): Promise<Output> => {
      const all = options.allStaged === true;
      if (all === emails.length > 0) usageError(command, 'name people by e-mail, or give --all-staged');
      const people = all
        ? (await staged(api, options.connection)).filter(({ email }) => email !== null)
        : await Promise.all(emails.map((email) => findPerson(api, email, options.connection)));
      const decided: Decided[] = [];
      for (const { id } of people) decided.push(await api.call<Decided>('POST', `/people/${id}/invite`));
      const lines = decided.map(({ userName, targetIds }) =>
        targetIds.length ? `${userName} is being invited` : `${userName} has an account everywhere already`,
      );
      return { data: decided, lines: lines.length ? lines : ['nobody waits to be invited'] };
    },
  )
    .option('--all-staged', 'everybody of `gangway person list`')
    .option('--connection <name>', 'of this connection only');
}

function adoptCommand(): Command {
  return apiCommand<Which>(
    'adopt <email>',
    'take over the account that exists already',
    async (api, [email = ''], { connection, account }) => {
      const { id } = await findPerson(api, email, connection);
      const body = account === undefined ? {} : { remoteId: account };
      const adopted = await api.call<Decided & { remoteId: string }>('POST', `/people/${id}/adopt`, body);
      return { data: adopted, lines: [`${adopted.userName} gets account ${adopted.remoteId}`] };
    },
  )
    .option('--account <id>', 'the account’s id at the app, where several carry the e-mail')
    .option('--connection <name>', 'the person of this connection');
}

async function edited(api: Api, connection: string | undefined): Promise<Output> {
  const people = await waiting<Edited>(api, 'edited', connection);
  const rows = people.map(({ userName, connection: { name }, target, attributes, remoteId }) => [
    userName,
    name,
    target.name,
    attributes.join(', '),
    remoteId,
  ]);
  const headings = ['USERNAME', 'CONNECTION', 'TARGET', 'CHANGED THERE', 'ACCOUNT'];
  return { data: people, lines: table(headings, rows, 'nobody’s account was changed by others') };
}

type Undecided = {
  id: string;
  userName: string;
  connection: { name: string };
  target: { name: string };
  reason: string;
  words: string;
};

async function undecided(api: Api, connection: string | undefined): Promise<Output> {
  const people = await waiting<Undecided>(api, 'waiting', connection);
  const rows = people.map(({ userName, connection: { name }, target, reason, words }) => [
    userName,
    name,
    target.name,
    reason,
    words,
  ]);
  return {
    data: people,
    lines: table(['USERNAME', 'CONNECTION', 'TARGET', 'REASON', 'MEANS'], rows, 'nobody waits for you'),
  };
}

const staged = (api: Api, connection: string | undefined) => waiting<Ready>(api, 'staged', connection);

async function waiting<Person extends { id: string }>(
  api: Api,
  state: 'staged' | 'edited' | 'waiting',
  connection: string | undefined,
): Promise<Person[]> {
  const id = connection === undefined ? undefined : pick('connection', await listConnections(api), connection).id;
  const people: Person[] = [];
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({ state, limit: String(PAGE) });
    if (id !== undefined) query.set('connection', id);
    if (after !== undefined) query.set('after', after);
    const page = (await api.call<{ people: Person[] }>('GET', `/people?${query}`)).people;
    people.push(...page);
    after = page.at(-1)?.id;
    if (page.length < PAGE) return people;
  }
}
