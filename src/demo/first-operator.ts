import type { Knex } from 'knex';
import { makeLink } from '../access/links.ts';
import { createOperator, findOperator, setRole } from '../access/operators.ts';
import { inTransaction } from '../database/transaction.ts';
import { findTenant } from '../directory/tenants.ts';
import { record } from '../report/audit.ts';

const NAME = 'admin';

/**
 * The path of a one-time link for the first operator, the owner of the demo tenant; null once somebody has chosen a password
 * by one. Each start makes a new link, so that one that was missed is no loss.
 */
export async function firstLink(db: Knex, tenant: string): Promise<string | null> {
  return inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtext(?))', ['gangway first operator']); // two first starts make one
    const there = await findOperator(trx, NAME);
    const operator = there ?? (await firstOperator(trx, tenant));
    return operator?.signIn === 'link' ? makeLink(trx, operator.id) : null;
  });
}

/** Only where nobody can sign in yet: who was removed on purpose does not come back. */
async function firstOperator(trx: Knex, tenant: string) {
  const { rows } = await trx.raw<{ rows: unknown[] }>('select 1 from access.operators limit 1');
  const tenantId = await findTenant(trx, tenant);
  if (rows.length > 0 || tenantId === null) return null;
  const operator = await createOperator(trx, [tenantId], { name: NAME });
  await setRole(trx, tenantId, operator.id, ['owner']);
  const detail = { name: NAME, rights: ['owner'] };
  await record(trx, { tenantId, action: 'operator.add', subject: operator.id, detail, actor: 'gangway' });
  return operator;
}
