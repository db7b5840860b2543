import { createHash } from 'node:crypto';

/** Light and dark, each text on its background with the contrast that WCAG 2.2 asks for. */
export const COLOURS = {
  light: { text: '#1c2430', muted: '#4a5568', back: '#ffffff', line: '#8a94a3' },
  dark: { text: '#eef1f6', muted: '#b8c1cf', back: '#1b2027', line: '#7d8796' },
} as const;

type Colours = (typeof COLOURS)[keyof typeof COLOURS];

export const SVG_STYLE = styleOf(
  ({ text, muted, back, line }) => `rect{fill:${back};stroke:${line}}.t{fill:${text}}.l{fill:${muted}}`,
  'text{font:13px system-ui,sans-serif}.t{font-weight:600}',
);

export const PAGE_STYLE = styleOf(
  ({ text, muted, back, line }) =>
    `body{color:${text};background:${back}}section{border-color:${line}}li{color:${muted}}`,
  'body{margin:0;padding:.25rem;font:.875rem/1.5 system-ui,sans-serif}' +
    'section{padding:.5rem .75rem;border:1px solid;border-radius:.375rem;overflow-wrap:anywhere}' +
    'h1{margin:0;font-size:1em}ul{margin:0;padding:0;list-style:none}',
);

/**
 * Headers of a badge: nothing in it runs, nothing comes from elsewhere, its own style is known by its hash, and it is shown
 * in frames of `ancestors`.
 */
export function policyOf(style: string, ancestors: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return (
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
    `frame-ancestors ${ancestors}`
  );
}

function styleOf(coloured: (colours: Colours) => string, common: string): string {
  return `${common}${coloured(COLOURS.light)}@media(prefers-color-scheme:dark){${coloured(COLOURS.dark)}}`;
}
