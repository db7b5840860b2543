import { Router } from 'express';
import type { Knex } from 'knex';
import { inTransaction } from '../database/transaction.ts';
import { Fault } from '../errors.ts';
import { changeStream, makeStream, rotateSecret } from '../events/change.ts';
import { writeCursor } from '../events/cursor.ts';
import { StreamChange, StreamInput } from '../events/input.ts';
import { headOf } from '../events/list.ts';
import { numberEvents } from '../events/number.ts';
import { POLL_PATH } from '../events/router.ts';
import { findStream, listStreams, removeStream, type Stream } from '../events/streams.ts';
import { record } from '../report/audit.ts';
import type { Vault } from '../vault.ts';
import { knownId } from './input.ts';

type Options = { db: Knex; vault: Vault; publicUrl: () => string; changed: () => void };

/** Enough for what a company does while somebody makes a stream: a new one begins behind it. */
const MOST_BATCHES = 200;

/** Receivers of events: their secrets are shown once, when they are made. */
export function eventStreamRoutes(options: Options): Router {
  const { db, changed } = options;
  const router = Router();
  router.param('id', knownId('event stream'));
  router.get('/', async (_req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { position } = await headOf(db, tenantId);
    const streams = await listStreams(db, tenantId);
    res.json({ streams: streams.map((stream) => shown(stream, position, options)) });
  });
  router.get('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    const stream = await findStream(db, { tenantId, id });
    if (!stream) throw new Fault('not_found', `no event stream ${id}`);
    res.json(await shownNow(options, stream));
  });
  router.post('/', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const input = StreamInput.parse(req.body);
    await numberEvents(db, tenantId, MOST_BATCHES);
    const made = await inTransaction(db, async (trx) => {
      const { stream, shown: once } = await makeStream(trx, options, tenantId, input);
      const { token, ...detail } = input;
      await record(trx, { tenantId, action: 'event-stream.add', subject: stream.id, detail });
      return { ...(await shownNow({ ...options, db: trx }, stream)), ...once };
    });
    changed();
    res.status(201).json(made);
  });
  changeRoutes(router, options);
  return router;
}

function changeRoutes(router: Router, options: Options): void {
  const { db, changed } = options;
  router.patch('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    const { token, ...detail } = StreamChange.parse(req.body);
    const saved = await inTransaction(db, async (trx) => {
      const stream = await changeStream(
        trx,
        options,
        { tenantId, id },
        { ...detail, ...(token !== undefined && { token }) },
      );
      const named = { ...detail, ...(token !== undefined && { token: token === null ? 'removed' : 'set' }) };
      await record(trx, { tenantId, action: 'event-stream.change', subject: id, detail: named });
      return shownNow({ ...options, db: trx }, stream);
    });
    changed();
    res.json(saved);
  });
  router.post('/:id/rotate', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    const saved = await inTransaction(db, async (trx) => {
      const { stream, shown: once } = await rotateSecret(trx, options, { tenantId, id });
      await record(trx, { tenantId, action: 'event-stream.rotate', subject: id, detail: {} });
      return { ...(await shownNow({ ...options, db: trx }, stream)), ...once };
    });
    res.json(saved);
  });
  router.delete('/:id', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id } = req.params;
    await inTransaction(db, async (trx) => {
      const name = await removeStream(trx, { tenantId, id });
      await record(trx, { tenantId, action: 'event-stream.remove', subject: id, detail: { name } });
    });
    res.status(204).end();
  });
}

async function shownNow(options: Options, stream: Stream) {
  const { position } = await headOf(options.db, stream.tenantId);
  return shown(stream, position, options);
}

/** A stream without its secrets; `types` is null where it carries all it can, `behind` counts events of all types. */
function shown(stream: Stream, head: number, { publicUrl }: Pick<Options, 'publicUrl'>) {
  const { id, name, kind, url, types, audience, state, pausedWhy, position, missed, failures } = stream;
  const { failingSince, lastError, lastAt, nextAt, createdAt, formerUntil } = stream;
  return {
    ...{ id, name, kind, url: url ?? `${publicUrl()}${POLL_PATH}/${id}`, types, audience },
    ...{ state, pausedWhy, after: writeCursor(position), behind: Math.max(0, head - position), missed },
    ...{ failures, failingSince, lastError, lastAt, createdAt },
    nextAt: failures > 0 && state === 'active' ? nextAt : null,
    formerSecretUntil: formerUntil !== null && formerUntil > new Date() ? formerUntil : null,
  };
}
