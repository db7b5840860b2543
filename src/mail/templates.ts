import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';

/** The templates of one folder: as HTML every value is escaped, as text it is put in as it is. */
export function templatesIn(folder: URL) {
  const views = fileURLToPath(folder);
  const html = new Eta({ views, cache: true });
  const text = new Eta({ views, cache: true, autoEscape: false, autoTrim: false });
  return {
    html: (template: string, view: object): string => html.render(`./${template}`, view),
    text: (template: string, view: object): string => text.render(`./${template}`, view),
  };
}
