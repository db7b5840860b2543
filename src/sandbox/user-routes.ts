import { type Request, Router } from 'express';
import type { Knex } from 'knex';
import { type Account, toUser } from './account.ts';
import {
  endSessions,
  eraseAccount,
  findAccount,
  freezeCards,
  inviteAccount,
  listAccounts,
  resumeAccount,
  suspendAccount,
  updateAccount,
} from './accounts.ts';
import { type Answer, idempotencyKey, reading, writing } from './answer.ts';
import { changeInput, invitationInput, listInput, parse } from './input.ts';

/** Users and invitations: the API's words for accounts. */
export function userRoutes(db: Knex): Router {
  const router = Router();
  router.get(
    '/users',
    reading((req) => userPage(db, req)),
  );
  router.get(
    '/users/:id',
    reading(async (req) => user(await findAccount(db, id(req)))),
  );
  router.post(
    '/invitations',
    writing(db, (req) => invite(db, req)),
  );
  router.patch(
    '/users/:id',
    writing(db, async (req) => {
      const { email, ...profile } = parse(changeInput, req.body);
      return user(await updateAccount(db, id(req), { email, profile }));
    }),
  );
  router.post(
    '/users/:id/suspend',
    writing(db, async (req) => user(await suspendAccount(db, id(req)))),
  );
  router.post(
    '/users/:id/resume',
    writing(db, async (req) => user(await resumeAccount(db, id(req)))),
  );
  router.post(
    '/users/:id/cards/freeze',
    writing(db, async (req) => user(await freezeCards(db, id(req), true))),
  );
  router.post(
    '/users/:id/cards/unfreeze',
    writing(db, async (req) => user(await freezeCards(db, id(req), false))),
  );
  router.delete(
    '/users/:id/sessions',
    writing(db, async (req) => user(await endSessions(db, id(req)))),
  );
  router.delete(
    '/users/:id',
    writing(db, async (req) => {
      await eraseAccount(db, id(req));
      return { status: 204 };
    }),
  );
  return router;
}

async function userPage(db: Knex, req: Request): Promise<Answer> {
  const { email, after, limit } = parse(listInput, req.query);
  // one more than asked for tells whether there is a next page
  const found = await listAccounts(db, { email, after, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const next = found.length > limit ? (shown.at(-1)?.id ?? null) : null;
  return { status: 200, body: { users: shown.map(toUser), next } };
}

async function invite(db: Knex, req: Request): Promise<Answer> {
  const { email, ...profile } = parse(invitationInput, req.body);
  const { account, repeated } = await inviteAccount(db, { email, profile, key: idempotencyKey(req) });
  return user(account, repeated ? 200 : 201);
}

function user(account: Account, status = 200): Answer {
  return { status, body: toUser(account) };
}

function id(req: Request): string {
  return String(req.params.id);
}
