/**
 * What no name, title or key may hold: control characters, what decoding with the wrong encoding leaves behind, half
 * letters, and marks that turn the order of letters. Joiners and marks that scripts need are not among them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNREADABLE = /[\u0000-\u001f\u007f-\u009f\ufffd\u202a-\u202e\u2066-\u2069\p{Cs}\p{Noncharacter_Code_Point}]/u;
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;
const BLANKS = /[\s\u200b\ufeff]+/g;

/** Text in one form: NFC, without blanks around it, runs of blanks and line ends as one blank; null when unreadable. */
export function cleanText(text: string): string | null {
  if (PLAIN.test(text)) return text; // most are
  const line = text.replace(BLANKS, ' ').trim().normalize('NFC');
  return UNREADABLE.test(line) ? null : line;
}

/** Text as keys are compared: letter case does not count. */
export function foldKey(text: string): string {
  return text.toLowerCase();
}

const LOCAL = /^[^\s@,;:<>()[\]\\".]+(?:\.[^\s@,;:<>()[\]\\".]+)*$/;
const LABEL = /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u;

/** True for an e-mail address that mail can be sent to from anywhere: letters of any script, a domain with a dot. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const labels = text.slice(at + 1).split('.');
  if (at < 1 || local.length > 64 || !LOCAL.test(local) || labels.length < 2) return false;
  return labels.every((label) => label.length <= 63 && LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}
