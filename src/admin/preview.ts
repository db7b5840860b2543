import { readDecisions } from '../deliver/decisions.ts';
import { whyHeld } from '../deliver/holds.ts';
import { findLink, type LinkKey } from '../deliver/links.ts';
import { needsManagers, withManagers } from '../deliver/managers.ts';
import { mappingOf } from '../deliver/mappings.ts';
import { observe, seenAs, withManagedGroups } from '../deliver/observe.ts';
import { findReleased } from '../deliver/released.ts';
import { listConnections } from '../directory/connections.ts';
import { readPerson } from '../directory/person.ts';
import { listTargets, readTarget } from '../directory/targets.ts';
import { isFault } from '../errors.ts';
import type { ActualAccount } from '../model/account.ts';
import type { Link } from '../model/link.ts';
import { describe, waitingWords } from '../plan/describe.ts';
import { desiredFor } from '../plan/desired-for.ts';
import { lossesOf, withoutLosses } from '../plan/guard.ts';
import { type Explained, explainMapping } from '../plan/mapping-explain.ts';
import { plan } from '../plan/plan.ts';
import type { TargetMaker } from './targets.ts';

/** One target of a person: what it shows and what would be done there now. */
export type Preview = {
  targetId: string;
  name: string;
  link: Pick<Link, 'remoteId' | 'state' | 'origin'> | null;
  actual: ActualAccount | null;
  actions: string[];
  waiting: string | null;
  /** When the plan will be another one though nothing changes. */
  lookAgainAt: Date | null;
  /** Without a link: accounts of the same e-mail that could be adopted. */
  found: readonly ActualAccount[];
  /** What the connection's mapping did; null without one. */
  mapped: Explained | null;
  /** Why the target could not be asked. */
  problem: string | null;
};

const LOOK_MS = 10_000;

/**
 * Looks at a person's targets as the reconciler would, and changes nothing: a link that a rehire is about to take over
 * still shows as none.
 */
export async function previewOf(
  maker: TargetMaker,
  tenantId: string,
  person: { id: string; connection: { id: string } },
): Promise<Preview[]> {
  const connections = await listConnections(maker.db, tenantId);
  const targetIds = connections.find(({ id }) => id === person.connection.id)?.targetIds ?? [];
  const targets = (await listTargets(maker.db, tenantId)).filter(({ id }) => targetIds.includes(id));
  return Promise.all(
    targets.map(async ({ id: targetId, name }) => ({
      targetId,
      name,
      ...(await previewAt(maker, { tenantId, targetId, personId: person.id })),
    })),
  );
}

async function previewAt(maker: TargetMaker, key: LinkKey): Promise<Omit<Preview, 'targetId' | 'name'>> {
  const { db, vault, create } = maker;
  const own = await findLink(db, key);
  const released = own ? null : await findReleased(db, key); // enabling takes it back
  const found = own ?? released;
  const link = found && { remoteId: found.remoteId, state: found.state, origin: found.origin };
  const nothing = {
    link,
    actual: null,
    actions: [],
    waiting: null,
    lookAgainAt: null,
    found: [],
    mapped: null,
    problem: null,
  };
  const source = await readPerson(db, key);
  if (!source) return nothing; // gone between two statements
  const { person, connection } = source;
  if (connection.state === 'disconnected') return { ...nothing, link: own && link }; // what was let go is nobody's
  const target = await readTarget(db, key.tenantId, key.targetId);
  try {
    const connector = create(target.kind, { settings: target.settings, secrets: vault.open(target.secrets) });
    const mapping = await mappingOf(db, connection);
    const at = { ...key, connectionId: connection.id };
    const needed = needsManagers(mapping, connector.capabilities.attributes);
    const [known = person] = await withManagers(db, at, needed, [person]);
    const mapped =
      mapping && person.status === 'active' ? explainMapping(mapping, known, connector.capabilities) : null;
    const decisions = await readDecisions(db, key, person);
    const choice = { ...found?.choice, ...decisions.choice };
    const wanted = desiredFor(mapping, known, connection.policy, connector.capabilities, { ...decisions, choice });
    const seen = await observe(
      db,
      connector,
      key,
      found,
      seenAs(person, wanted),
      AbortSignal.timeout(LOOK_MS),
      connection.policy.match,
    );
    const observed = await withManagedGroups(db, connection, seen);
    const circumstances = { now: new Date(), can: connector.capabilities, decisions };
    const planned = plan(wanted, observed, connection.policy, circumstances);
    const { actions, lookAgainAt = null } = planned;
    const shown = { ...nothing, actual: observed.actual, found: observed.found, mapped };
    const held = lossesOf(actions, observed.actual).length ? await whyHeld(db, key) : null;
    if (held !== null) {
      const harmless = withoutLosses(actions, observed.actual).map(describe);
      return { ...shown, actions: harmless, waiting: held };
    }
    return { ...shown, actions: actions.map(describe), waiting: waitingWords(planned), lookAgainAt };
  } catch (error) {
    if (isFault(error)) return { ...nothing, problem: error.message };
    throw error;
  }
}
