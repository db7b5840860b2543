import { Fault } from '../errors.ts';

const WRITTEN = /^events ([0-9]{1,15})$/;

/** Text that stands for a place in the feed; it is no secret, and whoever sends it sees what they may see without it. */
export function writeCursor(position: number): string {
  return Buffer.from(`events ${position}`).toString('base64url');
}

/** The place; throws `config_invalid` for what is no cursor. */
export function readCursor(text: string): number {
  const position = WRITTEN.exec(Buffer.from(text, 'base64url').toString('latin1'))?.[1];
  if (position === undefined) {
    throw new Fault('config_invalid', 'the cursor is none of this feed: take the `next` of an answer as it is');
  }
  return Number(position);
}
