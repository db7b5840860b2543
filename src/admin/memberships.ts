import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import { listConnections } from '../directory/connections.ts';
import { addManualMembership, manualMembershipsOf, removeManualMembership } from '../directory/manual-memberships.ts';
import { listTargets, readTarget } from '../directory/targets.ts';
import { Fault } from '../errors.ts';
import { actorNow } from '../report/actor.ts';
import { record } from '../report/audit.ts';
import { type Summary, summaryOf } from '../report/summary.ts';
import { knownId, name } from './input.ts';
import { sourceMemberships } from './source-memberships.ts';
import type { TargetMaker } from './targets.ts';

type Options = TargetMaker & { changed: () => void };
type Place = { id: string; name: string };

export const Membership = z.strictObject({
  group: name,
  /** Needed where several targets follow the person's connection. */
  targetId: z.uuid().optional(),
});
type Membership = z.output<typeof Membership>;

/** Which groups somebody is in at which target, by whom; and those that operators give by hand. */
export function membershipRoutes(options: Options): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('person'));
  router.get('/:id/memberships', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    res.json({ memberships: await membershipsOf(db, tenantId, await known(db, tenantId, req.params.id)) });
  });
  router.post('/:id/memberships', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const person = await known(db, tenantId, req.params.id);
    const wish = Membership.parse(req.body);
    const target = await placeOf(db, tenantId, person, wish);
    await demandGroups(options, tenantId, target);
    await inTransaction(db, (trx) => change(trx, tenantId, person, target, wish.group, 'add'));
    changed();
    res.status(201).json(shown(target, wish.group, 'manual', person));
  });
  router.delete('/:id/memberships', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const person = await known(db, tenantId, req.params.id);
    const wish = Membership.parse(req.query);
    const target = await placeOf(db, tenantId, person, wish);
    await inTransaction(db, async (trx) => {
      await refuseManaged(trx, tenantId, person, target, wish.group);
      await change(trx, tenantId, person, target, wish.group, 'remove');
    });
    changed();
    res.status(204).end();
  });
  return router;
}

async function membershipsOf(db: Knex, tenantId: string, person: Summary) {
  const { id: personId, connection } = person;
  const targets = await targetsOf(db, tenantId, person);
  const byHand = await manualMembershipsOf(db, { tenantId, connectionId: connection.id, personId });
  const atEach = targets.map(async (target) => [
    ...(await sourceMemberships(db, person, { tenantId, targetId: target.id })).map(({ group }) =>
      shown(target, group, 'source', person),
    ),
    ...byHand
      .filter(({ targetId }) => targetId === target.id)
      .map(({ group }) => shown(target, group, 'manual', person)),
  ]);
  return (await Promise.all(atEach)).flat();
}

function shown({ id, name }: Place, group: string, owner: 'source' | 'manual', { connection }: Summary) {
  return { target: { id, name }, group, owner, connection: { id: connection.id, name: connection.name } };
}

/** What the source gives only the source can take (S79). */
async function refuseManaged(trx: Knex, tenantId: string, person: Summary, target: Place, group: string) {
  const given = await sourceMemberships(trx, person, { tenantId, targetId: target.id });
  const managed = given.find((one) => one.group === group);
  if (!managed) return;
  const rule = `${managed.rule} is in "${group}" at "${target.name}"`;
  const words = `connection "${person.connection.name}" manages this membership (${rule}): take it away at the source`;
  throw new Fault('managed_membership', words);
}

async function change(
  trx: Knex,
  tenantId: string,
  { id: personId, userName, connection }: Summary,
  { id: targetId, name }: Place,
  group: string,
  kind: 'add' | 'remove',
): Promise<void> {
  const key = { tenantId, targetId, personId, connectionId: connection.id, group };
  if (kind === 'add') await addManualMembership(trx, key, actorNow());
  else if (!(await removeManualMembership(trx, key))) {
    throw new Fault('not_found', `nobody put ${userName} into "${group}" at "${name}" by hand in Gangway`);
  }
  const detail = { targetId, group };
  await record(trx, { tenantId, action: `membership.${kind}`, subject: personId, detail, actor: actorNow() });
}

/** The target that is meant: the named one, or the only one. */
async function placeOf(db: Knex, tenantId: string, person: Summary, { targetId }: Membership): Promise<Place> {
  const targets = await targetsOf(db, tenantId, person);
  const fitting = targets.filter(({ id }) => targetId === undefined || id === targetId);
  const [one, ...others] = fitting;
  if (!one) throw new Fault('not_found', `no such target follows connection "${person.connection.name}"`);
  if (others.length === 0) return one;
  throw new Fault('not_decidable', `name the target: ${fitting.map((target) => target.name).join(', ')}`);
}

async function targetsOf(db: Knex, tenantId: string, { connection }: Summary): Promise<Place[]> {
  const ids = (await listConnections(db, tenantId)).find(({ id }) => id === connection.id)?.targetIds ?? [];
  return (await listTargets(db, tenantId)).filter(({ id }) => ids.includes(id));
}

async function demandGroups({ db, vault, create }: TargetMaker, tenantId: string, { id, name }: Place): Promise<void> {
  const { kind, settings, secrets } = await readTarget(db, tenantId, id);
  if (create(kind, { settings, secrets: vault.open(secrets) }).capabilities.groups) return;
  throw new Fault('not_decidable', `target "${name}" has no groups`);
}

async function known(db: Knex, tenantId: string, id: string): Promise<Summary> {
  const summary = await summaryOf(db, tenantId, id);
  if (!summary) throw new Fault('not_found', `no person ${id}`);
  return summary;
}
