import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { ENCODINGS, type Encoding } from '../profile.ts';
import { excerpt, unreadable } from './unreadable.ts';

type Decoder = { encoding: Encoding; decode(block: Buffer): string; end(): string };

/** A text in pieces, and what it was written in as far as the first block tells. */
export type DecodedText = { encoding: Encoding; pieces: AsyncGenerator<string> };

/**
 * Bytes to text, without guessing:
 *
 *   the file begins with                the text is
 *   a byte order mark                   what the mark says
 *   an XML declaration with encoding    what it says
 *   anything else                       the profile's encoding, unless it is valid UTF-8 as far as the first block with
 *                                       other letters than ASCII; UTF-8 where the profile says nothing
 */
export async function decoded(blocks: AsyncGenerator<Buffer>, wanted: Encoding | undefined): Promise<DecodedText> {
  const first = await blocks.next();
  const block = await telling(first.done ? Buffer.alloc(0) : first.value, blocks);
  const said = byMark(block) ?? byDeclaration(block);
  const encoding = said ?? chosen(block, wanted);
  const settled = said !== null || wanted === undefined || wanted.startsWith('utf') || !isAscii(block);
  return { encoding, pieces: pieces(block, blocks, encoding, settled) };
}

async function* pieces(
  first: Buffer,
  rest: AsyncGenerator<Buffer>,
  encoding: Encoding,
  settled: boolean,
): AsyncGenerator<string> {
  let line = 1;
  let decoder = settled ? decoderOf(encoding) : null;
  let block = first;
  for (;;) {
    if (!decoder && !isAscii(block)) decoder = decoderOf(chosen(block, encoding));
    const text = decoder ? decodeOrSay(decoder, block, line) : block.toString('latin1');
    refuseNul(text, line);
    line += linesIn(text);
    yield text;
    const next = await rest.next();
    if (next.done) break;
    block = decoder ? next.value : await telling(next.value, rest);
  }
  if (decoder) yield endOrSay(decoder, line);
}

function byMark(block: Buffer): Encoding | null {
  if (block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf) return 'utf-8';
  if (block[0] === 0xff && block[1] === 0xfe) return 'utf-16le';
  if (block[0] === 0xfe && block[1] === 0xff) return 'utf-16be';
  return null;
}

function byDeclaration(block: Buffer): Encoding | null {
  const head = block.toString('latin1', 0, 200);
  const name = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1]?.toLowerCase();
  if (name === undefined) return null;
  const known = ENCODINGS.find((encoding) => encoding === (ALIASES[name] ?? name));
  if (known && !known.startsWith('utf-16')) return known; // what can be read as bytes is not UTF-16
  throw unreadable(`line 1: the XML declares the encoding "${excerpt(name)}", which cannot be read: write it as UTF-8`);
}

/** Other names that XML declarations use. */
const ALIASES: Record<string, Encoding> = {
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  latin1: 'iso-8859-1',
  cp1252: 'windows-1252',
  gb2312: 'gb18030',
  gbk: 'gb18030',
  'shift-jis': 'shift_jis',
};

function chosen(block: Buffer, wanted: Encoding | undefined): Encoding {
  if (wanted === undefined || wanted.startsWith('utf') || isAscii(block)) return wanted ?? 'utf-8';
  const whole = withoutCutLetter(block);
  return isUtf8(block) || (isUtf8(whole) && !isAscii(whole)) ? 'utf-8' : wanted;
}

/** The block with as many more as it takes to tell the encoding: a letter cut off at its end does not tell by itself. */
async function telling(block: Buffer, rest: AsyncGenerator<Buffer>): Promise<Buffer> {
  if (isAscii(block) || !isAscii(withoutCutLetter(block))) return block;
  const next = await rest.next();
  return next.done ? block : Buffer.concat([block, next.value]);
}

/** Without the bytes at the end that may be the begin of a letter: the next block has the rest of it. */
function withoutCutLetter(block: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= block.length; back++) {
    const byte = block[block.length - back] ?? 0;
    if (byte >= 0xc0) return block.subarray(0, block.length - back);
    if (byte < 0x80) break;
  }
  return block;
}

function decoderOf(encoding: Encoding): Decoder {
  if (encoding.startsWith('utf')) {
    const decoder = new TextDecoder(encoding, { fatal: true });
    return { encoding, decode: (block) => decoder.decode(block, { stream: true }), end: () => decoder.decode() };
  }
  const decoder = iconv.getDecoder(encoding);
  return { encoding, decode: (block) => decoder.write(block), end: () => decoder.end() ?? '' };
}

function decodeOrSay(decoder: Decoder, block: Buffer, line: number): string {
  try {
    return decoder.decode(block);
  } catch (error) {
    const text = new TextDecoder(decoder.encoding).decode(block);
    const before = text.slice(0, Math.max(0, text.indexOf('\ufffd')));
    const near = text.slice(before.length).split(/[\s;,\t|<>"]/, 1)[0] ?? '';
    const word = /[^\s;,\t|<>"]*$/.exec(before.slice(-40))?.[0] ?? '';
    throw notIn(decoder.encoding, line + linesIn(before), `${word}${near.slice(0, 20)}`, error);
  }
}

function endOrSay(decoder: Decoder, line: number): string {
  try {
    return decoder.end();
  } catch (error) {
    throw notIn(decoder.encoding, line, 'the last letter is cut off', error);
  }
}

function notIn(encoding: Encoding, line: number, found: string, cause: unknown): Error {
  const mend =
    encoding === 'utf-8'
      ? 'save the file as UTF-8, or name its encoding in the profile, like encoding: windows-1252'
      : 'save the file as UTF-8';
  return unreadable(`line ${line}: "${excerpt(found, 60)}" is not ${encoding.toUpperCase()}: ${mend}`, cause);
}

function refuseNul(text: string, line: number): void {
  const at = text.indexOf('\0');
  if (at < 0) return;
  throw unreadable(
    `line ${line + linesIn(text.slice(0, at))}: there is a NUL byte: save the file as UTF-8; ` +
      'UTF-16 needs a byte order mark, or encoding: utf-16le in the profile',
  );
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
