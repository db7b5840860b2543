import type { Knex } from 'knex';
import { statement, UNHURRIED } from '../database/statement.ts';
import { Fault } from '../errors.ts';
import type { StreamKind } from '../model/event.ts';

export type StreamKey = { readonly tenantId: string; readonly id: string };

/** One receiver and how far it has come. */
export type Stream = StreamKey & {
  readonly name: string;
  readonly kind: StreamKind;
  /** Null where the receiver fetches. */
  readonly url: string | null;
  /** As they are shown; null: all that its kind can carry. */
  readonly types: string[] | null;
  readonly audience: string | null;
  readonly secrets: Buffer;
  readonly keyHash: Buffer | null;
  readonly formerKeyHash: Buffer | null;
  /** Until when what was valid before the last rotation is valid still. */
  readonly formerUntil: Date | null;
  readonly state: 'active' | 'paused';
  readonly pausedWhy: string | null;
  /** Another one with each change by a human. */
  readonly revision: number;
  /** Everything up to here has been received. */
  readonly position: number;
  /** What was received beyond it. */
  readonly acked: number[];
  /** Events that were deleted before they could be sent. */
  readonly missed: number;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly lastError: string | null;
  readonly lastAt: Date | null;
  readonly nextAt: Date;
  readonly createdAt: Date;
};

const COLUMNS = `tenant_id as "tenantId", id, name, kind, url, types, audience, secrets, key_hash as "keyHash",
  former_key_hash as "formerKeyHash", former_until as "formerUntil", state, paused_why as "pausedWhy", revision,
  position::float8 as position, acked::float8[] as acked, missed::float8 as missed, failures,
  failing_since as "failingSince", last_error as "lastError", last_at as "lastAt", next_at as "nextAt",
  created_at as "createdAt"`;
const KEY = 'tenant_id = :tenantId and id = :id';
/** What a worker writes counts only while nobody has changed or moved the stream meanwhile. */
const AS_READ = `${KEY} and revision = :revision and position = :position and state = 'active'`;

const selectStreams = statement<Stream>(
  'event_streams_list',
  `select ${COLUMNS} from event_streams where tenant_id = :tenantId order by id`,
);
const selectStream = statement<Stream>('event_streams_get', `select ${COLUMNS} from event_streams where ${KEY}`);
const lockStreamRow = statement<Stream>(
  'event_streams_lock',
  `select ${COLUMNS} from event_streams where ${KEY} for update`,
);

const insertStream = statement<Stream>(
  'event_streams_create',
  `insert into event_streams (tenant_id, id, name, kind, url, types, audience, secrets, key_hash, position)
   values (:tenantId, :id, :name, :kind, :url, :types::text[], :audience, :secrets, :keyHash, :position)
   on conflict (tenant_id, lower(name)) do nothing
   returning ${COLUMNS}`,
);

const updateStream = statement<Stream>(
  'event_streams_change',
  `update event_streams
      set name = :name, url = :url, types = :types::text[], audience = :audience, secrets = :secrets, key_hash = :keyHash,
          former_key_hash = :formerKeyHash, former_until = :formerUntil, state = :state, paused_why = :pausedWhy,
          acked = case when position = :position::bigint then acked else '{}' end, position = :position::bigint,
          revision = revision + 1, failures = 0, failing_since = null, last_error = null, next_at = now()
    where ${KEY} returning ${COLUMNS}`,
);

const deleteStream = statement<{ name: string }>(
  'event_streams_remove',
  `delete from event_streams where ${KEY} returning name`,
);

// lost with the last moments of a failing server it is sent once more, under the same id
const updatePosition = statement<{ id: string }>(
  'event_streams_advance',
  `update event_streams
      set position = :to::bigint, failures = 0, failing_since = null, last_error = null,
          last_at = case when :sent::boolean then now() else last_at end
    where ${AS_READ} returning id, ${UNHURRIED}`,
);

const updateMissed = statement<{ id: string }>(
  'event_streams_miss',
  `update event_streams s set missed = s.missed + h.floor - s.position, position = h.floor, acked = '{}'
     from event_heads h
    where s.tenant_id = :tenantId and s.id = :id and s.revision = :revision and s.position = :position
      and h.tenant_id = s.tenant_id and h.floor > s.position returning s.id`,
);

