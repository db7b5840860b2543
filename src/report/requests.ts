import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { idsFrom } from '../database/uuid.ts';
import { Fault } from '../errors.ts';
import type { RequestItem, RequestRecord } from '../model/request-record.ts';

export type RequestQuery = {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly failed: boolean;
  /** The last id of the page before. */
  readonly after: string | null;
  readonly limit: number;
};

const ITEM = `id, at, method, path, status, milliseconds, token_prefix as "tokenPrefix", user_agent as "userAgent", quirks`;
const OURS = 'tenant_id = :tenantId and connection_id = :connectionId';

const selectItems = statement<RequestItem>(
  'requests_list',
  `select ${ITEM} from scim_requests
    where ${OURS} and (:after::uuid is null or id < :after::uuid) and (not :failed::boolean or status >= 400)
    order by id desc limit :limit`,
);

const selectOne = statement<RequestRecord>(
  'requests_read',
  `select ${ITEM}, request, answer from scim_requests where ${OURS} and id = :id`,
);

const deleteOld = statement<{ id: string }>(
  'requests_forget',
  `delete from scim_requests where tenant_id = :tenantId and id in (
     select id from scim_requests where tenant_id = :tenantId and id < :before::uuid order by id limit :most)
   returning id`,
);

// a connection that sends nothing but errors must not fill the disk before they are old
const deleteMany = statement<{ id: string }>(
  'requests_thin_out',
  `delete from scim_requests where tenant_id = :tenantId and id in (
     select r.id from connections c
       cross join lateral (select id from scim_requests where tenant_id = c.tenant_id and connection_id = c.id
                            order by id desc offset :kept limit :most) r
      where c.tenant_id = :tenantId limit :most)
   returning id`,
);

const DAYS_KEPT = 7;
const DAY_MS = 86_400_000;
/** Of each connection. */
const MOST_KEPT = 10_000;
const AT_ONCE = 2_000;
const ROUNDS = 20;

/** The newest requests of a connection first, without their bodies. */
export async function listRequests(db: Knex, query: RequestQuery): Promise<RequestItem[]> {
  return selectItems(db, query);
}

/** One request with its bodies; throws `not_found`. */
export async function readRequest(
  db: Knex,
  at: { tenantId: string; connectionId: string; id: string },
): Promise<RequestRecord> {
  const [found] = await selectOne(db, at);
  if (!found) throw new Fault('not_found', `no request ${at.id}: it was not kept, or is older than ${DAYS_KEPT} days`);
  return found;
}

/** Deletes what is older than seven days, and of each connection what is beyond its newest, some at a time. */
export async function forgetRequests(db: Knex, tenantId: string, now: Date, kept = MOST_KEPT): Promise<void> {
  const before = idsFrom(new Date(now.getTime() - DAYS_KEPT * DAY_MS));
  await again(() => deleteOld(db, { tenantId, before, most: AT_ONCE }));
  await again(() => deleteMany(db, { tenantId, kept, most: AT_ONCE }));
}

/** The rest has to wait for the next look. */
async function again(deleteSome: () => Promise<unknown[]>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    if ((await deleteSome()).length < AT_ONCE) return;
  }
}
