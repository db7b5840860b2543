import type { Knex } from 'knex';
import { record } from '../report/audit.ts';
import { findOperator, rolesOf } from './operators.ts';

/** Notes a sign-in in the audit of each tenant that it opens. */
export async function recordSignIn(db: Knex, id: string, by: 'password' | 'link' | 'openid'): Promise<void> {
  const operator = await findOperator(db, id);
  if (!operator) return;
  for (const { tenantId } of await rolesOf(db, id)) {
    await record(db, { tenantId, action: 'operator.sign-in', subject: id, detail: { by }, actor: operator.name });
  }
}
