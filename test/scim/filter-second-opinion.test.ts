import fc from 'fast-check';
import { parse as parseSecond, type Filter as Second } from 'scim2-parse-filter';
import { expect, test } from 'vitest';
import type { Filter } from '../../src/model/filter.ts';
import { parseFilter } from '../../src/scim/filter/parse.ts';

/*
 * Our parser against somebody else's: random filters of the grammar (RFC 7644 §3.4.2.2) must give the same tree. Where
 * the other one is known to be wrong it is not asked; FAULTS holds each such case with the proof that it still is.
 */

type Tree = unknown[];

/** Both libraries' trees in one form: and/or with all their sides in one list, for neither groups differently. */
function ours(filter: Filter): Tree {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(filter.op, [ours(filter.left), ours(filter.right)]);
    case 'not':
      return ['not', ours(filter.filter)];
    case 'has':
      return ['[]', filter.path, ours(filter.filter)];
    case 'pr':
      return ['pr', filter.path];
    default:
      return [filter.op, filter.path, filter.value];
  }
}

function theirs(filter: Second): Tree {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(filter.op, filter.filters.map(theirs));
    case 'not':
      return ['not', theirs(filter.filter)];
    case '[]':
      return ['[]', filter.attrPath, theirs(filter.valFilter)];
    case 'pr':
      return ['pr', filter.attrPath];
    default:
      return [filter.op, filter.attrPath, filter.compValue];
  }
}

function joined(op: string, sides: Tree[]): Tree {
  return [op, ...sides.flatMap((side) => (side[0] === op ? side.slice(1) : [side]))];
}

const oursOf = (text: string) => ours(parseFilter(text, { tolerant: false }));
const theirsOf = (text: string) => theirs(parseSecond(text));

// all of an operator's letter cases, as clients write them
const word = (text: string) => fc.constantFrom(text, text.toUpperCase(), text.charAt(0).toUpperCase() + text.slice(1));
const space = fc.constantFrom(' ', '  ', ' '.repeat(5));
const optional = fc.constantFrom('', ' ');
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/).filter((text) => !/^(?:not|and|or)$/i.test(text)); // fault: named like an operator
const path = fc.oneof(
  name,
  fc.tuple(name, name).map(([attribute, sub]) => `${attribute}.${sub}`),
  name.map((attribute) => `urn:ietf:params:scim:schemas:core:2.0:User:${attribute}`),
);
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((value) => value.isWellFormed() && !/[\\\p{Cc}]/u.test(value)) // fault: escapes
  .map((value) => `"${value.replaceAll('"', '\\"')}"`);
