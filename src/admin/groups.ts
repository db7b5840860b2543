import { Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { fold } from '../directory/stored.ts';
import { listGroups, listMembers, readGroup } from '../report/groups.ts';
import { isStorable, knownId } from './input.ts';
import { readCursor, writeCursor } from './page-cursor.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';
const limit = z.coerce.number().int().min(1).max(1000).default(100);

/** What `GET /groups` may be asked for. */
export const GroupsWish = z.strictObject({
  search: z.string().trim().min(1).max(200).refine(isStorable, 'text that no name can hold').optional(),
  connection: z.uuid().optional(),
  cursor: z.string().max(4000).optional(),
  limit,
});
/** What the members of a group may be asked for. */
export const MembersWish = z.strictObject({ after: z.uuid().default(FIRST), limit });

/** The groups of the sources, and who is in them. */
export function groupRoutes({ db }: { db: Knex }): Router {
  const router = Router();
  router.param('id', knownId('group'));
  router.get('/', async (req, res) => {
    const wish = GroupsWish.parse(req.query);
    const search = fold(wish.search ?? '');
    const tenantId: string = res.locals['tenantId'];
    const list = { tenantId, connectionId: wish.connection ?? null, search };
    const behind = wish.cursor === undefined ? { key: '', id: FIRST } : readCursor(wish.cursor, list);
    const place = { key: behind.key, id: behind.id };
    const rows = await listGroups(db, { ...list, behind: place, limit: wish.limit });
    const last = rows.length === wish.limit ? rows.at(-1) : undefined;
    const next = last ? writeCursor({ backwards: false, key: last.key, id: last.id }, list) : null;
    res.json({ groups: rows.map(({ key, ...group }) => group), next });
  });
  router.get('/:id', async (req, res) => {
    const { key, ...group } = await readGroup(db, res.locals['tenantId'], req.params.id);
    res.json(group);
  });
  router.get('/:id/members', async (req, res) => {
    const tenantId: string = res.locals['tenantId'];
    const { id: groupId } = await readGroup(db, tenantId, req.params.id);
    const page = MembersWish.parse(req.query);
    const members = await listMembers(db, { tenantId, groupId, ...page });
    res.json({ members, next: members.length === page.limit ? (members.at(-1)?.id ?? null) : null });
  });
  return router;
}
