import type { Knex } from 'knex';
import { statement, UNHURRIED } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { RequestRecord } from '../model/request-record.ts';

export type RequestAddition = RequestRecord & { readonly tenantId: string; readonly connectionId: string };

// the last moments before a crash are no loss: nothing is decided by these rows
const add = statement<never>(
  'requests_add',
  `insert into scim_requests (tenant_id, connection_id, id, at, method, path, status, milliseconds, token_prefix,
                              user_agent, request, answer, quirks)
   select r.tenant_id, r.connection_id, r.id, r.at, r.method, r.path, r.status, r.milliseconds, r.token_prefix,
          r.user_agent, r.request, r.answer, string_to_array(r.quirks, ' ')
     from unnest(:tenantId::uuid[], :connectionId::uuid[], :id::uuid[], :at::timestamptz[], :method::text[],
                 :path::text[], :status::int[], :milliseconds::real[], :tokenPrefix::text[], :userAgent::text[],
                 :request::text[], :answer::text[], :quirks::text[])
       as r (tenant_id, connection_id, id, at, method, path, status, milliseconds, token_prefix, user_agent, request,
             answer, quirks)
   on conflict do nothing returning ${UNHURRIED}`,
);

const selectUntil = statement<{ until: Date | null }>(
  'requests_until',
  `select log_requests_until as until from connections where tenant_id = :tenantId and id = :id`,
);

const updateUntil = statement<{ id: string }>(
  'requests_keep_until',
  `update connections set log_requests_until = :until where tenant_id = :tenantId and id = :id returning id`,
);

/** Writes requests in one statement; one that is there already stays as it is. */
export async function addRequests(db: Knex, requests: readonly RequestAddition[]): Promise<void> {
  const column = <Name extends keyof RequestAddition>(name: Name) => requests.map((one) => one[name]);
  await add(db, {
    tenantId: column('tenantId'),
    connectionId: column('connectionId'),
    id: column('id'),
    at: column('at'),
    method: column('method'),
    path: column('path'),
    status: column('status'),
    milliseconds: column('milliseconds'),
    tokenPrefix: column('tokenPrefix'),
    userAgent: column('userAgent'),
    request: column('request'),
    answer: column('answer'),
    quirks: column('quirks').map((names) => names.join(' ')), // an array of arrays would have to be of one length
  });
}

/** Until when a connection's successful requests are kept, too; null where they are not. Throws `not_found`. */
export async function readLogUntil(db: Knex, tenantId: string, id: string): Promise<Date | null> {
  const [row] = await selectUntil(db, { tenantId, id });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
  return row.until;
}

/** Has a connection's successful requests kept, too, until a time; null ends it. Throws `not_found`. */
export async function keepRequestsUntil(trx: Knex, tenantId: string, id: string, until: Date | null): Promise<void> {
  const [row] = await updateUntil(trx, { tenantId, id, until });
  if (!row) throw new Fault('not_found', `no connection ${id}`);
}