const updateFailed = statement<{ id: string }>(
  'event_streams_fail',
  `update event_streams
      set failures = failures + 1, failing_since = coalesce(failing_since, now()), last_error = :words,
          next_at = now() + make_interval(secs => :waitSeconds)
    where ${AS_READ} returning id`,
);

const updatePaused = statement<{ id: string }>(
  'event_streams_pause',
  `update event_streams set state = 'paused', paused_why = :why, last_error = :words, failures = failures + 1
    where ${AS_READ} returning id`,
);

const updateAcked = statement<never>(
  'event_streams_ack',
  `update event_streams
      set position = :position::bigint, acked = :acked::bigint[], last_at = now(), last_error = coalesce(:words, last_error)
    where ${KEY}`,
);

/** The streams of a tenant, the oldest first. */
export async function listStreams(db: Knex, tenantId: string): Promise<Stream[]> {
  return selectStreams(db, { tenantId });
}

/** One stream, or null. */
export async function findStream(db: Knex, { tenantId, id }: StreamKey): Promise<Stream | null> {
  const [stream] = await selectStream(db, { tenantId, id });
  return stream ?? null;
}

/** One stream, for a change: whoever changes it as well waits until the transaction ends. Throws `not_found`. */
export async function lockStream(trx: Knex, { tenantId, id }: StreamKey): Promise<Stream> {
  const [stream] = await lockStreamRow(trx, { tenantId, id });
  if (!stream) throw new Fault('not_found', `no event stream ${id}`);
  return stream;
}

export type NewStream = Pick<
  Stream,
  'tenantId' | 'id' | 'name' | 'kind' | 'url' | 'types' | 'audience' | 'secrets' | 'keyHash' | 'position'
>;

/** Makes a stream; throws `already_exists`. */
export async function addStream(trx: Knex, stream: NewStream): Promise<Stream> {
  const [row] = await insertStream(trx, { ...stream });
  if (!row) throw new Fault('already_exists', `an event stream named "${stream.name}" exists already`);
  return row;
}

/** Changes a stream, which is then tried anew; throws `already_exists`. */
export async function saveStream(trx: Knex, stream: Stream): Promise<Stream> {
  const rows = await updateStream(trx, { ...stream }).catch((cause: unknown) => {
    if ((cause as { code?: string }).code !== '23505') throw cause;
    throw new Fault('already_exists', `an event stream named "${stream.name}" exists already`, { cause });
  });
  const [row] = rows;
  if (!row) throw new Fault('not_found', `no event stream ${stream.id}`);
  return row;
}

/** Takes a stream away; throws `not_found`. */
export async function removeStream(trx: Knex, { tenantId, id }: StreamKey): Promise<string> {
  const [row] = await deleteStream(trx, { tenantId, id });
  if (!row) throw new Fault('not_found', `no event stream ${id}`);
  return row.name;
}

/** Moves a stream on; false when somebody else has moved or changed it meanwhile, and then it is theirs. */
export async function advance(db: Knex, stream: Stream, to: number, sent: boolean): Promise<boolean> {
  return (await updatePosition(db, { ...asRead(stream), to, sent })).length === 1;
}

/** Passes over what was deleted before it could be sent, and counts it; false when there is nothing of the kind. */
export async function passOverGone(db: Knex, stream: Stream): Promise<boolean> {
  return (await updateMissed(db, asRead(stream))).length === 1;
}

/** Keeps that the receiver did not take an event, and when it is tried again. */
export async function keepFailure(db: Knex, stream: Stream, words: string, waitSeconds: number): Promise<void> {
  await updateFailed(db, { ...asRead(stream), words, waitSeconds });
}

/** Stops sending until somebody asks for it; false when the stream was changed meanwhile. */
export async function pauseStream(trx: Knex, stream: Stream, why: string, words: string): Promise<boolean> {
  return (await updatePaused(trx, { ...asRead(stream), why, words })).length === 1;
}

/** Keeps what a receiver that fetches has acknowledged; the caller holds the stream. */
export async function keepAcked(
  trx: Knex,
  { tenantId, id }: StreamKey,
  acked: { position: number; acked: readonly number[]; words: string | null },
): Promise<void> {
  await updateAcked(trx, { tenantId, id, ...acked });
}

function asRead({ tenantId, id, revision, position }: Stream) {
  return { tenantId, id, revision, position };
}
