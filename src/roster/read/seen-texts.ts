/** Texts that were seen, in memory that does not grow with them: which were surely seen once, and which perhaps twice. */
export type SeenTexts = {
  add(text: string): void;
  /** False only when the text was never added. */
  has(text: string): boolean;
  /** False only when the text was added once at most. */
  twice(text: string): boolean;
  /** Whether any text may have been added twice. */
  readonly any: boolean;
};

/** As many bits as tell some ten million texts apart well enough: 8 MB, of which a small file touches little. */
const BITS = 2 ** 26;

/** Nothing seen yet. Two texts may share a bit: who needs to be sure looks at those again. */
export function seenTexts(): SeenTexts {
  const once = new Uint8Array(BITS / 8);
  const again = new Uint8Array(BITS / 8);
  const isSet = (bits: Uint8Array, at: number) => ((bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0;
  const set = (bits: Uint8Array, at: number) => {
    bits[at >>> 3] = (bits[at >>> 3] ?? 0) | (1 << (at & 7));
  };
  let any = false;
  return {
    add(text) {
      const at = placeOf(text);
      if (isSet(once, at)) {
        set(again, at);
        any = true;
      }
      set(once, at);
    },
    has: (text) => isSet(once, placeOf(text)),
    twice: (text) => isSet(again, placeOf(text)),
    get any() {
      return any;
    },
  };
}

/** FNV-1a over the letters, mixed so that the low bits depend on all of them. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 12)) >>> 0) % BITS;
}
