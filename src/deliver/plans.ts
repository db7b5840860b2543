import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { Fault } from '../errors.ts';

/** One line of a plan: what would become of one person at one target. */
export type PlanItem = { personId: string; userName: string; targetId: string; before: string; after: string };

/** A change as it was looked at: what it would do, and who has decided what about it. */
export type StoredPlan = {
  id: string;
  kind: string;
  change: Record<string, unknown>;
  /** Of all items: applying finds another one when the world has moved. */
  hash: string;
  /** How many end in what. */
  counts: Record<string, number>;
  /** The first of them. */
  items: PlanItem[];
  /** Why a second person must approve; none where one may decide alone. */
  reasons: string[];
  state: 'open' | 'approved' | 'applied' | 'discarded' | 'expired';
  createdBy: string;
  createdAt: string;
  expiresAt: string;
  approvedBy: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
};

const COLUMNS = `id, kind, change, hash, counts, items, reasons, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", approved_by as "approvedBy", decided_by as "decidedBy", decided_at as "decidedAt",
  case when state in ('open', 'approved') and expires_at <= now() then 'expired' else state end as state`;
const DAYS = 7;

const insertPlan = statement<StoredPlan>(
  'plan_save',
  `insert into plans (tenant_id, id, kind, change, hash, counts, items, reasons, state, created_by, created_at, expires_at)
   values (:tenantId, :id, :kind, :change, :hash, :counts, :items, :reasons::text[], 'open', :createdBy, now(),
           now() + make_interval(days => ${DAYS}))
   returning ${COLUMNS}`,
);

const selectPlan = statement<StoredPlan>(
  'plan_read',
  `select ${COLUMNS} from plans where tenant_id = :tenantId and id = :id`,
);

const lockPlan = statement<StoredPlan>(
  'plan_lock',
  `select ${COLUMNS} from plans where tenant_id = :tenantId and id = :id for update`,
);

const selectPlans = statement<StoredPlan>(
  'plan_list',
  `select ${COLUMNS} from plans
    where tenant_id = :tenantId and (:before::uuid is null or id < :before::uuid)
      and (not :open::boolean or (state in ('open', 'approved') and expires_at > now()))
    order by id desc limit :limit`,
);

const approve = statement<StoredPlan>(
  'plan_approve',
  `update plans set state = 'approved', approved_by = :actor where tenant_id = :tenantId and id = :id
   returning ${COLUMNS}`,
);

const decide = statement<StoredPlan>(
  'plan_decide',
  `update plans set state = :state, decided_by = :actor, decided_at = now() where tenant_id = :tenantId and id = :id
   returning ${COLUMNS}`,
);

export type Looked = Pick<StoredPlan, 'hash' | 'counts' | 'items' | 'reasons'>;

/** Keeps a change that somebody has looked at; it can be applied for a week. */
export async function savePlan(
  db: Knex,
  tenantId: string,
  plan: Looked & Pick<StoredPlan, 'kind' | 'change' | 'createdBy'>,
): Promise<StoredPlan> {
  const { kind, change, hash, counts, items, reasons, createdBy } = plan;
  const [saved] = await insertPlan(db, {
    tenantId,
    id: uuidv7(),
    kind,
    change: JSON.stringify(change),
    hash,
    counts: JSON.stringify(counts),
    items: JSON.stringify(items),
    reasons,
    createdBy,
  });
  return known(saved, '');
}

export type PlansWish = { before: string | null; limit: number; open: boolean };

/** Plans of a tenant, the newest first; `open`: those alone that can still be decided. */
export async function listPlans(db: Knex, tenantId: string, wish: PlansWish): Promise<StoredPlan[]> {
  return selectPlans(db, { tenantId, ...wish });
}

/** One plan; throws `not_found`. */
export async function readPlan(db: Knex, tenantId: string, id: string): Promise<StoredPlan> {
  return known((await selectPlan(db, { tenantId, id }))[0], id);
}

/** The plan, locked until the transaction ends; throws `not_found`, and `plan_closed` unless it can still be decided. */
export async function lockOpenPlan(trx: Knex, tenantId: string, id: string): Promise<StoredPlan> {
  const plan = known((await lockPlan(trx, { tenantId, id }))[0], id);
  if (plan.state === 'open' || plan.state === 'approved') return plan;
  throw new Fault('plan_closed', `plan ${id} is ${plan.state} already`);
}

/** Notes that a second person agrees. Throws `needs_second_person` when it is the one who made the plan. */
export async function approvePlan(trx: Knex, tenantId: string, plan: StoredPlan, actor: string): Promise<StoredPlan> {
  if (isSame(actor, plan.createdBy)) {
    throw new Fault('needs_second_person', `${plan.createdBy} has made this plan: somebody else must approve it`);
  }
  return known((await approve(trx, { tenantId, id: plan.id, actor }))[0], plan.id);
}

/** Notes what became of a plan. */
export async function closePlan(
  trx: Knex,
  tenantId: string,
  id: string,
  decision: { state: 'applied' | 'discarded'; actor: string },
): Promise<StoredPlan> {
  return known((await decide(trx, { tenantId, id, ...decision }))[0], id);
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function known(plan: StoredPlan | undefined, id: string): StoredPlan {
  if (!plan) throw new Fault('not_found', `no plan ${id}`);
  return plan;
}
