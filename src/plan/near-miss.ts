const MOST_EDITS = 2;
const MOST_SHOWN = 3;

/**
 * Names that a value may have been meant for, the nearest first: the same but for letter case and blanks, or up to two
 * letters away. Shown to people, never applied.
 */
export function nearMisses(value: string, names: Iterable<string>): string[] {
  const wanted = plain(value);
  const near: { name: string; edits: number }[] = [];
  for (const name of names) {
    const edits = editsBetween(wanted, plain(name));
    // in a short name two other letters make another word
    if (edits <= MOST_EDITS && edits < Math.max(wanted.length, name.length) / 2) near.push({ name, edits });
  }
  near.sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1));
  return near.slice(0, MOST_SHOWN).map(({ name }) => name);
}

function plain(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, '');
}

/** Letters to insert, leave out or replace; more than two are all the same to us. */
function editsBetween(one: string, other: string): number {
  if (one === other) return 0;
  if (Math.abs(one.length - other.length) > MOST_EDITS || one.length > 200) return MOST_EDITS + 1;
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      line.push(Math.min((above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + same));
    }
    if (Math.min(...line) > MOST_EDITS) return MOST_EDITS + 1;
    above = line;
  }
  return above[other.length] ?? 0;
}
