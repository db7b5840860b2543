import { readdirSync, readFileSync } from 'node:fs';
import MiniSearch from 'minisearch';
import { type Rendered, renderGuide } from './markdown.ts';

/** What the guides call every installation; their readers see their own. */
const EXAMPLE = 'https://gangway.example.com';
const MOST_FOUND = 30;
const EXCERPT = 200;

/** The guides in the order in which they are listed; what is named nowhere comes last. */
const GROUPS = {
  sources: ['connections', 'okta', 'entra', 'google', 'onelogin-jumpcloud', 'scim', 'rosters', 'feeds'],
  targets: ['targets', 'webhooks', 'badge', 'events'],
  rules: ['policy', 'mapping', 'plans', 'invites', 'extensions'],
  running: ['console', 'access', 'notices', 'operations', 'support', 'api', 'conformance'],
} as const;
export type Group = keyof typeof GROUPS | 'more';

export type HelpPage = Rendered & { name: string };
export type Found = { page: string; anchor: string; title: string; section: string; excerpt: string };
export type Library = {
  groups: { group: Group; pages: HelpPage[] }[];
  page(name: string): HelpPage | undefined;
  /** Sections that have all the words, the best first. */
  search(words: string): Found[];
};

/** The guides of a folder, with the installation's own address where they name an example, and an index of their words. */
export function readLibrary(folder: URL, publicUrl: string): Library {
  const names = readdirSync(folder).flatMap((file) => /^([\w-]+)\.md$/.exec(file)?.[1] ?? []);
  const known = new Set(names);
  const pages = new Map(
    names.map((name) => {
      const text = readFileSync(new URL(`${name}.md`, folder), 'utf8').replaceAll(EXAMPLE, publicUrl);
      return [name, { name, ...renderGuide(text, known) }] as const;
    }),
  );
  const listed: ReadonlySet<string> = new Set(Object.values(GROUPS).flat());
  const all = { ...GROUPS, more: names.filter((name) => !listed.has(name)) };
  const groups = Object.entries(all).map(([group, members]) => ({
    group: group as Group,
    pages: members.flatMap((name) => pages.get(name) ?? []),
  }));
  const search = indexOf([...pages.values()]);
  return { groups: groups.filter((one) => one.pages.length > 0), page: (name) => pages.get(name), search };
}

function indexOf(pages: readonly HelpPage[]): Library['search'] {
  const entries = pages.flatMap(({ name, title: heading, sections }) =>
    sections.map(({ id: anchor, title, text }) => ({
      id: `${name}#${anchor}`,
      page: name,
      anchor,
      heading,
      title,
      text,
    })),
  );
  const index = new MiniSearch<(typeof entries)[number]>({
    fields: ['heading', 'title', 'text'],
    searchOptions: { combineWith: 'AND', prefix: true, fuzzy: 0.15, boost: { heading: 4, title: 3 } },
  });
  index.addAll(entries);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return (words) =>
    index
      .search(words)
      .slice(0, MOST_FOUND)
      .flatMap(({ id, terms }) => {
        const entry = byId.get(String(id));
        if (!entry) return [];
        const { page, anchor, heading, title, text } = entry;
        return { page, anchor, title: heading, section: title, excerpt: excerptOf(text, terms) };
      });
}

/** The part of a section around the first of the words. */
function excerptOf(text: string, terms: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
  const start = Math.max(0, Math.min(...places, text.length) - EXCERPT / 4);
  const from = places.length === 0 || start === 0 ? 0 : lower.indexOf(' ', start) + 1;
  const cut = text.slice(from, from + EXCERPT).trim();
  return `${from > 0 ? '… ' : ''}${cut}${from + EXCERPT < text.length ? ' …' : ''}`;
}
