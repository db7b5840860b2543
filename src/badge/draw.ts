import { PAGE_STYLE, SVG_STYLE } from './look.ts';
import type { Language, Said } from './words.ts';

/** Roughly: nobody knows here which letters the browser has. */
const COLUMN_PIXELS = { title: 9, line: 8 };
const LINE_PIXELS = 20;
const PADDING = 12;
const MOST_COLUMNS = 70;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3fffd}]/u;

/** A badge as a picture, for an <img>. It is one line higher for each that it says. */
export function svgOf({ title, lines }: Said, language: Language): string {
  const shown = [title, ...lines].map(cut);
  const widths = shown.map((text, index) => columnsOf(text) * COLUMN_PIXELS[index === 0 ? 'title' : 'line']);
  const width = Math.max(...widths) + 2 * PADDING;
  const height = shown.length * LINE_PIXELS + PADDING;
  const texts = shown.map((text, index) => {
    const y = PADDING + 8 + index * LINE_PIXELS;
    return `<text class="${index === 0 ? 't' : 'l'}" x="${PADDING}" y="${y}">${escaped(text)}</text>`;
  });
  const whole = escaped([title, ...lines].join('. '));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xml:lang="${language}" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="${whole}"><title>${whole}</title><style>${SVG_STYLE}</style>` +
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="6"/>${texts.join('')}</svg>`
  );
}

/** A badge as a page, for a frame. */
export function pageOf({ title, lines }: Said, language: Language): string {
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join('');
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escaped(title)}</title>` +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">' +
    `<style>${PAGE_STYLE}</style></head><body><section><h1>${escaped(title)}</h1>` +
    `${items ? `<ul>${items}</ul>` : ''}</section></body></html>`
  );
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) columns += WIDE.test(letter) ? 2 : 1;
  return columns;
}

function cut(text: string): string {
  if (columnsOf(text) <= MOST_COLUMNS) return text;
  let kept = '';
  for (const letter of text) {
    if (columnsOf(kept + letter) >= MOST_COLUMNS) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** As text of XML and HTML: names come from elsewhere, and XML knows no control characters at all. */
function escaped(text: string): string {
  const known = text.toWellFormed().replace(/[\p{Cc}\ufffe\uffff]/gu, '\ufffd');
  return known.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
