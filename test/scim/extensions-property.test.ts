import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExtensionAttribute } from '../../src/model/extension.ts';
import { type Scim, startScim } from '../support/app.ts';
import { declare } from '../support/extensions.ts';
import { aUser, USER_URN } from '../support/people.ts';

let scim: Scim;
beforeAll(async () => {
  scim = await startScim();
});
afterAll(() => scim.stop());

type Declared = Omit<ExtensionAttribute, 'subAttributes'> & { subAttributes?: Declared[] | undefined };

// value, type and primary have a meaning of their own in lists (RFC 7643 §2.4)
const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,9}$/)
  .filter((text) => !['value', 'type', 'primary'].includes(text.toLowerCase()) && !(text in {}));
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((one) => one.isWellFormed() && !one.includes('\0'));
const words = fc.uniqueArray(
  text.filter((word) => word.trim() !== ''),
  { minLength: 1, maxLength: 4, selector: (word) => word.normalize('NFC').toLowerCase() },
);
const simple = fc.constantFrom('string', 'boolean', 'integer', 'decimal', 'dateTime', 'reference' as const);

const attribute = (type: fc.Arbitrary<ExtensionAttribute['type']>, isSub: boolean): fc.Arbitrary<Declared> =>
  fc
    .record({
      name,
      type,
      multiValued: isSub ? fc.constant(false) : fc.boolean(),
      description: text,
      required: fc.boolean(),
      caseExact: fc.boolean(),
      canonicalValues: fc.option(words, { nil: undefined }),
      mutability: fc.constantFrom('readWrite', 'readOnly'),
      uniqueness: fc.constant('none' as const),
      returned: fc.constant('default' as const),
      subAttributes: isSub ? fc.constant(undefined) : attributes(simple, true),
    })
    .map((made) => ({
      ...made,
      required: made.required && made.mutability !== 'readOnly',
      caseExact: made.caseExact || made.type === 'reference',
      canonicalValues: made.type === 'string' ? made.canonicalValues : undefined,
      subAttributes: made.type === 'complex' ? made.subAttributes : undefined,
    }));

const attributes = (type: fc.Arbitrary<ExtensionAttribute['type']>, isSub = false): fc.Arbitrary<Declared[]> =>
  fc.uniqueArray(attribute(type, isSub), { minLength: 1, maxLength: 5, selector: (one) => one.name.toLowerCase() });

const declaration = fc.record({
  urn: fc
    .stringMatching(/^urn:example:[A-Za-z0-9][A-Za-z0-9:._-]{0,20}[A-Za-z0-9]$/)
    .filter((urn) => !/::|[.:-]:/.test(urn)),
  name: fc.stringMatching(/^[A-Z][a-z]{1,10}$/),
  description: text,
  attributes: attributes(fc.oneof(simple, fc.constant('complex' as const))),
});

/** A value that the attribute takes. */
function valueFor(declared: Declared): fc.Arbitrary<unknown> {
  const one = singleOf(declared);
  return declared.multiValued ? fc.array(one, { minLength: 1, maxLength: 3 }) : one;
}

function singleOf({ type, canonicalValues, required, subAttributes = [] }: Declared): fc.Arbitrary<unknown> {
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.maxSafeInteger();
    case 'decimal':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0); // JSON has no -0
    case 'dateTime':
      return fc
        .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
        .map((date) => date.toISOString());
    case 'reference':
      return fc.webUrl();
    case 'complex':
      return partOf(subAttributes);
    default:
      return canonicalValues
        ? fc.constantFrom(...canonicalValues)
        : text.filter((one) => !required || one.trim() !== '');
  }
}

/** Values of all that is required and of some of the rest. */
function partOf(declared: readonly Declared[]): fc.Arbitrary<Record<string, unknown>> {
  const writable = declared.filter(({ mutability }) => mutability === 'readWrite');
  const requiredKeys = writable.filter(({ required }) => required).map((one) => one.name);
  return fc.record(Object.fromEntries(writable.map((one) => [one.name, valueFor(one)])), { requiredKeys });
}

/** What is left where an empty object says "unassigned" (RFC 7643 §2.5). */
function withoutEmpty(part: Record<string, unknown>): Record<string, unknown> {
  const isFull = (value: unknown) => typeof value !== 'object' || value === null || Object.keys(value).length > 0;
  const kept = Object.entries(part).map(([key, value]) => [key, Array.isArray(value) ? value.filter(isFull) : value]);
  return Object.fromEntries(kept.filter(([, value]) => isFull(value)));
}

const given = declaration.chain((declared) => fc.tuple(fc.constant(declared), partOf(declared.attributes)));

test('what is declared is served, and what is stored comes back and is found', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(given, async ([declared, part]) => {
      const client = await scim.stranger();
      const { urn } = declared;
      const extension = await declare(scim.db, client.connection.tenantId, declared);
      expect(extension).toMatchObject({ ...declared, attributes: extension.attributes });
      const { body: schema } = await client.request('GET', `/Schemas/${urn}`);
      expect(schema.attributes).toEqual(declared.attributes);
      expect([schema.id, schema.description]).toEqual([urn, declared.description]);
      const kept = withoutEmpty(part);
      const missing = declared.attributes.some((one) => one.required && kept[one.name] === undefined);
      const sent = aUser({ schemas: [USER_URN, urn], [urn]: part });
      const { status, body } = await client.request('POST', '/Users', sent);
      if (missing && Object.keys(kept).length > 0) {
        expect([status, body.scimType]).toEqual([400, 'invalidValue']);
        return;
      }
      expect([status, body.detail]).toEqual([201, undefined]);
      expect(body[urn]).toEqual(Object.keys(kept).length ? kept : undefined);
      expect((await client.request('GET', `/Users/${body.id}`)).body[urn]).toEqual(body[urn]);
      for (const { name: each, type, multiValued } of declared.attributes) {
        const value = kept[each];
        if (value === undefined || type === 'complex' || multiValued) continue;
        const filter = `${urn}:${each} eq ${JSON.stringify(value)}`;
        const found = await client.request('POST', '/Users/.search', { filter });
        expect([filter, found.body.totalResults]).toEqual([filter, 1]);
      }
    }),
    { numRuns: 40 },
  );
});
