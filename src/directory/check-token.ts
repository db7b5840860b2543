import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { EVERY_ACCESS } from '../model/token.ts';
import { hashOf, newSecret, tokenText } from './token-text.ts';

/** How such a token begins, as far as anybody is told: no secret is that short. */
export const CHECK_PREFIX = 'gangway';
/** Longer than any check takes; then it is worth nothing, also where the server was lost in between. */
const LENT_MS = 120_000;

// the token belongs to a client that nobody can use, so it counts among no operator's tokens and nobody is told of its end
const lend = statement<{ id: string }>(
  'check_token_lend',
  `with client as (
     insert into oauth_clients (tenant_id, id, connection_id, secret_hash, revoked_at)
     values (:tenantId, :id, :connectionId, :unusable, now()) returning tenant_id, id, connection_id)
   insert into credentials (tenant_id, id, connection_id, client_id, token_hash, prefix, scopes, expires_at)
   select tenant_id, id, connection_id, id, :hash, :prefix, :scopes, :expiresAt from client returning id`,
);

const takeBack = statement<never>(
  'check_token_take_back',
  `with token as (delete from credentials where tenant_id = :tenantId and id = :id)
   delete from oauth_clients where tenant_id = :tenantId and id = :id`,
);

/** Runs what needs a token of a connection, with one that is gone afterwards and leaves no trace. */
export async function withCheckToken<Result>(
  db: Knex,
  { tenantId, id: connectionId }: { tenantId: string; id: string },
  run: (token: string) => Promise<Result>,
): Promise<Result> {
  const id = uuidv7();
  const token = tokenText(tenantId, newSecret());
  const expiresAt = new Date(Date.now() + LENT_MS);
  const keys = { hash: hashOf(token), unusable: hashOf(newSecret()), prefix: CHECK_PREFIX, scopes: EVERY_ACCESS };
  await lend(db, { tenantId, id, connectionId, expiresAt, ...keys });
  try {
    return await run(token);
  } finally {
    await takeBack(db, { tenantId, id });
  }
}
