import { readdirSync, readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseExtension } from '../../src/admin/extension-input.ts';
import { isCarried } from '../../src/directory/extension-carriers.ts';
import { lossesOf } from '../../src/directory/extension-losses.ts';
import { listExtensions } from '../../src/directory/extensions.ts';
import { testDatabase } from '../support/database.ts';
import { aScope } from '../support/directory.ts';
import { declare } from '../support/extensions.ts';

const { db, drop } = await testDatabase();
afterAll(drop);
const scope = await aScope(db);

const EXAMPLES = new URL('../../examples/extensions/', import.meta.url);
const URN = 'urn:example:Store';
const extension = (more: object = {}, ...attributes: object[]) =>
  parseExtension({ name: 'Store', attributes: attributes.length ? attributes : [{ name: 'a' }], ...more }, URN);
const desk = (...names: string[]) => ({ name: 'd', type: 'complex', subAttributes: names.map((name) => ({ name })) });

test.for([
  { name: 'the same', after: extension(), losses: [] },
  { name: 'one more attribute', after: extension({}, { name: 'a' }, { name: 'b' }), losses: [] },
  {
    name: 'words, demands and listed values',
    after: extension({ required: true }, { name: 'a', description: 'x', required: true, canonicalValues: ['x'] }),
    losses: [],
  },
  { name: 'an attribute less', after: extension({}, { name: 'b' }), losses: ['a'] },
  { name: 'another type', after: extension({}, { name: 'a', type: 'integer' }), losses: ['a'] },
  { name: 'several values', after: extension({}, { name: 'a', multiValued: true }), losses: ['a'] },
  { name: 'another sense of letter case', after: extension({}, { name: 'a', caseExact: true }), losses: ['a'] },
  { name: 'another type of resource', after: extension({ resourceType: 'Group' }), losses: ['the resource type'] },
  {
    name: 'a sub-attribute less',
    before: extension({}, desk('x', 'y')),
    after: extension({}, desk('y', 'z')),
    losses: ['d.x'],
  },
])('a new declaration with $name loses $losses', ({ before = extension(), after, losses }) => {
  expect(lossesOf(before, after)).toEqual(losses);
});

test.for(readdirSync(EXAMPLES))('the example %s is valid', (file) => {
  const schema = parse(readFileSync(new URL(file, EXAMPLES), 'utf8'));
  expect(parseExtension(schema, schema.id).attributes.length).toBeGreaterThan(0);
});

test('two at the same time cannot pass the limit together', async () => {
  const made = await Promise.allSettled(
    Array.from({ length: 25 }, (_, index) =>
      declare(db, scope.tenantId, { urn: `urn:example:n${index}`, name: 'n', attributes: [{ name: 'a' }] }),
    ),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  expect(await listExtensions(db, scope.tenantId)).toHaveLength(20);
});

describe('whether anybody carries one', () => {
  test('is asked of the index', async () => {
    await db.raw(
      `insert into people (tenant_id, connection_id, id, user_name, user_name_key, active, document, search, created_at,
                           modified_at)
       select :tenantId, :connectionId, gen_random_uuid(), 'u' || n, 'u' || n, true, '{}',
              jsonb_build_object('title', 't' || n, 'schemas', jsonb_build_array('urn:example:other')), now(), now()
         from generate_series(1, 4000) n`,
      scope,
    );
    await db.raw('analyze people');
    expect(await planOf((spy) => isCarried(spy, scope.tenantId, extension()))).toMatch(/people(_p\d)?_search/);
    expect(await isCarried(db, scope.tenantId, extension())).toBe(false);
    expect(
      await isCarried(
        db,
        scope.tenantId,
        parseExtension({ ...extension(), urn: 'urn:example:other' }, 'urn:example:other'),
      ),
    ).toBe(true);
  });
});

/** What a statement would do, explained instead of run. */
async function planOf(run: (spy: Knex) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const query = async ({ text, values }: { text: string; values: unknown[] }) => {
    const connection = await db.client.acquireConnection();
    const { rows } = await connection.query(`explain (costs off) ${text}`, values);
    await db.client.releaseConnection(connection);
    for (const row of rows as Record<string, string>[]) lines.push(row['QUERY PLAN'] ?? '');
    return { rows: [] };
  };
  const client = {
    config: { prepared: false },
    acquireConnection: async () => ({ query }),
    releaseConnection: async () => {},
  };
  await run({ client } as unknown as Knex);
  return lines.join('\n');
}
