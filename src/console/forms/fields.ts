import type { Problem } from '../api.ts';

/** A form as it is filled in: one text for each name. */
export type Filled = Readonly<Record<string, string>>;

/**
 * What a browser sent, as far as it is text; of a name that comes several times the last one counts. Lines end as ours do:
 * browsers send a return as well.
 */
export function filledIn(body: unknown): Filled {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value;
    return typeof last === 'string' ? [[name, last.replaceAll('\r\n', '\n')] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The text of a field; undefined where it was left empty. */
export function textIn(filled: Filled, name: string): string | undefined {
  const text = filled[name]?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** A field as a number. What is no number goes on as text: the API says what is wrong with it. */
export function numberIn(filled: Filled, name: string): number | string | undefined {
  const text = textIn(filled, name);
  if (text === undefined) return undefined;
  const number = Number(text.replace(',', '.'));
  return Number.isFinite(number) ? number : text;
}

/** The lines of a text area that say something. */
export function linesIn(filled: Filled, name: string): string[] {
  return (filled[name] ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Only what was given: an absent value is left out of what is sent. */
export function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What the API says is wrong, by the field at the top of its place; `within` is where the form's own document begins. */
export function faultsOf(problem: Problem | null, within: string): Readonly<Record<string, string[]>> {
  const faults: Record<string, string[]> = {};
  for (const { pointer, detail } of problem?.errors ?? []) {
    const path = pointer.startsWith(`#/${within}`) ? pointer.slice(2 + within.length) : pointer.slice(2);
    const [field = ''] = path.replace(/^\//, '').split('/');
    faults[field] = [...(faults[field] ?? []), detail];
  }
  return faults;
}
