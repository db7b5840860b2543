import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SOURCES, sourceOf } from '../../src/console/sources.ts';
import { EN } from '../../src/console/words/index.ts';
import type { Profile } from '../../src/model/connection.ts';

describe('which source a connection is for', () => {
  test.for<{ name: string; profile: Profile; called: string; asked?: string; source: string }>([
    { name: 'the one that was asked for', profile: 'okta', called: 'okta', asked: 'entra', source: 'entra' },
    { name: 'that of the profile', profile: 'entra', called: 'staff', source: 'entra' },
    { name: 'the profile counts before the name', profile: 'okta', called: 'OneLogin', source: 'okta' },
    { name: 'the one it is called like', profile: 'generic', called: 'our JumpCloud', source: 'jumpcloud' },
    { name: 'the product it is called like', profile: 'generic', called: 'google workspace', source: 'google' },
    { name: 'any client else', profile: 'generic', called: 'idp', source: 'scim' },
    { name: 'any client for what nobody knows', profile: 'rfc', called: 'idp', asked: 'nonsense', source: 'scim' },
  ])('$name', ({ profile, called, asked, source }) => {
    expect(sourceOf({ profile, name: called }, asked).key).toBe(source);
  });
});

test.for([...SOURCES])('S20, S53: $key has words for all its steps, and a guide that comes along', (source) => {
  const { key, steps, guide, product } = source;
  const phrases = ['help', ...(product === '' ? ['name'] : []), ...Array.from({ length: steps }, (_, at) => at + 1)];
  for (const phrase of phrases) expect(EN).toHaveProperty([`sources.${key}.${phrase}`]);
  expect(EN).not.toHaveProperty([`sources.${key}.${steps + 1}`]);
  expect(existsSync(join(import.meta.dirname, `../../docs/${guide}.md`))).toBe(true);
});
