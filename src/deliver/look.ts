import type { Knex } from 'knex';
import type { Connector } from '../connectors/connector.ts';
import { readPerson } from '../directory/person.ts';
import type { Connection } from '../model/connection.ts';
import type { Decisions } from '../model/decision.ts';
import type { Choice } from '../model/invite.ts';
import type { Link } from '../model/link.ts';
import type { Person } from '../model/person.ts';
import type { Desired } from '../plan/desired.ts';
import { desiredFor } from '../plan/desired-for.ts';
import { KEEP_ALL, partsQuietly, planParting } from '../plan/parting.ts';
import { type Observed, type Plan, plan } from '../plan/plan.ts';
import type { WorkItem } from '../work/claim.ts';
import { readDecisions } from './decisions.ts';
import { inheritLink } from './inherit.ts';
import { findLink, type LinkKey, matchKeys } from './links.ts';
import { needsManagers, tellWhoReports, withManagers } from './managers.ts';
import { mappingOf } from './mappings.ts';
import { observe, seenAs, withManagedGroups } from './observe.ts';
import { reclaim } from './released.ts';

/** One look at a person at a target: both states, and the plan between them. */
export type Look = {
  connection: Connection;
  person: Person;
  key: LinkKey;
  observed: Observed;
  wanted: Desired | null;
  plan: Plan;
  /** The connection lets the account go: once nothing is left to do, the link is released. */
  parting: boolean;
  choice?: Choice;
};

/** Both states and the plan between them; null when nothing may leave. */
export async function lookAt(db: Knex, connector: Connector, item: WorkItem, stop: AbortSignal): Promise<Look | null> {
  const key = { tenantId: item.tenantId, targetId: item.targetId, personId: item.subjectId };
  const source = await readPerson(db, key);
  if (source === null) return null;
  const { person, connection } = source;
  if (!source.attached || connection.state === 'disconnected') return lookAtParting(db, connector, key, source, stop);
  if (connection.state !== 'enabled') return null;
  const link = await ownOrInherited(db, key, connection, person);
  const decided = await readDecisions(db, key, person);
  const choice = { ...link?.choice, ...decided.choice };
  const decisions = { ...decided, choice };
  const wanted = await wantedOf(db, connector, { key, source, link, item, decisions });
  const seen = await observe(db, connector, key, link, seenAs(person, wanted), stop, connection.policy.match);
  const observed = await withManagedGroups(db, connection, seen);
  const circumstances = { now: new Date(), can: connector.capabilities, decisions };
  const planned = plan(wanted, observed, connection.policy, circumstances);
  return { connection, person, key, observed, wanted, plan: planned, parting: false, choice };
}

type About = {
  key: LinkKey;
  source: { person: Person; connection: Connection };
  link: Link | null;
  item: WorkItem;
  decisions: Decisions;
};

/** What should be, as policy, mapping and humans say; who has this person as manager learns of it. */
async function wantedOf(
  db: Knex,
  connector: Connector,
  { key, source, link, item, decisions }: About,
): Promise<Desired> {
  const { person, connection } = source;
  const { capabilities } = connector;
  const mapping = await mappingOf(db, connection);
  const at = { tenantId: key.tenantId, connectionId: connection.id, targetId: key.targetId };
  const needed = needsManagers(mapping, capabilities.attributes);
  if (needed) await tellWhoReports(db, at, person, link, item);
  const [known = person] = await withManagers(db, at, needed, [person]);
  return desiredFor(mapping, known, connection.policy, capabilities, decisions);
}

/** What is left to do before the account is let go: the connection is disconnected, or feeds this target no more. */
async function lookAtParting(
  db: Knex,
  connector: Connector,
  key: LinkKey,
  { person, connection, attached }: { person: Person; connection: Connection; attached: boolean },
  stop: AbortSignal,
): Promise<Look> {
  const policy = attached ? connection.policy.onDisconnect : KEEP_ALL;
  const link = await findLink(db, key);
  const owing = link !== null && link.pendingEffects.length > 0;
  const quiet = link === null || link.state === 'erased' || (!owing && partsQuietly(policy, connector.capabilities));
  const observed = quiet
    ? { link, actual: null, found: [], taken: false }
    : await observe(db, connector, key, link, person, stop);
  const actions = planParting(observed, policy, connector.capabilities);
  return { connection, person, key, observed, wanted: null, plan: { actions, waiting: null }, parting: true };
}

/** The person's own link; without an account behind it, the one of the same person under a former id. */
async function ownOrInherited(db: Knex, key: LinkKey, connection: Connection, person: Person): Promise<Link | null> {
  // a link that was let go is taken back before anything is looked for: nobody gets a second account or invitation
  const own = (await findLink(db, key)) ?? (await reclaim(db, key));
  const complete = own !== null && own.state !== 'inviting';
  if (complete || person.status !== 'active') return own;
  const heir = { ...key, connectionId: connection.id, matchKeys: matchKeys(person.resource) };
  return (await inheritLink(db, heir)) ?? own;
}
