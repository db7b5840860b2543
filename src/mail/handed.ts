/**
 * What became of a message that was handed over.
 *
 *   sent      the other side has taken it
 *   later     it certainly did not go out, and trying again can help
 *   bounced   the other side says that it cannot be delivered
 *   unsure    it may have gone out: the answer got lost
 */
export type Handed = { kind: 'sent' | 'later' | 'bounced' | 'unsure'; answer: string };

const MOST_LETTERS = 500;

/** What the other side said, fit to be stored and shown: one line without control characters. */
export function answerOf(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MOST_LETTERS);
}
