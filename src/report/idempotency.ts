import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

/** Which request: whose, to where, under which key of theirs. */
export type RequestKey = { tenantId: string; principal: string; route: string; key: string };
export type KeptAnswer = { sameBody: boolean; status: number | null; answer: Buffer | null };

/** Whose requests belong to no tenant: those that make one. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';
const KEPT = `interval '24 hours'`;
/** A request that is not answered by then was lost with its server. */
const LOST = `interval '1 minute'`;
const KEY = 'tenant_id = :tenantId and principal = :principal and route = :route and key = :key';

const claim = statement<{ key: string }>(
  'idempotency_claim',
  `insert into idempotency_keys as k (tenant_id, principal, route, key, body_hash, created_at)
   values (:tenantId, :principal, :route, :key, :bodyHash, now())
   on conflict (tenant_id, principal, route, key) do update
      set body_hash = excluded.body_hash, status = null, answer = null, created_at = now()
    where k.created_at < now() - ${KEPT}
       or (k.status is null and k.body_hash = excluded.body_hash and k.created_at < now() - ${LOST})
   returning key`,
);

const selectKept = statement<KeptAnswer>(
  'idempotency_kept',
  `select body_hash = :bodyHash as "sameBody", status, answer from idempotency_keys where ${KEY}`,
);

const keep = statement<never>(
  'idempotency_keep',
  `update idempotency_keys set status = :status, answer = :answer where ${KEY} and status is null`,
);

const release = statement<never>('idempotency_release', `delete from idempotency_keys where ${KEY} and status is null`);

const deleteOld = statement<never>(
  'idempotency_forget',
  `delete from idempotency_keys where (tenant_id, principal, route, key) in (
     select tenant_id, principal, route, key from idempotency_keys
      where tenant_id in (:tenantId, '${NO_TENANT}') and created_at < now() - ${KEPT} limit 10000)`,
);

/** Takes a key for a request; null where it is this one's to answer, else what is known of the one that had it before. */
export async function claimKey(db: Knex, request: RequestKey, bodyHash: Buffer): Promise<KeptAnswer | null> {
  if ((await claim(db, { ...request, bodyHash })).length === 1) return null;
  const [kept] = await selectKept(db, { ...request, bodyHash });
  return kept ?? { sameBody: true, status: null, answer: null }; // released this very moment
}

/** Keeps the answer for the same request once more. */
export async function keepAnswer(
  db: Knex,
  request: RequestKey,
  { status, answer }: { status: number; answer: Buffer },
): Promise<void> {
  await keep(db, { ...request, status, answer });
}

/** Gives the key back: nothing was made under it. */
export async function releaseKey(db: Knex, request: RequestKey): Promise<void> {
  await release(db, request);
}

/** Forgets the answers of a tenant that are too old to count. */
export async function forgetAnswers(db: Knex, tenantId: string): Promise<void> {
  await deleteOld(db, { tenantId });
}
