const CODES =
  'ar bg cs da de el en es et fa fi fr he hi hr hu it ja ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk vi zh';

/** Names of common languages in English and German, and in themselves. */
const NAMES = new Map(
  CODES.split(' ').flatMap((code) =>
    ['en', 'de', code].map((locale) => {
      const name = new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code;
      return [name.toLowerCase(), code] as const;
    }),
  ),
);

/** A language as SCIM writes it (`de-DE`), from that, from `de_DE`, or from its name; null when it is none. */
export function languageOf(text: string): string | null {
  const named = NAMES.get(text.toLowerCase());
  if (named) return named;
  const tag = text.replaceAll('_', '-');
  // longer first parts are well-formed, and mean nothing: "Vertrieb" would be a language
  if (!/^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(tag)) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
