import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { uuidv7 } from '../database/uuid.ts';
import { hashOf, newSecret } from '../directory/token-text.ts';
import { Fault } from '../errors.ts';
import { secureUrl } from '../feeds/request.ts';
import type { StreamKind } from '../model/event.ts';
import type { Vault } from '../vault.ts';
import { NO_TARGET } from '../work/arm.ts';
import { markOther } from '../work/mark.ts';
import { readCursor } from './cursor.ts';
import type { StreamChange, StreamInput } from './input.ts';
import { headOf } from './list.ts';
import { pollKey } from './poll-key.ts';
import { ensureKey } from './signing-keys.ts';
import { addStream, listStreams, lockStream, type Stream, type StreamKey, saveStream } from './streams.ts';
import { typesOf } from './types.ts';

/** Work of this kind is about a stream, and no target has a part in it. */
export const EVENTS_WORK = 'events';

const MOST_STREAMS = 20;
/** So long a receiver may take to learn its new secret. */
const FORMER_HOURS = 24;

/** What is shown once, when it is made, and never again. */
export type Shown = { readonly secret?: string; readonly key?: string };

type Options = { readonly vault: Vault };

/** Makes a stream, which sends what happens from now on, or everything that is kept. Call in a transaction. */
export async function makeStream(
  trx: Knex,
  { vault }: Options,
  tenantId: string,
  input: StreamInput,
): Promise<{ stream: Stream; shown: Shown }> {
  const { name, kind, from, token } = input;
  const { url, types, audience } = demandFitting(kind, input);
  if ((await listStreams(trx, tenantId)).length >= MOST_STREAMS) {
    throw new Fault(
      'limit_reached',
      `a tenant has ${MOST_STREAMS} event streams at most: remove one that nobody reads`,
    );
  }
  if (kind !== 'webhook') await ensureKey(trx, vault);
  const secret = kind === 'webhook' ? newWebhookSecret() : undefined;
  const key = kind === 'set-poll' ? pollKey(tenantId, newSecret()) : undefined;
  const { position, floor } = await headOf(trx, tenantId);
  const stream = await addStream(trx, {
    ...{ tenantId, id: uuidv7(), name, kind, url, types, audience },
    secrets: vault.seal({ ...(secret && { secret }), ...(token && { token }) }),
    keyHash: key === undefined ? null : hashOf(key),
    position: from === 'oldest' ? floor : position,
  });
  await markStream(trx, stream);
  return { stream, shown: { ...(secret && { secret }), ...(key && { key }) } };
}

/** Changes what is given; the rest stays. Call in a transaction. */
export async function changeStream(
  trx: Knex,
  { vault }: Options,
  key: StreamKey,
  change: StreamChange,
): Promise<Stream> {
  const former = await lockStream(trx, key);
  const { token, after, state = former.state, name = former.name } = change;
  const wanted = demandFitting(former.kind, {
    url: change.url ?? former.url ?? undefined,
    types: change.types === undefined ? (former.types ?? undefined) : (change.types ?? undefined),
    audience: change.audience ?? former.audience ?? undefined,
    token,
  });
  const pausedWhy = state === 'active' ? null : (former.pausedWhy ?? 'paused by an operator');
  const position = after === undefined ? former.position : await placeOf(trx, former, after);
  const secrets = token === undefined ? former.secrets : vault.seal(token === null ? {} : { token });
  // a secret of theirs goes to nobody else
  if (token === undefined && wanted.url !== former.url && 'token' in vault.open(former.secrets)) {
    throw new Fault('config_invalid', 'the stream would go elsewhere: give token again, or null');
  }
  const saved = await saveStream(trx, { ...former, ...wanted, name, state, pausedWhy, position, secrets });
  await markStream(trx, saved);
  return saved;
}

/** Makes another secret; the former one is valid for a day beside it. Call in a transaction. */
export async function rotateSecret(
  trx: Knex,
  { vault }: Options,
  key: StreamKey,
): Promise<{ stream: Stream; shown: Shown }> {
  const stream = await lockStream(trx, key);
  const formerUntil = new Date(Date.now() + FORMER_HOURS * 3_600_000);
  if (stream.kind === 'webhook') {
    const secret = newWebhookSecret();
    const { secret: former = '' } = vault.open(stream.secrets);
    const secrets = vault.seal({ secret, former });
    return { stream: await saveStream(trx, { ...stream, secrets, formerUntil }), shown: { secret } };
  }
  if (stream.kind === 'set-poll') {
    const text = pollKey(stream.tenantId, newSecret());
    const keys = { keyHash: hashOf(text), formerKeyHash: stream.keyHash, formerUntil };
    return { stream: await saveStream(trx, { ...stream, ...keys }), shown: { key: text } };
  }
  throw new Fault('config_invalid', 'the token of this stream is its receiver’s: change it by token');
}

/** Has a worker look at a stream. */
async function markStream(trx: Knex, { tenantId, id, url }: Stream): Promise<void> {
  if (url === null) return; // its receiver comes by itself
  await markOther(trx, { tenantId, targetId: NO_TARGET, kind: EVENTS_WORK, subjectId: id });
}

async function placeOf(trx: Knex, { tenantId }: Stream, after: string): Promise<number> {
  const { position, floor } = await headOf(trx, tenantId);
  if (after === 'oldest') return floor;
  const place = after === 'latest' ? position : readCursor(after);
  if (place >= floor && place <= position) return place;
  throw new Fault('events_gone', 'the feed does not reach from there any more: take oldest, or a newer cursor');
}

type Fitting = Pick<Stream, 'url' | 'types' | 'audience'>;
type Wanted = Pick<StreamInput, 'url' | 'types' | 'audience'> & { readonly token?: string | null | undefined };

/** What a stream of this kind has; throws `config_invalid` for what it does not have or lacks. */
function demandFitting(kind: StreamKind, input: Wanted): Fitting {
  const { url, types, audience, token } = input;
  if ((kind === 'set-poll') !== (url === undefined)) {
    const mend = kind === 'set-poll' ? 'its receiver fetches from here' : 'where its receiver is';
    throw new Fault(
      'config_invalid',
      `url: a stream of kind ${kind} has ${url === undefined ? 'one' : 'none'}: ${mend}`,
    );
  }
  if (kind === 'webhook' && audience !== undefined) throw new Fault('config_invalid', 'audience: a webhook has none');
  if (kind !== 'webhook' && audience === undefined) {
    throw new Fault('config_invalid', 'audience: say who the tokens are for, as their receiver wants to read it (aud)');
  }
  if (kind !== 'set-push' && token !== undefined) {
    throw new Fault('config_invalid', 'token: only a stream of kind set-push sends one');
  }
  const known = typesOf(kind);
  const strange = types?.find((type) => !known.includes(type));
  if (strange !== undefined) {
    throw new Fault('config_invalid', `types: a ${kind} carries no "${strange}"; it carries ${known.join(', ')}`);
  }
  if (url !== undefined) secureUrl(url, 'url');
  return { url: url ?? null, types: types?.length ? [...types] : null, audience: audience ?? null };
}

/** The form of Standard Webhooks. */
function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
