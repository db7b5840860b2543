import type { Knex } from 'knex';
import { z } from 'zod';
import { listExtensions } from '../../directory/extensions.ts';
import { readMapping, saveMapping } from '../../directory/mappings.ts';
import type { Mapping } from '../../model/mapping.ts';
import { record } from '../../report/audit.ts';
import { parseMapping } from '../mapping-document.ts';
import { type Changed, previewMapping } from '../mapping-preview.ts';
import { planKind } from './kind.ts';

/** Another mapping for one connection. */
export const mappingPlan = planKind({
  schema: z.strictObject({ kind: z.literal('mapping'), connectionId: z.uuid(), mapping: z.unknown() }),
  look: async (options, { tenantId, change }, each) => {
    const { connectionId } = change;
    const { mapping: before } = await readMapping(options.db, tenantId, connectionId);
    const after = await parsed(options.db, tenantId, change.mapping);
    await previewMapping(options, tenantId, connectionId, before, after, (one, outcomes) => {
      const { id: personId, userName, targetId } = one;
      each({ personId, userName, targetId, before: one.before, after: inWords(one) }, outcomes.join(' and '));
    });
    return [];
  },
  apply: async (trx, { tenantId, change, actor }) => {
    const mapping = await parsed(trx, tenantId, change.mapping);
    await changeMapping(trx, { tenantId, connectionId: change.connectionId, mapping, actor });
  },
});

/** Saves a connection's mapping with its audit entry; call in a transaction. */
export async function changeMapping(trx: Knex, { tenantId, connectionId, mapping, actor }: Saving): Promise<void> {
  const { mapping: before } = await readMapping(trx, tenantId, connectionId);
  await saveMapping(trx, tenantId, connectionId, mapping);
  const detail = { before, after: mapping };
  await record(trx, { tenantId, action: 'connection.mapping', subject: connectionId, detail, actor });
}

type Saving = { tenantId: string; connectionId: string; mapping: Mapping; actor: string };

/** A mapping as it was sent; throws what is wrong with it. */
export async function parsed(db: Knex, tenantId: string, sent: unknown): Promise<Mapping> {
  return parseMapping(sent, await listExtensions(db, tenantId));
}

function inWords({ after, attributes, granted, revoked }: Changed): string {
  const changes = Object.entries(attributes).map(([name, change]) => `${name} ${JSON.stringify(change)}`);
  const groups = [...granted.map((group) => `into ${group}`), ...revoked.map((group) => `out of ${group}`)];
  return [after, ...changes, ...groups].join('; ');
}