const number = fc.oneof(
  fc.nat().map(String),
  fc.tuple(fc.nat(999), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`), // fault: signs
);
const value = fc.oneof(text, number, fc.constantFrom('true', 'false', 'null')); // fault: letter case of these
const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le').chain(word);
const comparison = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(path, space, operator, space, value).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.tuple(path, space, word('pr')).map((parts) => parts.join('')) },
);

/** A filter of the grammar; between brackets it holds no further brackets. */
function filterOf(leaf: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.letrec<{ filter: string; term: string }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      fc.tuple(optional, tie('filter'), optional).map(([before, inner, after]) => `(${before}${inner}${after})`),
      fc.tuple(word('not'), optional, tie('filter')).map(([not, gap, inner]) => `${not}${gap}(${inner})`),
    ),
    filter: fc
      .array(fc.tuple(tie('term'), fc.constantFrom('and', 'or').chain(word)), { minLength: 1, maxLength: 3 })
      .map((terms) => terms.map(([term, join], index) => (index ? ` ${join} ${term}` : term)).join('')),
  })).filter;
}

const valuePath = fc.tuple(name, filterOf(comparison)).map(([attribute, inner]) => `${attribute}[${inner}]`);
const filter = filterOf(fc.oneof({ weight: 5, arbitrary: comparison }, { weight: 1, arbitrary: valuePath }));

test('random filters of the grammar give the same tree', () => {
  fc.assert(
    fc.property(filter, (sent) => {
      expect(oursOf(sent)).toEqual(theirsOf(sent));
    }),
    { numRuns: 1_000 },
  );
});

const PIECES = ['a', 'b.c', 'eq', 'pr', 'and', 'or', 'not', '(', ')', '[', ']', '"x"', '1', 'true', 'null'];

test('of random pieces in any order, what both take means the same, and what only they take is a known fault', () => {
  const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((pieces) => pieces.join(' '));
  let taken = 0;
  fc.assert(
    fc.property(soup, (sent) => {
      const second = attempt(() => theirsOf(sent));
      const first = attempt(() => oursOf(sent));
      const known = TOO_MUCH.some((pattern) => pattern.test(sent)) || TOO_LITTLE.some((pattern) => pattern.test(sent));
      if (known) return;
      if (first) taken++;
      expect({ sent, tree: first }).toEqual({ sent, tree: second });
    }),
    { numRuns: 5_000 },
  );
  expect(taken).toBeGreaterThan(0); // a handful of thousands: enough to know that the comparison takes place
});

function attempt(parse: () => Tree): Tree | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** What the other one takes though the grammar has no such thing: those pieces are not compared. */
const TOO_MUCH = [
  /\bnot (?!\()/, // `not` wants parentheses
  /\[[^\]]*\[/, // brackets inside brackets
  /(?:^|[([] |and |or |not )(?:1|true|null|"x"|[)\]])/, // an attribute that begins with a digit, or is no word
];
/** What it refuses though the grammar has it. */
const TOO_LITTLE = [
  /\b(?:not|and|or) (?:eq|pr|\[)/, // an attribute named like an operator
];

const FAULTS: { why: string; sent: string; tree: Tree | null; second: Tree | null }[] = [
  { why: 'escapes, left undecoded', sent: 'a eq "\\u00e9"', tree: ['eq', 'a', 'é'], second: ['eq', 'a', '\\u00e9'] },
  { why: 'backslashes, doubled', sent: 'a eq "\\\\b"', tree: ['eq', 'a', '\\b'], second: ['eq', 'a', '\\\\b'] },
  { why: 'a backslash at the end', sent: 'a eq "\\\\"', tree: ['eq', 'a', '\\'], second: null },
  { why: 'a word for true in another letter case', sent: 'a eq True', tree: ['eq', 'a', true], second: null },
  { why: 'a negative number before a space', sent: '(a eq -1 )', tree: ['eq', 'a', -1], second: null },
  { why: 'a signed exponent before a space', sent: 'a eq 1e+2 ', tree: ['eq', 'a', 100], second: null },
  {
    why: '$ref is no name',
    sent: 'a.$ref pr or $ref pr',
    tree: ['or', ['pr', 'a.$ref'], ['pr', '$ref']],
    second: null,
  },
  { why: 'a name like an operator', sent: 'not eq 1', tree: ['eq', 'not', 1], second: null },
  { why: 'not without parentheses', sent: 'not a pr', tree: null, second: ['not', ['pr', 'a']] },
  { why: 'a name that begins with a digit', sent: '1abc pr', tree: null, second: ['pr', '1abc'] },
  { why: 'brackets in brackets', sent: 'a[b[c pr]]', tree: null, second: ['[]', 'a', ['[]', 'b', ['pr', 'c']]] },
  { why: 'a bad escape', sent: 'a eq "\\x"', tree: null, second: ['eq', 'a', '\\x'] },
];

test.for(FAULTS)('the second opinion is wrong about $why', ({ sent, tree, second }) => {
  expect([attempt(() => oursOf(sent)), attempt(() => theirsOf(sent))]).toEqual([tree, second]);
});

test('after brackets a sub-attribute means any element to them, and the same one to us (Entra)', () => {
  const sent = 'emails[type eq "work"].value eq "a@b"';
  const [type, address] = [
    ['eq', 'type', 'work'],
    ['eq', 'value', 'a@b'],
  ];
  expect(ours(parseFilter(sent, { tolerant: true }))).toEqual(['[]', 'emails', ['and', type, address]]);
  expect(theirsOf(sent)).toEqual(['and', ['[]', 'emails', type], ['eq', 'emails.value', 'a@b']]);
});
