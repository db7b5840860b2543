import { ROUTES } from './document.ts';
import type { Described } from './route.ts';

/** Looks, for a page that loads nothing from anywhere else. */
export const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
nav a{margin-right:1rem}code{font-size:.95em}li{margin:.35rem 0}
@media (prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#8ab4ff}}`;

/** All routes on one page that needs no script. */
export function docsPage(): string {
  const tags = [...new Set(ROUTES.map(tagOf))].toSorted();
  const nav = tags.map((tag) => `<a href="#${html(tag)}">${html(tag)}</a>`).join(' ');
  const parts = tags.map((tag) => {
    const items = ROUTES.filter((route) => tagOf(route) === tag).map(item);
    return `<h2 id="${html(tag)}">${html(tag)}</h2><ul>${items.join('')}</ul>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gangway API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs/style.css"></head><body>
<h1>Gangway API</h1><p>Everything is below <code>/api/v1</code>. What each route takes and answers is in the
<a href="/api/v1/openapi.json">OpenAPI 3.1 document</a>.</p><nav>${nav}</nav>${parts.join('')}</body></html>`;
}

function item({ method, path, summary, answer, types = [] }: Described): string {
  const kinds = [...(answer === null ? [] : ['JSON']), ...types].map(html).join(', ');
  const text = `<strong>${method.toUpperCase()}</strong> <code>${html(path)}</code> ${html(summary)}`;
  return `<li>${text}${kinds ? ` <small>(${kinds})</small>` : ''}</li>`;
}

function tagOf({ path }: Described): string {
  return path.split('/')[1] ?? '';
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
