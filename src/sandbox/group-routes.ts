import { type Request, Router } from 'express';
import type { Knex } from 'knex';
import { reading, writing } from './answer.ts';
import { addMember, createGroup, listGroups, removeMember } from './groups.ts';
import { groupInput, nameInput, parse } from './input.ts';

/** Groups and who is in them. */
export function groupRoutes(db: Knex): Router {
  const router = Router();
  router.get(
    '/groups',
    reading(async (req) => {
      const { name } = parse(nameInput, req.query);
      return { status: 200, body: { groups: await listGroups(db, name) } };
    }),
  );
  router.post(
    '/groups',
    writing(db, async (req) => {
      const { name } = parse(groupInput, req.body);
      return { status: 201, body: await createGroup(db, name) };
    }),
  );
  router.put(
    '/groups/:groupId/members/:id',
    writing(db, async (req) => {
      await addMember(db, ...ids(req));
      return { status: 204 };
    }),
  );
  router.delete(
    '/groups/:groupId/members/:id',
    writing(db, async (req) => {
      await removeMember(db, ...ids(req));
      return { status: 204 };
    }),
  );
  return router;
}

function ids(req: Request): [groupId: string, accountId: string] {
  return [String(req.params.groupId), String(req.params.id)];
}
