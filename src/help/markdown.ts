import { Marked, type Tokens } from 'marked';

/** A part of a page under one heading, as text to search in. */
export type Section = { id: string; title: string; text: string };
export type Rendered = { title: string; lead: string; html: string; sections: Section[] };

/**
 * A guide as HTML, with an anchor at each heading. Links between guides lead to their pages; markup within a guide is text,
 * and so is a link to what is no page.
 */
export function renderGuide(text: string, pages: ReadonlySet<string>): Rendered {
  const sections: Section[] = [];
  const anchors = new Map<string, number>();
  const anchorOf = (title: string) => {
    const slug = slugOf(title);
    const before = anchors.get(slug) ?? 0;
    anchors.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
  const ids = new Map<Tokens.Heading, string>();
  const marked = new Marked({ gfm: true });
  const tokens = marked.lexer(text);
  let lead = '';
  for (const token of tokens) {
    if (token.type === 'heading') {
      const id = anchorOf(plain(token.text));
      ids.set(token as Tokens.Heading, id);
      sections.push({ id, title: plain(token.text), text: '' });
    } else {
      const words = plain(token.raw);
      const section = sections.at(-1);
      if (section) section.text += `${words}\n`;
      if (lead === '' && token.type === 'paragraph') lead = plain(token.text);
    }
  }
  marked.use({
    renderer: {
      html: ({ text: markup }) => escaped(markup),
      heading(token) {
        const id = ids.get(token) ?? anchorOf(plain(token.text));
        return `<h${token.depth} id="${id}">${this.parser.parseInline(token.tokens)}</h${token.depth}>\n`;
      },
      table(token) {
        const cells = (row: Tokens.TableCell[], tag: string) =>
          row.map((cell) => `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>`).join('');
        const rows = token.rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
        return `<div class="table" tabindex="0"><table><thead><tr>${cells(token.header, 'th scope="col"').replaceAll('</th scope="col">', '</th>')}</tr></thead><tbody>${rows}</tbody></table></div>\n`;
      },
      code: ({ text: lines }) => `<pre tabindex="0"><code>${escaped(lines)}</code></pre>\n`,
      link(token) {
        const inner = this.parser.parseInline(token.tokens);
        const href = hrefOf(token.href, pages);
        if (href === null) return inner;
        return `<a href="${escaped(href)}"${href.startsWith('http') ? ' rel="noreferrer"' : ''}>${inner}</a>`;
      },
      image: ({ href, text: alt }) =>
        /^screens\/[\w-]+\.png$/.test(href)
          ? `<img src="/help/${href}" alt="${escaped(alt)}" loading="lazy">`
          : escaped(alt),
    },
  });
  return { title: sections[0]?.title ?? '', lead, html: marked.parser(tokens), sections };
}

/** Where a link of a guide leads: another page, a place in this one, elsewhere; null for a file that is no page. */
function hrefOf(href: string, pages: ReadonlySet<string>): string | null {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  const [, name = '', place = ''] = /^(?:\.\/)?([\w-]+)\.md(#[\w-]+)?$/.exec(href) ?? [];
  return pages.has(name) ? `/help/${name}${place}` : null;
}

/** An anchor as GitHub makes it, so that links work there and here. */
function slugOf(title: string): string {
  const kept = title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
  return kept.trim().replaceAll(/\s/g, '-');
}

/** Text without its marks. */
function plain(markdown: string): string {
  const words = markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
  return words.replaceAll('|', ' ').replaceAll(/\s+/g, ' ').trim();
}

function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}
