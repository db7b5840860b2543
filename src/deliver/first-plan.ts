import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Connection } from '../model/connection.ts';
import { UNDECIDED } from '../model/decision.ts';
import { addressesOf, emailOf, type Match } from '../model/email.ts';
import { type Fate, type Place, placeOf } from '../plan/first-plan.ts';
import { desiredByMapping } from '../plan/mapping.ts';
import { type Observed, plan } from '../plan/plan.ts';
import { type At, allAccounts, type KnownPerson, ownersOf, peopleOf } from './everybody.ts';
import { needsManagers, withManagers } from './managers.ts';
import { mappingOf } from './mappings.ts';
import { observe, seenAs } from './observe.ts';

export type Entry = {
  userName: string | null;
  email: string | null;
  remoteId: string | null;
  fate: Fate | 'untouched';
  /** What the account is marked as once it is linked. */
  label: string | null;
};
/** All are counted, the first of them named. */
export type Column = { count: number; first: Entry[] };

export type FirstPlan = {
  /** `list`: the whole target was compared. `sample`: it cannot be listed, so the first people were looked up. */
  basis: 'list' | 'sample';
  /** How many people were compared. */
  people: number;
  both: Column;
  /** Accounts of nobody here: never touched. Null where the target cannot list them. */
  targetOnly: Column | null;
  sourceOnly: Column;
};

const NAMED = 100;
const SAMPLE = 100;
const LOOK_MS = 60_000;

/** Who is known to the app, to the source, or to both, and what enabling would do; `each` is told of everybody. Changes nothing. */
export async function firstPlan(
  db: Knex,
  connector: Connector,
  connection: Connection,
  targetId: string,
  each: (personId: string, entry: Entry) => void = () => {},
): Promise<FirstPlan> {
  const at = { tenantId: connection.tenantId, connectionId: connection.id, targetId };
  const result = empty();
  const mapping = await mappingOf(db, connection);
  const needed = needsManagers(mapping, connector.capabilities.attributes);
  // nobody decides anything before the connection is enabled
  const circumstances = { now: new Date(), can: connector.capabilities, decisions: UNDECIDED };
  const wantedOf = (person: KnownPerson) =>
    desiredByMapping(mapping, person, connection.policy, connector.capabilities, person.link?.choice);
  const judge = (person: KnownPerson, observed: Observed): Place | null =>
    placeOf(observed, plan(wantedOf(person), observed, connection.policy, circumstances));
  const add = (person: KnownPerson, place: Place | null) => {
    result.people += 1;
    if (!place) return;
    const entry = entryOf(person, place, connection.name);
    put(result[place.column], entry);
    each(person.id, entry);
  };
  if (!connector.capabilities.list) {
    const signal = AbortSignal.timeout(LOOK_MS);
    for (const person of await withManagers(db, at, needed, await sampleOf(db, at))) {
      const key = { tenantId: at.tenantId, targetId, personId: person.id };
      const seen = seenAs(person, wantedOf(person));
      add(person, judge(person, await observe(db, connector, key, person.link, seen, signal)));
    }
    return result;
  }
  const accounts = await allAccounts(connector);
  const spoken = new Set<string>();
  const look = lookAmong(accounts, connection.policy.match);
  for await (const page of peopleOf(db, at)) {
    const found = page.flatMap((person) => look(person).found.map(({ remoteId }) => remoteId));
    const owners = await ownersOf(db, at, found);
    const here = page.filter(({ status }) => status !== 'deleted');
    for (const person of await withManagers(db, at, needed, here)) {
      const isOthers = (id: string) => spoken.has(id) || (owners.get(id) ?? person.id) !== person.id;
      const observed = withoutOthers(look(person), isOthers);
      const place = judge(person, observed);
      for (const { remoteId } of place?.accounts ?? []) spoken.add(remoteId);
      add(person, place);
    }
  }
  const targetOnly = empty().both;
  for (const account of accounts.values()) if (!spoken.has(account.remoteId)) put(targetOnly, untouched(account));
  return { ...result, basis: 'list', targetOnly };
}

/** The first people who could have an account; tombstones are nothing to a plan. */
async function sampleOf(db: Knex, at: At): Promise<KnownPerson[]> {
  const sample: KnownPerson[] = [];
  for await (const page of peopleOf(db, at)) {
    sample.push(...page.filter(({ status }) => status !== 'deleted'));
    if (sample.length >= SAMPLE) break;
  }
  return sample.slice(0, SAMPLE);
}

/** Observes people in a list instead of asking for each. */
function lookAmong(accounts: ReadonlyMap<string, ActualAccount>, match: Match): (person: KnownPerson) => Observed {
  const byEmail = Map.groupBy(accounts.values(), ({ email }) => fold(email));
  return ({ link, resource, status }) => {
    const nothing = { link, actual: null, found: [], taken: false };
    if (link?.remoteId) return { ...nothing, actual: accounts.get(link.remoteId) ?? null };
    const emails = status === 'active' || link?.state === 'inviting' ? addressesOf(resource, match) : [];
    const found = emails.flatMap((email) => byEmail.get(fold(email)) ?? []);
    return { ...nothing, found: [...new Set(found)] };
  };
}

function withoutOthers(observed: Observed, isOthers: (remoteId: string) => boolean): Observed {
  const found = observed.found.filter(({ remoteId }) => !isOthers(remoteId));
  return { ...observed, found, taken: found.length < observed.found.length };
}

function entryOf({ userName, resource }: KnownPerson, { fate, accounts }: Place, name: string): Entry {
  const label = fate === 'linked' || fate === 'adopt' ? `added via ${name}` : null;
  return { userName, email: emailOf(resource), remoteId: accounts[0]?.remoteId ?? null, fate, label };
}

function untouched({ email, remoteId }: ActualAccount): Entry {
  return { userName: null, email, remoteId, fate: 'untouched', label: null };
}

function put(column: Column, entry: Entry): void {
  column.count += 1;
  if (column.first.length < NAMED) column.first.push(entry);
}

function empty(): FirstPlan {
  const column = (): Column => ({ count: 0, first: [] });
  return { basis: 'sample', people: 0, both: column(), targetOnly: null, sourceOnly: column() };
}

/** An e-mail as it is compared. */
function fold(email: string): string {
  return email.normalize('NFC').toLowerCase();
}
