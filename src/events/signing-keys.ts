import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { Vault } from '../vault.ts';

export const ALGORITHM = 'ES256';
/** No token that a key has signed is on its way for longer than that: whoever gets one has fetched the key, or can. */
const PUBLISHED_DAYS = 7;
/** So that nobody fills the list that every receiver fetches. */
const MOST_PUBLISHED = 10;
/** How long another server's rotation goes unnoticed: the former key is published for days. */
const REMEMBERED_MS = 30_000;

export type PublishedKey = {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly createdAt: Date;
  readonly retiredAt: Date | null;
};

const selectPublished = statement<PublishedKey>(
  'signing_keys_published',
  `select kid, public_jwk as "publicJwk", created_at as "createdAt", retired_at as "retiredAt" from access.signing_keys
    where retired_at is null or retired_at > now() - make_interval(days => ${PUBLISHED_DAYS}) order by created_at desc`,
);

const selectCurrent = statement<{ kid: string; privateJwk: Buffer }>(
  'signing_keys_current',
  `select kid, private_jwk as "privateJwk" from access.signing_keys where retired_at is null`,
);

const insertKey = statement<never>(
  'signing_keys_create',
  `insert into access.signing_keys (kid, public_jwk, private_jwk) values (:kid, :publicJwk, :privateJwk)
   on conflict do nothing`,
);

// whoever rotates at the same moment waits here, and finds the key of the other
const retire = statement<{ kid: string }>(
  'signing_keys_retire',
  `with forgotten as (
     delete from access.signing_keys where retired_at < now() - make_interval(days => ${PUBLISHED_DAYS}))
   update access.signing_keys set retired_at = now() where retired_at is null returning kid`,
);

/** The keys that tokens on their way may be signed with, the current one first. */
export async function publishedKeys(db: Knex): Promise<PublishedKey[]> {
  return selectPublished(db, {});
}

/** What receivers fetch (RFC 7517 §5). */
export async function keySet(db: Knex): Promise<{ keys: JWK[] }> {
  const keys = await publishedKeys(db);
  return { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: ALGORITHM, use: 'sig' })) };
}

/** Makes the key of the installation where there is none yet. */
export async function ensureKey(db: Knex, vault: Vault): Promise<void> {
  const [current] = await selectCurrent(db, {});
  if (!current) await makeKey(db, vault);
}

/** Retires the key that signs now, and makes another; call in a transaction. Throws `limit_reached`. */
export async function rotateKey(trx: Knex, vault: Vault): Promise<{ kid: string; former: string | null }> {
  if ((await publishedKeys(trx)).length >= MOST_PUBLISHED) {
    const mend = `a retired one is taken off after ${PUBLISHED_DAYS} days`;
    throw new Fault('limit_reached', `there are ${MOST_PUBLISHED} published keys already: ${mend}`);
  }
  const [former] = await retire(trx, {});
  await makeKey(trx, vault);
  const [current] = await selectCurrent(trx, {}); // of whoever was faster
  return { kid: current?.kid ?? '', former: former?.kid ?? null };
}

async function makeKey(db: Knex, vault: Vault): Promise<void> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const privateJwk = vault.seal({ jwk: JSON.stringify(await exportJWK(pair.privateKey)) });
  await insertKey(db, { kid, publicJwk: JSON.stringify(publicJwk), privateJwk });
}

/** Signs claims as a Security Event Token (RFC 8417 §2.3). */
export type Signer = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

/** Signs with the installation's current key. */
export function createSigner(db: Knex, vault: Vault): Signer {
  let known: { kid: string; key: Awaited<ReturnType<typeof importJWK>>; until: number } | null = null;
  const current = async () => {
    if (known && known.until > Date.now()) return known;
    await ensureKey(db, vault);
    const [row] = await selectCurrent(db, {});
    if (!row) throw new Error('a key was made and is not there');
    const { jwk = '' } = vault.open(row.privateJwk);
    const key = await importJWK(JSON.parse(jwk) as JWK, ALGORITHM);
    known = { kid: row.kid, key, until: Date.now() + REMEMBERED_MS };
    return known;
  };
  return async (claims) => {
    const { kid, key } = await current();
    const header = { alg: ALGORITHM, kid, typ: 'secevent+jwt' };
    return new SignJWT({ ...claims }).setProtectedHeader(header).setIssuedAt().sign(key);
  };
}
