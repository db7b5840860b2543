import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { ScimError } from './error.ts';
import { parseJson } from './json.ts';

const JSON_TYPE = /^application\/(?:scim\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i;
const INFLATE = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/**
 * The JSON of a body, at most `limit` bytes of it, inflated too. Throws 400 when there is none or it is not JSON, 413
 * beyond the limit, 415 for another type, charset or encoding.
 */
export async function readJson(req: IncomingMessage, limit: number): Promise<unknown> {
  const type = req.headers['content-type'];
  if (req.headers['content-length'] === '0' || !hasBody(req)) throw noBody();
  if (!type || !JSON_TYPE.test(type)) {
    throw new ScimError(415, `send application/scim+json, not ${type?.slice(0, 100) ?? 'a body without Content-Type'}`);
  }
  const charset = CHARSET.exec(type)?.[1];
  if (charset && !/^(?:utf-?8|us-ascii)$/i.test(charset)) throw new ScimError(415, `send UTF-8, not ${charset}`);
  const bytes = await inflated(req, await readAll(req, limit), limit);
  if (bytes.length === 0) throw noBody();
  try {
    return await parseJson(bytes);
  } catch (cause) {
    if (cause instanceof ScimError) throw cause;
    throw new ScimError(400, 'the body is not valid JSON', 'invalidSyntax', { cause });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

function readAll(req: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(req.headers['content-length']) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      // what still comes is read and dropped: a client that is not let finish would not read our answer either
      if (length > limit) reject(tooLarge(limit));
      else chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.on('error', (cause) => reject(new ScimError(400, 'the body broke off', 'invalidSyntax', { cause })));
  });
}

async function inflated({ headers }: IncomingMessage, bytes: Buffer, limit: number): Promise<Buffer> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return bytes;
  if (!Object.hasOwn(INFLATE, encoding))
    throw new ScimError(415, `the encoding ${encoding.slice(0, 100)} is not known`);
  try {
    return await INFLATE[encoding as keyof typeof INFLATE](bytes, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new ScimError(400, `the body is not valid ${encoding}`, 'invalidSyntax', { cause });
  }
}

function noBody(): ScimError {
  return new ScimError(400, 'the request needs a JSON body', 'invalidSyntax');
}

function tooLarge(limit: number): ScimError {
  return new ScimError(413, `the body is larger than ${limit} bytes`);
}
