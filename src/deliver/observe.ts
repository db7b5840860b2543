import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import { managedGroups } from '../directory/manual-memberships.ts';
import { Fault } from '../errors.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Connection } from '../model/connection.ts';
import { addressesOf, emailOf, type Match } from '../model/email.ts';
import type { Link } from '../model/link.ts';
import type { Person } from '../model/person.ts';
import type { Desired } from '../plan/desired.ts';
import type { Observed } from '../plan/plan.ts';
import { believed } from './believed.ts';
import { askedAddresses, emailKey, isBeingInvited, type LinkKey, matchKeys, takenAccounts } from './links.ts';

/**
 * Asks the target: by the link's id where there is one, else by e-mail, leaving out accounts of other people. What cannot
 * be asked is taken from the link. `match` says by which addresses. Changes nothing; throws the connector's Faults.
 */
export async function observe(
  db: Knex,
  connector: Connector,
  key: LinkKey,
  link: Link | null,
  person: Person,
  signal: AbortSignal,
  match: Match = 'work',
): Promise<Observed> {
  const nothing = { link, actual: null, found: [], taken: false };
  if (!connector.capabilities.read) return { ...nothing, ...(await believed(db, connector, key, link, person)) };
  if (link?.remoteId) return { ...nothing, actual: await connector.find(link.remoteId, signal) };
  if (link?.state !== 'inviting' && person.status !== 'active') return nothing;
  if (link?.state === 'inviting')
    return { ...nothing, ...(await ofUnanswered(db, connector, key, person, signal, match)) };
  const found = new Map<string, ActualAccount>();
  let taken = false;
  for (const [index, email] of addressesOf(person.resource, match).entries()) {
    const invited = () => isBeingInvited(db, key, matchKeys(person.resource), false);
    const { free, others } = await withAddress(db, connector, key, email, invited, signal);
    if (index === 0) taken = others;
    for (const account of free) found.set(account.remoteId, account);
  }
  return { ...nothing, found: [...found.values()], taken };
}

/** The account of an invite without an answer: under the addresses that it went out with first, which may be others by now. */
async function ofUnanswered(
  db: Knex,
  connector: Connector,
  key: LinkKey,
  person: Person,
  signal: AbortSignal,
  match: Match,
): Promise<Pick<Observed, 'found' | 'taken'>> {
  const present = emailOf(person.resource, match);
  const asked = (await askedAddresses(db, key)).filter((email) => email !== present?.toLowerCase());
  let taken = false;
  for (const email of present === null ? asked : [...asked, present]) {
    // two who are both being invited would wait for each other: only who left comes after who stays
    const keys = [...matchKeys(person.resource), emailKey(email)];
    const invited = async () => person.status !== 'active' && (await isBeingInvited(db, key, keys, true));
    const { free, others } = await withAddress(db, connector, key, email, invited, signal);
    if (email === present) taken = others;
    if (free.length > 0) return { found: free, taken };
  }
  return { found: [], taken };
}

/** The accounts of an address that are not linked to anybody else, and whether there are others. */
async function withAddress(
  db: Knex,
  connector: Connector,
  key: LinkKey,
  email: string,
  othersAreInvited: () => Promise<boolean>,
  signal: AbortSignal,
) {
  const found = await connector.search(email, signal);
  // before the links are read: an invite that is answered between the two would leave its account looking like nobody's
  const invited = found.length > 0 && (await othersAreInvited());
  const ids = found.map((account) => account.remoteId);
  const taken = await takenAccounts(db, key, ids);
  // whoever had it was linked only a moment ago, or it would have been inherited: the next look does that
  if ([...taken.values()].some(({ ownerLeft }) => ownerLeft)) {
    throw new Fault('target_busy', `the account of ${email} still belongs to somebody who was deleted`);
  }
  const free = found.filter((account) => !taken.has(account.remoteId));
  if (invited && free.length > 0) {
    throw new Fault('target_busy', `somebody else with the address ${email} is being invited at this moment`);
  }
  return { free, others: free.length < found.length };
}

/**
 * A person as a target is asked about them: with the groups that they are to have there, by which an app that cannot be read
 * is judged. Who is to have no account is not asked about by e-mail, like one who left.
 */
export function seenAs(person: Person, desired: Desired): Person {
  if (desired.kind === 'account') return { ...person, groups: desired.account.groups };
  return person.status === 'active' ? { ...person, status: 'deactivated' } : person;
}

/** Adds which of the account's groups the connection has, too; only where the policy removes what others gave. */
export async function withManagedGroups(db: Knex, connection: Connection, observed: Observed): Promise<Observed> {
  const { actual } = observed;
  if (!actual || connection.policy.manualMemberships !== 'remove') return observed;
  return { ...observed, managed: await managedGroups(db, connection, actual.groups) };
}
