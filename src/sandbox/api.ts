import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, Router } from 'express';
import type { Knex } from 'knex';
import type { Log } from '../log.ts';
import { apiErrors, reading } from './answer.ts';
import { readFaults, writeFaults } from './faults.ts';
import { groupRoutes } from './group-routes.ts';
import { faultsInput, keyInput, parse } from './input.ts';
import { misbehave } from './misbehave.ts';
import { listReceived } from './received.ts';
import { Refusal } from './refusal.ts';
import { userRoutes } from './user-routes.ts';

/** The sandbox's HTTP API, version 1. */
export function apiRoutes({ db, key, log }: { db: Knex; key: string; log: Log }): Router {
  const router = Router();
  router.use(bearer(key), express.json({ limit: '100kb' }));
  router.use(controlRoutes(db)); // before the faults: whoever broke the API must be able to mend it
  router.use(misbehave(db), userRoutes(db), groupRoutes(db), unknownPath, apiErrors(log));
  return router;
}

// compared as hashes: they have one length, and where they differ tells nothing about the key
function bearer(key: string): RequestHandler {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const expected = hash(key);
  return (req, res, next) => {
    const given = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(hash(given), expected)) return next();
    res.set('WWW-Authenticate', 'Bearer');
    throw new Refusal(401, 'unauthorized', 'a valid API key is needed: Authorization: Bearer <key>');
  };
}

function controlRoutes(db: Knex): Router {
  const router = Router();
  router.get(
    '/faults',
    reading(async () => ({ status: 200, body: await readFaults(db) })),
  );
  // not a write of the app's own, so it is not among the received ones
  router.put(
    '/faults',
    reading(async (req) => {
      await writeFaults(db, parse(faultsInput, req.body));
      return { status: 200, body: await readFaults(db) };
    }),
  );
  router.get(
    '/received',
    reading(async (req) => {
      const { key } = parse(keyInput, req.query);
      return { status: 200, body: { received: await listReceived(db, key, 500) } };
    }),
  );
  return router;
}

function unknownPath(): never {
  throw new Refusal(404, 'not_found', 'there is nothing at this path');
}
