import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import type { Request } from 'express';
import { fileOfForm, isForm } from './form-file.ts';

/** The body of a request as a stream of its own, and the hash of what has come through it. */
export type Upload = { readonly body: Readable; readonly fileName: string | null; contentHash(): string };

/**
 * The file in a request, as it comes: the body itself, or the part `file` of a form. Whoever reads it may stop early or fail: the rest is read and dropped, so that the
 * answer still reaches the sender.
 */
export async function uploaded(req: Request): Promise<Upload> {
  const hash = createHash('sha256');
  const body = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  body.on('error', () => {}); // whoever reads it is told
  body.once('close', () => {
    req.unpipe(body);
    req.resume();
  });
  req.once('error', (error) => body.destroy(error));
  const closed = () => {
    if (!req.complete) body.destroy(new Error('the upload broke off'));
  };
  const contentHash = () => hash.copy().digest('base64url');
  if (req.destroyed) {
    closed(); // while something else was looked up: nobody would say so again
    return { body, fileName: null, contentHash };
  }
  req.once('close', closed);
  if (isForm(req)) return { body, fileName: await fileOfForm(req, body), contentHash };
  req.pipe(body);
  return { body, fileName: null, contentHash };
}
