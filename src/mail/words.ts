export type Fillings = Readonly<Record<string, string | number | undefined>>;

/** A text with its gaps, like {app}, filled. Values are put in as they are: what prints them escapes them. */
export function filled(text: string, fillings: Fillings, mostLetters = 200): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => oneLine(String(fillings[name] ?? ''), mostLetters));
}

/** Names come from other systems: a line break in one must not become a header or a line of its own. */
export function oneLine(text: string, mostLetters = 200): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, mostLetters);
}
