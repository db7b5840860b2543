import type { Knex } from 'knex';
import { statement } from '../database/statement.ts';
import { uuidv7 } from '../database/uuid.ts';
import { actorNow } from './actor.ts';

export type AuditEntry = {
  tenantId: string;
  /** Dotted: what was changed, and how. */
  action: string;
  subject: string;
  /** No secrets: this is kept for ever and shown to auditors. */
  detail: Readonly<Record<string, unknown>>;
  actor?: string;
};

const insertEntry = statement<never>(
  'audit_record',
  `insert into audit (tenant_id, id, at, actor, action, subject, detail)
   values (:tenantId, :id, now(), :actor, :action, :subject, :detail)`,
);

/** Appends one admin change to the audit, in the caller's transaction where it has one. */
export async function record(db: Knex, entry: AuditEntry): Promise<void> {
  const { tenantId, action, subject, detail, actor = actorNow() } = entry;
  await insertEntry(db, { tenantId, id: uuidv7(), actor, action, subject, detail: JSON.stringify(detail) });
}
