import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { z } from 'zod';
import { inTransaction } from '../database/transaction.ts';
import type { GangwayEvent } from '../model/event.ts';
import { readEvents } from './list.ts';
import { type Issuing, securityEventToken } from './send.ts';
import { keepAcked, lockStream, passOverGone, type Stream, type StreamKey } from './streams.ts';
import { kindsOf } from './types.ts';

const MOST_SETS = 100;
/** So far beyond what is acknowledged without a gap a receiver may go. */
const WINDOW = 200;
const LOOK_MS = 1_000;

/** What RFC 8936 §2.4 has a receiver send; what else it sends is passed over. */
export const PollRequest = z.object({
  maxEvents: z.number().int().min(0).max(1_000_000).optional(),
  returnImmediately: z.boolean().default(false),
  ack: z.array(z.string().max(200)).max(10_000).default([]),
  setErrs: z
    .record(
      z.string().max(200),
      z.looseObject({ err: z.string().max(200), description: z.string().max(2_000).optional() }),
    )
    .default({}),
});
export type PollRequest = z.output<typeof PollRequest>;
export type PollAnswer = { readonly sets: Record<string, string>; readonly moreAvailable: boolean };

type Open = { readonly stream: Stream; readonly events: GangwayEvent[]; readonly more: boolean };

/**
 * Answers a receiver that fetches: takes its acknowledgements, then gives what is not acknowledged yet, the oldest first. An
 * event is given until it is acknowledged or refused by name. Where there is none, waits until `giveUpAt` unless the receiver
 * wants none of that.
 */
export async function answerPoll(
  { db, ...issuing }: Issuing & { db: Knex },
  key: StreamKey,
  request: PollRequest,
  { giveUpAt, isGone }: { giveUpAt: number; isGone: () => boolean },
): Promise<PollAnswer> {
  const most = Math.min(request.maxEvents ?? MOST_SETS, MOST_SETS);
  let open = await acknowledge(db, key, request);
  while (most > 0 && open.events.length === 0 && !request.returnImmediately && Date.now() < giveUpAt && !isGone()) {
    await sleep(LOOK_MS);
    open = await acknowledge(db, key, { ack: [], setErrs: {} });
  }
  const sets: Record<string, string> = {};
  const given = open.events.slice(0, most);
  for (const event of given) sets[event.id] = await securityEventToken(issuing, open.stream, event);
  return { sets, moreAvailable: open.more || open.events.length > given.length };
}

/** Keeps what is acknowledged, and reads what is not; two at the same time do it one after the other. */
async function acknowledge(
  db: Knex,
  key: StreamKey,
  { ack, setErrs }: Pick<PollRequest, 'ack' | 'setErrs'>,
): Promise<Open> {
  const done = new Set([...ack, ...Object.keys(setErrs)]);
  const words = refusalWords(setErrs);
  return inTransaction(db, async (trx) => {
    await passOverGone(trx, await lockStream(trx, key));
    let stream = await lockStream(trx, key);
    for (;;) {
      const { position: before, acked: ackedBefore } = stream;
      const query = { after: before, kinds: kindsOf(stream.kind, stream.types), limit: WINDOW };
      const page = await readEvents(trx, key.tenantId, query);
      const received = new Set(ackedBefore);
      for (const { id, position } of page.events) if (done.has(id)) received.add(position);
      const events = page.events.filter(({ position }) => !received.has(position));
      const [first] = events; // everything before it was received, or is not for this stream
      const position = first ? first.position - 1 : page.next;
      const acked = [...received].filter((each) => each > position);
      if (position !== before || acked.length !== ackedBefore.length || words !== null) {
        await keepAcked(trx, key, { position, acked, words });
      }
      stream = { ...stream, position, acked };
      if (events.length > 0 || position === page.head || position === before) {
        return { stream, events, more: page.next < page.head };
      }
    }
  });
}

/** What a receiver cannot take is not given again, and is shown to people. */
function refusalWords(setErrs: PollRequest['setErrs']): string | null {
  const [first] = Object.entries(setErrs);
  if (!first) return null;
  const [id, { err, description = '' }] = first;
  const words = `the receiver refused ${id}: ${err} ${description}`.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').toWellFormed();
  return words.slice(0, 500).trim();
}
