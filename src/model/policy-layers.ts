import { type Policy, RECOMMENDED_POLICY } from './policy.ts';
import { PRESETS, type PresetName } from './presets.ts';

/** What a tenant or a connection has set; anything it leaves out comes from the layer below. */
export type PolicyDocument = Partial<Policy> & { readonly preset?: PresetName };

export type PolicySource = 'connection' | 'connection preset' | 'tenant' | 'tenant preset' | 'built-in';
export type EffectivePolicy = { policy: Policy; from: Record<keyof Policy, PolicySource> };

/**
 * The policy that holds, and where each value comes from: the first layer that names the field.
 *
 *   1  connection          what the connection sets itself
 *   2  connection preset   the values of the preset that the connection names
 *   3  tenant              what the tenant sets for all its connections
 *   4  tenant preset
 *   5  built-in            as recommended
 *
 * `protected` is the exception: the lists of all layers together, because a connection that protects one more person must
 * not lose the tenant's.
 */
export function effectivePolicy(tenant: PolicyDocument, connection: PolicyDocument): EffectivePolicy {
  const layers: [PolicySource, Partial<Policy>][] = [
    ['connection', connection],
    ['connection preset', presetOf(connection)],
    ['tenant', tenant],
    ['tenant preset', presetOf(tenant)],
    ['built-in', RECOMMENDED_POLICY],
  ];
  const fields = Object.keys(RECOMMENDED_POLICY) as (keyof Policy)[];
  const found = fields.map((field) => {
    const [source, layer] = layers.find(([, values]) => values[field] !== undefined) ?? [
      'built-in',
      RECOMMENDED_POLICY,
    ];
    return { field, source, value: layer[field] };
  });
  const names = [...new Set(layers.flatMap(([, layer]) => layer.protected ?? []))];
  return {
    policy: { ...(Object.fromEntries(found.map(({ field, value }) => [field, value])) as Policy), protected: names },
    from: Object.fromEntries(found.map(({ field, source }) => [field, source])) as EffectivePolicy['from'],
  };
}

function presetOf({ preset }: PolicyDocument): Partial<Policy> {
  return preset === undefined ? {} : (PRESETS[preset] ?? {}); // of a later version: as if it named nothing
}
