import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Link } from '../model/link.ts';
import type { Person } from '../model/person.ts';
import type { Observed } from '../plan/plan.ts';
import type { LinkKey } from './links.ts';
import { inviteState } from './record.ts';

/** Differs from all that a source can say: PostgreSQL stores no U+0000. */
const UNCONFIRMED = '\u0000';

/**
 * What we believe of an account at an app that cannot be read.
 *
 *   link                                   believed
 *   -                                      nothing is there
 *   with the account's id                  what the app has confirmed; the rest differs, so that it is told again
 *   inviting, to be repeated, person here  nothing is there: the plan is the same invite, under the same key
 *   inviting, refused                      nothing is there: the plan is a new invite
 *   inviting, otherwise                    there, under the key of the invite: who left must not keep an account of which
 *                                          only the answer got lost, and nobody gets a second one
 */
export async function believed(
  db: Knex,
  { capabilities }: Connector,
  key: LinkKey,
  link: Link | null,
  person: Person,
): Promise<Pick<Observed, 'actual' | 'found'>> {
  if (link?.remoteId) return { actual: accountOf(link.remoteId, link, person, capabilities.attributes), found: [] };
  const invite = link?.state === 'inviting' ? link.applied.invite : undefined;
  if (!link || invite === undefined) return { actual: null, found: [] };
  const state = await inviteState(db, key, invite);
  if (state === 'refused' || (state === 'open' && person.status === 'active')) return { actual: null, found: [] };
  return { actual: null, found: [accountOf(invite, link, person, capabilities.attributes)] };
}

function accountOf(remoteId: string, link: Link, person: Person, names: readonly string[]): ActualAccount {
  const { email = null, attributes = {}, groups = [] } = link.applied.told ?? {};
  return {
    remoteId,
    email: email ?? '',
    status: link.state === 'suspended' || link.state === 'invited' ? link.state : 'active',
    attributes: Object.fromEntries(names.map((name) => [name, confirmed(attributes[name])])),
    // an unanswered grant may have arrived: it counts as there for who must lose the group, as missing for who gets it
    groups: [...groups, ...link.granted.filter((group) => !groups.includes(group) && !person.groups.includes(group))],
  };
}

function confirmed(value: string | null | false | undefined): string | null {
  return value === false || value === undefined ? UNCONFIRMED : value;
}
