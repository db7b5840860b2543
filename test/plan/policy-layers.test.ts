import { expect, test } from 'vitest';
import { RECOMMENDED_POLICY } from '../../src/model/policy.ts';
import { effectivePolicy, type PolicyDocument, type PolicySource } from '../../src/model/policy-layers.ts';
import { PRESET_NAMES } from '../../src/model/presets.ts';

type Row = { name: string; tenant?: PolicyDocument; connection?: PolicyDocument; onDelete: string; from: PolicySource };

test.for<Row>([
  { name: 'nothing is set: built-in', onDelete: 'suspend-then-erase', from: 'built-in' },
  { name: 'the tenant’s preset', tenant: { preset: 'card-issuer' }, onDelete: 'ignore', from: 'tenant preset' },
  {
    name: 'the tenant before its preset',
    tenant: { preset: 'card-issuer', onDelete: 'erase' },
    onDelete: 'erase',
    from: 'tenant',
  },
  {
    name: 'the connection’s preset before the tenant',
    tenant: { onDelete: 'erase' },
    connection: { preset: 'spend-management' },
    onDelete: 'suspend',
    from: 'connection preset',
  },
  {
    name: 'the connection before all',
    tenant: { onDelete: 'erase' },
    connection: { preset: 'spend-management', onDelete: 'ignore' },
    onDelete: 'ignore',
    from: 'connection',
  },
  {
    name: 'a preset that does not name the field lets the tenant through',
    tenant: { onDelete: 'erase' },
    connection: { preset: 'recommended' },
    onDelete: 'erase',
    from: 'tenant',
  },
])('S85: $name', ({ tenant = {}, connection = {}, onDelete, from }) => {
  const effective = effectivePolicy(tenant, connection);
  expect([effective.policy.onDelete, effective.from.onDelete]).toEqual([onDelete, from]);
});

test('the protected of all layers are protected', () => {
  const { policy, from } = effectivePolicy({ protected: ['boss', 'ceo'] }, { protected: ['ceo', 'root'] });
  expect(policy.protected).toEqual(['ceo', 'root', 'boss']);
  expect(from.protected).toBe('connection');
});

test('nothing set is as recommended; a preset of a later version names nothing', () => {
  expect(effectivePolicy({}, {}).policy).toEqual(RECOMMENDED_POLICY);
  expect(effectivePolicy({}, { preset: 'of-later' as never }).policy).toEqual(RECOMMENDED_POLICY);
});

test.for([
  ['card-issuer', { onDeactivate: 'suspend', onDelete: 'ignore', adoptExisting: 'all', suspendScope: 'active' }],
  ['card-issuer-strict-removal', { onDeactivate: 'suspend', onDelete: 'suspend', adoptExisting: 'all' }],
  ['employee-programme', { onAbsence: 'erase', onDeactivate: 'erase', graceDays: 0, erasureMode: 'erase' }],
  ['spend-management', { invite: 'manual', onDeactivate: 'suspend', onDelete: 'suspend', adoptExisting: 'all' }],
  ['frontline', { onAbsence: 'suspend-then-erase', graceDays: 30, invite: { onDate: 'startDate' } }],
  ['recommended', { invite: 'manual', adoptExisting: 'ask', erasureMode: 'keep' }],
] as const)('preset %s says what its article says', ([preset, expected]) => {
  expect(effectivePolicy({}, { preset }).policy).toMatchObject(expected);
  expect(PRESET_NAMES).toContain(preset);
});
