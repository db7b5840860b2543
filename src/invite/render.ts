import { templatesIn } from '../mail/templates.ts';

const templates = templatesIn(new URL('templates', import.meta.url));

/** A page, sheet or mail as HTML; every value is escaped. */
export function renderHtml(template: 'mail-html' | 'page' | 'sheets', view: object): string {
  return templates.html(template, view);
}

/** The text form of a mail. */
export function renderText(template: 'mail-text', view: object): string {
  return templates.text(template, view);
}
