import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';

const views = fileURLToPath(new URL('templates', import.meta.url));
const html = new Eta({ views, cache: true });
const text = new Eta({ views, cache: true, autoEscape: false, autoTrim: false });

/** A page, sheet or mail as HTML; every value is escaped. */
export function renderHtml(template: 'mail-html' | 'page' | 'sheets', view: object): string {
  return html.render(`./${template}`, view);
}

/** The text form of a mail. */
export function renderText(template: 'mail-text', view: object): string {
  return text.render(`./${template}`, view);
}
