import type { Knex } from 'knex';
import { parseExtension } from '../../src/admin/extension-input.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { putExtension } from '../../src/directory/extensions.ts';
import type { ExtensionSchema } from '../../src/model/extension.ts';

export const STORE_URN = 'urn:example:params:scim:Store:1.0:User';
export const SITE_URN = 'urn:example:params:scim:Site:1.0:Group';

/** What a chain of shops would add to its people: one attribute of each type, and each way to return one. */
export const STORE = {
  urn: STORE_URN,
  name: 'Store',
  description: 'Where somebody works',
  attributes: [
    { name: 'storeId', required: true },
    { name: 'badge', caseExact: true },
    { name: 'region', canonicalValues: ['North', 'South'] },
    { name: 'floor', type: 'integer' },
    { name: 'rate', type: 'decimal' },
    { name: 'keyHolder', type: 'boolean' },
    { name: 'since', type: 'dateTime' },
    { name: 'handbook', type: 'reference', referenceTypes: ['external'] },
    { name: 'skills', multiValued: true },
    {
      name: 'shifts',
      type: 'complex',
      multiValued: true,
      subAttributes: [
        { name: 'value', required: true },
        { name: 'type', canonicalValues: ['early', 'late'] },
        { name: 'primary', type: 'boolean' },
      ],
    },
    { name: 'desk', type: 'complex', subAttributes: [{ name: 'room' }, { name: 'seat', type: 'integer' }] },
    { name: 'level', mutability: 'readOnly' },
  ],
};

/** Declares an extension as the admin API does. */
export async function declare(
  db: Knex,
  tenantId: string,
  declaration: { urn: string; [field: string]: unknown },
  force = false,
): Promise<ExtensionSchema> {
  const extension = parseExtension(declaration, declaration.urn);
  await inTransaction(db, async (trx) => putExtension(trx, tenantId, extension, { force }));
  return extension;
}
