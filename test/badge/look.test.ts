import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { ManagedAccount } from '../../src/badge/account.ts';
import { pageOf, svgOf } from '../../src/badge/draw.ts';
import { COLOURS, policyOf, SVG_STYLE } from '../../src/badge/look.ts';
import { wordsOf } from '../../src/badge/words.ts';
import { frameAncestors, isFrameAncestor } from '../../src/model/badge.ts';

type Managed = Extract<ManagedAccount, { managed: true }>;

const okta: Managed = {
  account: 'r1',
  managed: true,
  connection: { id: 'c1', name: 'okta' },
  label: 'added via okta',
  origin: 'invited',
  state: 'active',
  syncState: 'synced',
  attributes: [],
  locked: ['email', 'title', 'shoeSize'],
};

test.for([
  { name: 'managed, in English', account: okta, language: 'en', title: 'Managed by okta' },
  { name: 'managed, in German', account: okta, language: 'de', title: 'Verwaltet durch okta' },
  { name: 'not managed', account: { account: 'r1', managed: false }, language: 'en', title: 'Not managed' },
  { name: 'nicht verwaltet', account: { account: 'r1', managed: false }, language: 'de', title: 'Nicht verwaltet' },
  { name: 'no badge at all', account: null, language: 'en', title: 'There is no such badge' },
] as const)('S11, S21: the badge says: $name', ({ account, language, title }) => {
  expect(wordsOf(account, language).title).toBe(title);
});

test.for([
  [okta, ['added via okta', 'active, up to date', 'Locked: e-mail, title, shoeSize']],
  [{ ...okta, locked: [] }, ['added via okta', 'active, up to date']],
  [
    { ...okta, locked: [], state: 'suspended', syncState: 'held' },
    ['added via okta', 'suspended, a change waits for approval'],
  ],
  [
    { ...okta, locked: [], connection: { id: '', name: '$& {fields}' } },
    ['added via $& {fields}', 'active, up to date'],
  ],
] as const)(
  'S55, S79: below it there is where the account came from, its state, and what is locked',
  ([account, lines]) => {
    expect(wordsOf(account as Managed, 'en').lines).toEqual(lines);
  },
);

describe('whatever a connection is called', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><svg onload=x>',
    "it's & so",
    '\u0000\u001b[2J\uffff',
    '漢字'.repeat(80),
    '\ud800',
  ];
  test.for(HOSTILE)('%j', (name) => {
    const said = wordsOf({ ...okta, connection: { id: '', name } }, 'de');
    const svg = svgOf(said, 'de');
    const names: string[] = [];
    const attributes: string[] = [];
    let text = '';
    const parser = new SaxesParser({ xmlns: false, position: false });
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', (tag) => {
      names.push(tag.name);
      attributes.push(...Object.keys(tag.attributes));
    });
    parser.on('text', (some) => {
      text += some;
    });
    parser.write(svg).close();
    expect([...new Set(names)].toSorted()).toEqual(['rect', 'style', 'svg', 'text', 'title']);
    expect(text.toWellFormed()).toContain('Verwaltet durch');
    const page = pageOf(said, 'de');
    expect(
      page.match(/<[a-z]+/g)?.filter((tag) => !/^<(?:html|head|meta|title|style|body|section|h|ul|li)/.test(tag)),
    ).toEqual([]);
    expect(attributes.filter((one) => /^on|href/i.test(one))).toEqual([]);
    expect(page).not.toMatch(/<[a-z][^>]*\s(?:on\w+|href|src)=/i);
    expect(page).not.toMatch(/https?:|url\(|@import/);
  });
});

test('a picture is as wide as what it says, and never wider than 70 letters', () => {
  const widthOf = (name: string) => Number(/ width="(\d+)"/.exec(svgOf({ title: name, lines: [] }, 'en'))?.[1]);
  expect(widthOf('ab')).toBe(42);
  expect(widthOf('漢字')).toBe(60);
  expect(widthOf('x'.repeat(500))).toBe(70 * 9 + 24);
});

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test.for(Object.entries(COLOURS))(
  '%s: text has the contrast of WCAG AAA, lines that of a part of the page',
  ([, colours]) => {
    expect(contrast(colours.text, colours.back)).toBeGreaterThan(7);
    expect(contrast(colours.muted, colours.back)).toBeGreaterThan(7);
    expect(contrast(colours.line, colours.back)).toBeGreaterThan(3);
  },
);

test('both looks are in the style, which the policy knows by its hash', () => {
  expect(SVG_STYLE).toMatch(/#ffffff.*@media\(prefers-color-scheme:dark\)\{.*#1b2027/);
  expect(policyOf(SVG_STYLE, '*')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+=*'; .*frame-ancestors \*$/);
});

test.for([
  ['https://app.example.com', true],
  ['https://*.example.com:8443', true],
  ['http://localhost:3000', true],
  ['*', true],
  ['app.example.com', false],
  ['https://app.example.com/path', false],
  ["https://a.example.com; script-src 'unsafe-inline'", false],
  ['', false],
] as const)('the origin %s: %s', ([origin, taken]) => {
  expect(isFrameAncestor(origin)).toBe(taken);
});

test.for([
  [{}, '*'],
  [{ badgeOrigins: 'https://a.example.com, https://b.example.com' }, 'https://a.example.com https://b.example.com'],
  [{ badgeOrigins: ['https://a.example.com'] }, 'https://a.example.com'],
  [{ badgeOrigins: ['x; y'] }, '*'],
] as const)('settings %j: frames of %s', ([settings, ancestors]) => {
  expect(frameAncestors(settings)).toBe(ancestors);
});
