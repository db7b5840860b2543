import { expect, test } from 'vitest';
import { renderGuide } from '../../src/help/markdown.ts';

const html = (text: string) => renderGuide(text, new Set(['okta', 'mapping'])).html.trim();

test.for([
  { name: 'a guide', text: '[a](okta.md)', shown: '<p><a href="/help/okta">a</a></p>' },
  {
    name: 'a place in a guide',
    text: '[a](mapping.md#the-table)',
    shown: '<p><a href="/help/mapping#the-table">a</a></p>',
  },
  { name: 'a place in this one', text: '[a](#x)', shown: '<p><a href="#x">a</a></p>' },
  { name: 'elsewhere', text: '[a](https://cel.dev)', shown: '<p><a href="https://cel.dev" rel="noreferrer">a</a></p>' },
  { name: 'no page', text: '[a](../README.md) [b](decisions/1.md)', shown: '<p>a b</p>' },
  { name: 'a script', text: '[a](javascript:alert(1))', shown: '<p>a</p>' },
  { name: 'nothing: it is markup', text: '<b>x</b>', shown: '<p>&lt;b&gt;x&lt;/b&gt;</p>' },
])('a link to $name', ({ text, shown }) => {
  expect(html(text)).toBe(shown);
});

test('headings have the anchors that GitHub gives them, twice the same ones with a number', () => {
  const { sections, title, lead } = renderGuide(
    '# A `b`, c!\n\nFirst *words*.\n\n## Über uns\n\nx\n\n## Über uns\n',
    new Set(),
  );
  expect(sections.map(({ id }) => id)).toEqual(['a-b-c', 'über-uns', 'über-uns-1']);
  expect([title, lead]).toEqual(['A b, c!', 'First words.']);
});

test('tables have headings with a scope, code is text, pictures are ours', () => {
  expect(html('| a |\n|---|\n| b |')).toContain('<th scope="col">a</th>');
  expect(html('```\n<x>\n```')).toContain('&lt;x&gt;');
  expect(html('![home](screens/home-light.png)')).toContain('src="/help/screens/home-light.png" alt="home"');
  expect(html('![x](https://elsewhere.example/x.png)')).not.toContain('<img');
});
