import type { RosterCheck } from '../roster/read/check.ts';
import type { REJECT_WORDS } from '../roster/reject-words.ts';
import type { Language } from './language.ts';
import { table } from './print.ts';
import type { RosterWords } from './roster-words.ts';

/** Beside the outcome: what the file was read by. */
export type Checked = {
  readonly file: string;
  readonly check: RosterCheck;
  /** The profile was proposed, since the file is not in our own format and none was given. */
  readonly proposed: boolean;
  /** Where the error file was written, null where none was wanted. */
  readonly errors: string | null;
};
type Rejections = { readonly language: Language; readonly reasons: typeof REJECT_WORDS };

/** A check in words: how the file was read, what is wrong with which rows, and what is to be known besides. */
export function checkLines({ file, check, proposed, errors }: Checked, words: RosterWords, told: Rejections): string[] {
  const { shape, rows, rejected, problems, strangers, held } = check;
  const say = words.check;
  const delimiter = shape.delimiter === '\t' ? say.tab : shape.delimiter;
  return [
    rejected === 0 ? say.fine(rows, file) : say.some(rows, rejected, file),
    say.readAs(shape.format.toUpperCase(), delimiter, shape.encoding.toUpperCase()),
    ...(proposed ? [say.proposed(file)] : []),
    ...problems.flatMap((problem) => ['', ...problemLines(problem, words, told)]),
    ...(problems.length > 0 ? [''] : []),
    ...(errors === null ? [] : [words.errorsAt(errors)]),
    ...(errors === null && rejected > 0 ? [say.writeErrors] : []),
    ...(shape.ignored.length > 0 ? [say.ignored(shape.ignored.join(', '))] : []),
    ...(shape.missing.length > 0 ? [say.missing(shape.missing.join(', '))] : []),
    ...(strangers > 0 ? [say.strangers(strangers)] : []),
    ...held.map(say.held),
  ];
}

function problemLines(
  { code, count, first }: RosterCheck['problems'][number],
  { check: say }: RosterWords,
  { language, reasons }: Rejections,
): string[] {
  const { meaning, mend } = reasons[code][language];
  const cases = table(
    [...say.columns],
    first.map(({ line, column, found }) => [String(line), column, found]),
    '',
  );
  return [
    `${code}, ${say.times(count)}: ${meaning} ${mend}`,
    ...cases.map((line) => `  ${line}`),
    ...(count > first.length ? [`  ${say.more(count - first.length)}`] : []),
  ];
}
