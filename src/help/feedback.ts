import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';

const MOST_COMMENTS = 1_000;

const count = statement<never>(
  'help_count',
  `insert into access.help_feedback as f (page, helpful, count) values (:page, :helpful, 1)
   on conflict (page, helpful) do update set count = f.count + 1`,
);

// the oldest make room: whoever writes a thousand comments drowns nobody's disk
const comment = statement<never>(
  'help_comment',
  `with kept as (
     insert into access.help_comments (page, comment) values (:page, :comment)),
   gone as (
     delete from access.help_comments where id in (select id from access.help_comments order by id desc offset ${MOST_COMMENTS}))
   select 1 where false`,
);

/** Counts whether a page helped. Nobody's name is kept with it (S47). */
export async function countFeedback(db: Knex, page: string, helpful: boolean): Promise<void> {
  await count(db, { page, helpful });
}

/** Keeps what somebody who signed in has to say about a page, without their name. */
export async function keepComment(db: Knex, page: string, text: string): Promise<void> {
  await comment(db, { page, comment: text });
}
