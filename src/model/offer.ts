/** What a target's settings say about inviting, whatever its kind. */
export type Offer = {
  /** Parts of the company that an account belongs to one of. */
  readonly entities: readonly string[];
  /** Kinds of access that an account may have one of. */
  readonly access: readonly string[];
  /** Where people sign in after they have accepted. */
  readonly signInUrl: string | null;
};

/** The names of a list, or of one text with commas. */
export function namesIn(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return list.map((name) => String(name).trim()).filter((name) => name !== '');
}

/** Reads a target's settings; what does not fit counts as not said, since it was checked when it was stored. */
export function offerOf(settings: Readonly<Record<string, unknown>>): Offer {
  const { signInUrl } = settings;
  const url = typeof signInUrl === 'string' && /^https?:\/\//i.test(signInUrl) && URL.canParse(signInUrl);
  return {
    entities: namesIn(settings['entities']),
    access: namesIn(settings['access']),
    signInUrl: url ? String(signInUrl) : null,
  };
}
