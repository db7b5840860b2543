import type { Knex } from 'knex';
import { runDynamic } from '../database/statement.ts';
import { idsFrom } from '../database/uuid.ts';

/** One admin change as it was recorded. */
export type AuditItem = {
  id: string;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
};
export type AuditQuery = {
  readonly tenantId: string;
  readonly subject: string | null;
  readonly action: string | null;
  readonly actor: string | null;
  readonly from: Date | null;
  readonly until: Date | null;
};
export type AuditPage = { readonly limit: number; readonly before: string | null };

/** The index that serves the narrowest of the conditions; ids begin with their time, so times need none of their own. */
const CONDITIONS = {
  subject: 'subject = :subject',
  action: 'action = :action',
  actor: 'actor = :actor',
  from: 'id >= :fromId::uuid',
  until: 'id < :untilId::uuid',
} as const;

/** The newest entries first; `before` is the last id of the page before. */
export async function listAudit(db: Knex, query: AuditQuery, page: AuditPage): Promise<AuditItem[]> {
  const { tenantId, subject, action, actor, from, until } = query;
  const bindings = {
    ...{ tenantId, subject, action, actor, ...page },
    fromId: from && idsFrom(from),
    untilId: until && idsFrom(until),
  };
  return runDynamic<AuditItem>(db, auditSql(query, page.before !== null), bindings);
}

/** The statement behind a page, for whoever wants to see how it is carried out. */
export function auditSql(query: AuditQuery, continued: boolean): string {
  const asked = (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]).filter((name) => query[name] !== null);
  const conditions = ['tenant_id = :tenantId', ...asked.map((name) => CONDITIONS[name])];
  if (continued) conditions.push('id < :before::uuid');
  return `select id, at, actor, action, subject, detail from audit where ${conditions.join(' and ')}
    order by id desc limit :limit`;
}
